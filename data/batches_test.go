package data

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// epoch collects the batches of one epoch in one slice, and their sizes.
func epoch(b *Batches, e int) (rows, sizes []int) {
	for k, batch := range b.Epoch(e) {
		if k != len(sizes) {
			panic("batches out of order")
		}
		rows, sizes = append(rows, batch...), append(sizes, len(batch))
	}
	return rows, sizes
}

// The law of batches: an epoch visits every row once, in full batches and a smaller last one; the same seed and epoch
// give the same order, whatever was dealt before.
func TestBatchesLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 100).Draw(t, "rows")
		size := rapid.IntRange(1, 120).Draw(t, "size")
		seed := rapid.Uint64().Draw(t, "seed")
		e := rapid.IntRange(-1, 1000).Draw(t, "epoch")
		d := numbered(make([]float64, n))
		b, err := d.Batches(size, seed)
		if err != nil {
			t.Fatal(err)
		}
		rows, sizes := epoch(b, e)
		if len(sizes) != b.Len() || len(sizes) != (n+size-1)/size {
			t.Fatalf("%d batches of %d for %d rows, Len is %d", len(sizes), size, n, b.Len())
		}
		for k, got := range sizes {
			if want := min(size, n-k*size); got != want {
				t.Fatalf("batch %d has %d rows, want %d", k, got, want)
			}
		}
		again, err := d.Batches(size, seed)
		if err != nil {
			t.Fatal(err)
		}
		epoch(again, e+1)
		for range again.InOrder() {
			break
		}
		if same, _ := epoch(again, e); !slices.Equal(rows, same) {
			t.Fatalf("epoch %d of seed %d is %v and %v", e, seed, rows, same)
		}
		slices.Sort(rows)
		if !slices.Equal(rows, ascending(make([]int, n))) {
			t.Fatalf("an epoch visits %v", rows)
		}
	})
}

func TestBatchesDiffer(t *testing.T) {
	d := Iris()
	b, err := d.Batches(32, 1)
	if err != nil {
		t.Fatal(err)
	}
	other, err := d.Batches(32, 2)
	if err != nil {
		t.Fatal(err)
	}
	first, sizes := epoch(b, 0)
	if !slices.Equal(sizes, []int{32, 32, 32, 32, 22}) {
		t.Errorf("the batches have %v rows", sizes)
	}
	if second, _ := epoch(b, 1); slices.Equal(first, second) {
		t.Error("two epochs, one order")
	}
	if elsewhere, _ := epoch(other, 0); slices.Equal(first, elsewhere) {
		t.Error("two seeds, one order")
	}
	if _, test, _ := d.Split(SplitOptions{Seed: 1, Test: 0.5}); slices.Equal(first[:75], lessTwo(test.Lines)) {
		t.Error("a split and an epoch of one seed have one order")
	}
}

// The order of an epoch is that of the documentation, of Fisher and Yates with ⌊w·i/2⁶⁴⌋ by the words w of PCG,
// computed here by math/big: in every batch, also where there are more than nine.
func TestBatchesOrder(t *testing.T) {
	for _, c := range []struct{ rows, size, epoch int }{{8, 3, 0}, {97, 8, 0}, {97, 8, 12}, {250, 1, 3}} {
		const seed = 7
		words := rand.NewPCG(seed, 2<<56+uint64(c.epoch))
		want := ascending(make([]int, c.rows))
		for i := c.rows - 1; i > 0; i-- {
			product := new(big.Int).SetUint64(words.Uint64())
			j := int(product.Rsh(product.Mul(product, big.NewInt(int64(i+1))), 64).Int64())
			want[i], want[j] = want[j], want[i]
		}
		b, err := numbered(make([]float64, c.rows)).Batches(c.size, seed)
		if err != nil {
			t.Fatal(err)
		}
		for k, batch := range b.Epoch(c.epoch) {
			if !slices.Equal(batch, want[k*c.size:min((k+1)*c.size, c.rows)]) {
				t.Errorf("%+v: batch %d is %v, want %v", c, k, batch, want[k*c.size:])
				break
			}
		}
	}
}

// lessTwo turns lines below a header into rows.
func lessTwo(lines []int) []int {
	rows := slices.Clone(lines)
	for i := range rows {
		rows[i] -= 2
	}
	return rows
}

func TestBatchesInOrderAndStopped(t *testing.T) {
	b, err := numbered(make([]float64, 5)).Batches(2, 1)
	if err != nil {
		t.Fatal(err)
	}
	var rows []int
	for k, batch := range b.InOrder() {
		if rows = append(rows, batch...); k == 1 {
			break
		}
	}
	if !slices.Equal(rows, []int{0, 1, 2, 3}) {
		t.Errorf("two batches of two in order are %v", rows)
	}
	for k, batch := range b.InOrder() {
		if batch[0] != 2*k {
			t.Errorf("batch %d begins with %d: appending to the one before changed it", k, batch[0])
		}
		_ = append(batch, -1)
	}
	for k := range b.Epoch(0) {
		if k > 0 {
			t.Fatal("a loop that was left goes on")
		}
		break
	}
}

func TestBatchesErrors(t *testing.T) {
	for _, size := range []int{0, -1} {
		_, err := Iris().Batches(size, 1)
		wantError(t, "Batches", err, ErrBatchSize, "iris.csv: batches of")
	}
	_, err := new(Dataset).Batches(1, 1)
	wantError(t, "Batches of nothing", err, ErrEmpty, "")
}

// These orders must never change: trainings of users depend on them.
func TestOrdersNeverChange(t *testing.T) {
	d := numbered(make([]float64, 10))
	b, err := d.Batches(10, 1)
	if err != nil {
		t.Fatal(err)
	}
	if rows, _ := epoch(b, 0); !slices.Equal(rows, []int{8, 9, 7, 3, 2, 5, 4, 1, 0, 6}) {
		t.Errorf("epoch 0 of seed 1 is %v", rows)
	}
	if rows, _ := epoch(b, 1); !slices.Equal(rows, []int{2, 5, 3, 7, 1, 9, 6, 8, 0, 4}) {
		t.Errorf("epoch 1 of seed 1 is %v", rows)
	}
	train, test, err := d.Split(SplitOptions{Test: 0.3, Seed: 1})
	if err != nil || !slices.Equal(test.X, []float64{8, 0, 1}) || !slices.Equal(train.X, []float64{2, 7, 4, 5, 6, 9, 3}) {
		t.Errorf("the split of seed 1 is %v, %v, %v", train.X, test.X, err)
	}
}

// Over many epochs every row comes first, and last, equally often: χ² with 9 degrees of freedom stays below 27.9, its 0.999 quantile.
func TestEpochsAreUniform(t *testing.T) {
	const n, epochs = 10, 5000
	b, err := numbered(make([]float64, n)).Batches(n, 3)
	if err != nil {
		t.Fatal(err)
	}
	var place [n][n]float64 // how often a row came at a place
	for e := range epochs {
		rows, _ := epoch(b, e)
		for at, row := range rows {
			place[at][row]++
		}
	}
	for at, counts := range place {
		chi2 := 0.0
		for _, count := range counts {
			chi2 += (count - epochs/n) * (count - epochs/n) / (epochs / n)
		}
		if chi2 > 27.9 {
			t.Errorf("place %d: χ² = %v, counts %v", at, chi2, counts)
		}
	}
}
