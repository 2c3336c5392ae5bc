package data

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// streamFiles writes a table of text and gaps in three files, the second compressed, and returns their paths and the whole
// as one text.
func streamFiles(t *testing.T, rows int) (paths []string, whole string) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 3))
	const header = "size,town,w,y,kind\n"
	parts := make([]bytes.Buffer, 3)
	for i := range rows {
		town := []string{"Ulm", "", "Bonn", "Aachen"}[rng.IntN(4)]
		fmt.Fprintf(&parts[3*i/rows], "%.3f,%s,%d,%g,%s\n", rng.NormFloat64(), town, 1+i%2, rng.Float64(), []string{"u", "v", "a"}[rng.IntN(3)])
	}
	dir := t.TempDir()
	whole = header
	for i := range parts {
		text := []byte(header + parts[i].String())
		whole += parts[i].String()
		path := filepath.Join(dir, fmt.Sprint("part", i, ".csv"))
		if i == 1 {
			var zipped bytes.Buffer
			z := gzip.NewWriter(&zipped)
			_, _ = z.Write(text)
			_ = z.Close()
			path, text = path+".gz", zipped.Bytes()
		}
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths, whole
}

var ofStream = CSV{Label: Name("kind"), Weight: Name("w"), Missing: KeepMissing}

// A stream of files is the data set of the files one after the other.
func TestStream(t *testing.T) {
	paths, whole := streamFiles(t, 30000)
	for _, o := range []CSV{ofStream, {Labels: []Column{Name("y"), Name("w")}, Missing: DropMissing}, {NoLabel: true, Missing: KeepMissing}} {
		want, err := ReadCSV(strings.NewReader(whole), o)
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "rows")
		var read, total int64
		s := Stream{Files: paths, CSV: o, Progress: func(r, n int64) { read, total = r, n }}
		if err := s.Convert(path); err != nil {
			t.Fatal(err)
		}
		got, err := OpenRows(path)
		if err != nil {
			t.Fatal(err)
		}
		if read != total || total == 0 {
			t.Errorf("progress ended at %d of %d bytes", read, total)
		}
		if got.Mapped == nil {
			t.Error("the rows are not those of a file")
		}
		ignored := cmpopts.IgnoreFields(Dataset{}, "Mapped", "Lines", "Source")
		if diff := cmp.Diff(want, got, cmpopts.EquateNaNs(), ignored); diff != "" {
			t.Errorf("%+v: (-read +mapped)\n%.2000s", o.Label, diff)
		}
		if err := got.CheckRaw(); err != nil {
			t.Error(err)
		}
		if err := got.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".rows*")); left != nil {
			t.Errorf("left: %q", left)
		}
	}
}

func TestStreamRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	a := file("a.csv", "x,y\n1,0\n2,1\n")
	for _, c := range []struct {
		name    string
		files   []string
		want    error
		message string
	}{
		{"no files", nil, ErrEmpty, "no files"},
		{"a file that is not there", []string{a, filepath.Join(dir, "none")}, os.ErrNotExist, ""},
		{"other columns", []string{a, file("b.csv", "z,y\n1,0\n")}, ErrColumn, "b.csv: other columns than in the first file"},
		{"another number of columns", []string{a, file("c.csv", "x,z,y\n1,2,0\n")}, ErrRagged, "c.csv: 3 columns where the first file has 2"},
		{"a word in the second file", []string{a, file("d.csv", "x,y\none,0\n")}, ErrNumber, `d.csv:2:1: "one" in column "x"`},
	} {
		path := filepath.Join(dir, "rows")
		err := Stream{Files: c.files}.Convert(path)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v, want %q: %v", c.name, err, c.message, c.want)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*rows*")); left != nil {
			t.Errorf("%s: left %q", c.name, left)
		}
	}
}

// A file of rows of which any bit has changed, or a part is missing, is refused.
func TestDamagedRows(t *testing.T) {
	dir := t.TempDir()
	csv, path := filepath.Join(dir, "a.csv"), filepath.Join(dir, "rows")
	if err := os.WriteFile(csv, []byte("x,y\n1,0\n2,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (Stream{Files: []string{csv}}).Convert(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := [][]byte{whole[:len(whole)-1], whole[:rowsStart], whole[:10], nil, []byte("x,y\n1,2\n")}
	for i := 0; i < len(whole); i += 7 {
		b := slices.Clone(whole)
		b[i] ^= 1 << (i % 8)
		damaged = append(damaged, b)
	}
	for i, b := range damaged {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if d, err := OpenRows(path); !errors.Is(err, ErrFormat) {
			t.Errorf("damage %d: %v, %v", i, d, err)
		}
	}
}

// A file whose digest is right and whose description is not is refused, also where a product of
// its numbers is too large for 64 bits.
func TestForgedRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rows")
	for _, text := range []string{
		`{"rows": 1152921504606846976, "features": ["x"], "y": true}`, // 2⁶⁰ rows of 16 bytes
		`{"rows": 1, "features": ["x"]}`,
		`{"rows": 0, "features": ["x"]}`,
		`{"rows": -1, "features": ["x"]}`,
		`{"rows": 1}`,
		`{"rows": 1, "features": 1}`,
		`[]`,
	} {
		b := append(make([]byte, rowsStart), text...)
		copy(b, rowsMagic)
		b = binary.LittleEndian.AppendUint64(b, uint64(len(text)))
		digest := sha256.Sum256(b)
		if err := os.WriteFile(path, append(b, digest[:]...), 0o600); err != nil {
			t.Fatal(err)
		}
		if d, err := OpenRows(path); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, %v", text, d, err)
		}
	}
}

// Every row is dealt once, those of a window near each other, and all at once without windows.
func TestBatchesWithin(t *testing.T) {
	d := &Dataset{X: make([]float64, 1003), Features: Names(1)}
	for _, size := range []int{1, 7, 100, 150, 1003, 5000} {
		b, err := d.BatchesWithin(100, size, 5)
		if err != nil {
			t.Fatal(err)
		}
		for epoch := range 2 {
			var all []int
			batches := 0
			for k, rows := range b.Epoch(epoch) {
				if k != batches || len(rows) != size && k != b.Len()-1 {
					t.Fatalf("size %d: batch %d of %d rows", size, k, len(rows))
				}
				all = append(all, rows...)
				batches++
			}
			if batches != b.Len() {
				t.Errorf("size %d: %d batches, Len %d", size, batches, b.Len())
			}
			sorted := slices.Sorted(slices.Values(all))
			if !slices.Equal(sorted, ascending(make([]int, 1003))) || slices.Equal(sorted, all) {
				t.Errorf("size %d: %d rows are dealt", size, len(all))
			}
			for i := 1; i < len(all); i++ { // windows are whole: a row is left by another window only when all of its own are dealt
				if all[i]/100 != all[i-1]/100 && slices.ContainsFunc(all[i:], func(r int) bool { return r/100 == all[i-1]/100 }) {
					t.Fatalf("size %d: window %d is left early", size, all[i-1]/100)
				}
			}
		}
		var order []int
		for _, rows := range b.InOrder() {
			order = append(order, rows...)
		}
		if !slices.Equal(order, ascending(make([]int, 1003))) {
			t.Errorf("size %d: not in order", size)
		}
	}
	if _, err := d.BatchesWithin(0, 1, 1); !errors.Is(err, ErrArgument) {
		t.Errorf("windows of 0 rows: %v", err)
	}
}

// The mean of a column far from 0 is the number nearest to that of math/big, in one block and in several.
func TestMeanFarFromZero(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	for _, rows := range []int{11, 101, 999, 1001, 1003, 1007, 1013, 10007, blockRows, 2*blockRows + 1} {
		d := &Dataset{Features: Names(1), X: make([]float64, rows)}
		sum := new(big.Float).SetPrec(200)
		for i := range d.X {
			d.X[i] = 1e15 + 1e3*rng.Float64()
			sum.Add(sum, big.NewFloat(d.X[i]))
		}
		want, _ := sum.Quo(sum, big.NewFloat(float64(rows))).Float64()
		got, err := FitScaler(d)
		if err != nil || got.Mean[0] != want {
			t.Errorf("%d rows: mean %v, want %v, %v", rows, got.Mean[0], want, err)
		}
	}
}

// A Scaler of many rows, in blocks, is that of one block but for rounding.
func TestScalerInBlocks(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	d := &Dataset{Features: Names(6), X: make([]float64, 6*3*blockRows/2)}
	for i := range d.Rows() {
		copy(d.Row(i), []float64{rng.NormFloat64(), 1e9 + rng.Float64(), 3, 1e-200 * rng.NormFloat64(), 1e200 * rng.Float64(), float64(i / blockRows)})
	}
	got, err := FitScaler(d)
	if err != nil {
		t.Fatal(err)
	}
	for j := range d.Features {
		x := make([]float64, d.Rows())
		for i := range x {
			x[i] = d.Row(i)[j]
		}
		mean, scale := deviation(x)
		if math.Abs(got.Mean[j]-mean) > 1e-15*math.Abs(mean)+1e-16*scale || math.Abs(got.Scale[j]-scale) > 1e-14*scale {
			t.Errorf("column %d: mean %v, scale %v, of one block %v, %v", j, got.Mean[j], got.Scale[j], mean, scale)
		}
	}
}
