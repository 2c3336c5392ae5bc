package data

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestCharacters(t *testing.T) {
	text, err := Characters("abrä¹aba")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a", "b", "r", "¹", "ä"}; !slices.Equal(text.Alphabet, want) {
		t.Errorf("alphabet %q, want %q", text.Alphabet, want)
	}
	if want := []int{0, 1, 2, 4, 3, 0, 1, 0}; !slices.Equal(text.Symbols, want) {
		t.Errorf("symbols %v, want %v", text.Symbols, want)
	}
	if s := text.Decode(append(text.Symbols, -1, 5)); s != "abrä¹aba\uFFFD\uFFFD" {
		t.Errorf("decoded %q", s)
	}
	if s, err := text.Encode("bär"); err != nil || !slices.Equal(s, []int{1, 4, 2}) {
		t.Errorf("%v, %v", s, err)
	}
	if _, err := text.Encode("bxr"); !errors.Is(err, ErrArgument) {
		t.Errorf("x: %v", err)
	}
	if _, err := Characters("a\xff"); !errors.Is(err, ErrFormat) {
		t.Errorf("not UTF-8: %v", err)
	}
	if _, err := Characters(""); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
	raw := Bytes([]byte("a\xff"))
	if s, err := raw.Encode("ä"); err != nil || !slices.Equal(s, []int{0xc3, 0xa4}) || raw.Decode(raw.Symbols) != "a\xff" {
		t.Errorf("bytes: %v, %v, %q", s, err, raw.Decode(raw.Symbols))
	}
}

func TestWindows(t *testing.T) {
	text := Bytes([]byte("0123456789"))
	x, y := make([]float64, 6), make([]float64, 6)
	if err := text.Gather(x, y, []int{1, 6}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x, []float64{'1', '6', '2', '7', '3', '8'}) || !slices.Equal(y, []float64{'2', '7', '3', '8', '4', '9'}) {
		t.Errorf("x %v, y %v", x, y)
	}
	if err := text.Gather(x, nil, []int{0, 7}); err != nil {
		t.Error(err)
	}
	for _, starts := range [][]int{{0, 7}, {-1, 0}} {
		if err := text.Gather(x, y, starts); !errors.Is(err, ErrRow) {
			t.Errorf("%v: %v", starts, err)
		}
	}
	if err := text.Gather(x, y[:4], []int{0, 1}); !errors.Is(err, ErrLength) {
		t.Errorf("another length: %v", err)
	}
	// Windows are drawn by the words of PCG, by Lemire's method, of which none is rejected here.
	starts, err := text.Windows(3, 4, 5, 2)
	words := rand.NewPCG(5, 8<<56+2)
	for _, s := range starts {
		if want := int(words.Uint64() >> 32 * 7 >> 32); s != want {
			t.Errorf("a window from %d, want %d", s, want)
		}
	}
	if err != nil || len(starts) != 4 {
		t.Error(starts, err)
	}
	if _, err := text.Windows(10, 1, 1, 1); !errors.Is(err, ErrArgument) {
		t.Errorf("too long: %v", err)
	}
	starts, steps, err := text.Streams(2, 2)
	if err != nil || steps != 2 || !slices.Equal(starts, []int{0, 4}) {
		t.Errorf("streams %v, %d, %v", starts, steps, err)
	}
	if _, _, err := text.Streams(5, 2); !errors.Is(err, ErrArgument) {
		t.Errorf("too long: %v", err)
	}
	train, held, err := text.Split(0.25)
	if err != nil || train.Decode(train.Symbols) != "01234567" || held.Decode(held.Symbols) != "89" {
		t.Error(train, held, err)
	}
	if _, _, err := text.Split(0.1); !errors.Is(err, ErrSplit) {
		t.Errorf("one symbol: %v", err)
	}
}

func TestBuckets(t *testing.T) {
	lengths := []int{5, 1, 9, 2, 8, 1, 7}
	seen := map[int]bool{}
	batches, err := Buckets(lengths, 2, 1, 0)
	if err != nil || len(batches) != 4 {
		t.Fatal(batches, err)
	}
	for _, b := range batches {
		for _, i := range b {
			if seen[i] {
				t.Errorf("%d is in two batches", i)
			}
			seen[i] = true
			for _, k := range b {
				if d := lengths[i] - lengths[k]; d > 3 || d < -3 {
					t.Errorf("lengths %d and %d in one batch", lengths[i], lengths[k])
				}
			}
		}
	}
	if len(seen) != len(lengths) {
		t.Errorf("%d of %d sequences", len(seen), len(lengths))
	}
	again, _ := Buckets(lengths, 2, 1, 0)
	other, _ := Buckets(lengths, 2, 1, 1)
	if !slices.EqualFunc(batches, again, slices.Equal) || slices.EqualFunc(batches, other, slices.Equal) {
		t.Errorf("%v, again %v, in another epoch %v", batches, again, other)
	}
	if _, err := Buckets(lengths, 0, 1, 1); !errors.Is(err, ErrBatchSize) {
		t.Error(err)
	}
}

func TestPad(t *testing.T) {
	x, mask := make([]float32, 6), []float32{9, 9, 9, 9, 9, 9}
	if err := Pad(x, mask, [][]int{{4}, {5, 6, 7}}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(x, []float32{4, 5, 0, 6, 0, 7}) || !slices.Equal(mask, []float32{1, 1, 0, 1, 0, 1}) {
		t.Errorf("x %v, mask %v", x, mask)
	}
	if err := Pad(x, mask, [][]int{{4}, {5, 6, 7, 8}}); !errors.Is(err, ErrLength) {
		t.Error(err)
	}
}

func TestLags(t *testing.T) {
	d, err := New([][]float64{{1}, {2}, {4}, {8}, {16}}, nil, Regression)
	if err != nil {
		t.Fatal(err)
	}
	e, err := d.Lags("x0", 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(e.Features, []string{"t-2", "t-1"}) || !slices.Equal(e.X, []float64{1, 2, 2, 4}) || !slices.Equal(e.Y, []float64{8, 16}) {
		t.Errorf("%v %v %v", e.Features, e.X, e.Y)
	}
	train, test, err := e.SplitInTime(1)
	if err != nil || !slices.Equal(train.Y, []float64{8}) || !slices.Equal(test.Y, []float64{16}) {
		t.Error(train, test, err)
	}
	for _, c := range []struct {
		column        string
		lags, horizon int
		want          error
	}{{"x0", 4, 2, ErrEmpty}, {"x0", 0, 1, ErrArgument}, {"x1", 1, 1, ErrColumn}} {
		if _, err := d.Lags(c.column, c.lags, c.horizon); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	if _, _, err := e.SplitInTime(2); !errors.Is(err, ErrSplit) {
		t.Error(err)
	}
}
