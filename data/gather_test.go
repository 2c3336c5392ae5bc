package data

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestGatherTurnsRowsIntoColumns(t *testing.T) {
	d := small()
	x := make([]float64, 4)
	if err := d.Gather(x, []int{2, 0}); err != nil || !slices.Equal(x, []float64{5, 1, 6, 2}) {
		t.Errorf("Gather: %v, %v", x, err)
	}
	y := make([]float64, 2)
	if err := d.GatherY(y, []int{2, 0}); err != nil || !slices.Equal(y, []float64{1, 0}) {
		t.Errorf("GatherY: %v, %v", y, err)
	}
	hot := []float64{7, 7, 7, 7}
	if err := d.GatherOneHot(hot, []int{2, 0}); err != nil || !slices.Equal(hot, []float64{0, 1, 1, 0}) {
		t.Errorf("GatherOneHot: %v, %v", hot, err)
	}
	all := make([]float32, 6)
	if err := d.Gather32(all, nil); err != nil || !slices.Equal(all, []float32{1, 3, 5, 2, 4, 6}) {
		t.Errorf("Gather32 of all rows: %v, %v", all, err)
	}
	all = all[:3]
	if err := d.GatherY32(all, nil); err != nil || !slices.Equal(all, []float32{0, 1, 1}) {
		t.Errorf("GatherY32 of all rows: %v, %v", all, err)
	}
	all = all[:6]
	if err := d.GatherOneHot32(all, nil); err != nil || !slices.Equal(all, []float32{1, 0, 0, 0, 1, 1}) {
		t.Errorf("GatherOneHot32 of all rows: %v, %v", all, err)
	}
}

// dst[j·N + i] = X[rows[i]·n + j], for every size, in both float types.
func TestGatherLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "features")
		total := rapid.IntRange(1, 20).Draw(t, "rows")
		rows := rapid.SliceOfN(rapid.IntRange(0, total-1), 0, 40).Draw(t, "batch")
		if len(rows) > 0 && rapid.Bool().Draw(t, "in order") {
			for i := range rows {
				rows[i] = rows[0] + i
			}
			rows = rows[:min(len(rows), total-rows[0])]
		}
		d := &Dataset{X: make([]float64, n*total), Features: Names(n)}
		for k := range d.X {
			d.X[k] = float64(k) + 0.1
		}
		dst, dst32 := make([]float64, n*len(rows)), make([]float32, n*len(rows))
		if err := d.Gather(dst, rows); err != nil {
			t.Fatal(err)
		}
		if err := d.Gather32(dst32, rows); err != nil {
			t.Fatal(err)
		}
		for j := range n {
			for i, r := range rows {
				want, k := d.Row(r)[j], j*len(rows)+i
				if dst[k] != want || dst32[k] != float32(want) {
					t.Fatalf("feature %d of example %d: %v and %v, want %v", j, i, dst[k], dst32[k], want)
				}
			}
		}
	})
}

func TestGatherErrors(t *testing.T) {
	two := make([]float64, 2)
	wantError(t, "a buffer too small", small().Gather(two, []int{0, 1}), ErrLength, "small.csv: a buffer of 2 numbers for 2×2")
	wantError(t, "a buffer too large", small().GatherY(two, []int{0}), ErrLength, "a buffer of 2 numbers for 1×1")
	wantError(t, "no such row", small().Gather(two, []int{3}), ErrRow, "row 3 of 3")
	wantError(t, "no such row", small().GatherY(two, []int{0, -1}), ErrRow, "row -1 of 3")
	wantError(t, "no such row", small().GatherOneHot(two, []int{7}), ErrRow, "row 7 of 3")
	wantError(t, "no buffer", small().GatherOneHot(nil, []int{0}), ErrLength, "2×1")
	wantError(t, "nothing", new(Dataset).Gather(nil, nil), ErrEmpty, "")
	d := small()
	d.Y[1] = 2
	wantError(t, "no such class", d.GatherOneHot(two, []int{1}), ErrLabel, "small.csv:4: row 1: label 2 of 2 classes")
	d.Classes = nil
	wantError(t, "no classes", d.GatherOneHot(two, []int{1}), ErrLabel, "no classes")
	d.Y = nil
	wantError(t, "no targets", d.GatherY(two, []int{0, 1}), ErrLabel, "no targets")
	d.X[0] = 1e300
	one := make([]float32, 2)
	if err := d.Gather32(one, []int{0}); err != nil || !math.IsInf(float64(one[0]), 1) {
		t.Errorf("1e300 in float32 is %v, %v", one[0], err)
	}
}

func TestGatherAllocatesNothing(t *testing.T) {
	d := Digits()
	b, err := d.Batches(32, 1)
	if err != nil {
		t.Fatal(err)
	}
	x, y, hot := make([]float32, 64*32), make([]float32, 32), make([]float32, 10*32)
	next := 0
	n := testing.AllocsPerRun(5, func() {
		for k, rows := range b.Epoch(next) {
			if k == b.Len()-1 {
				break
			}
			if d.Gather32(x, rows) != nil || d.GatherY32(y, rows) != nil || d.GatherOneHot32(hot, rows) != nil {
				t.Error("a batch of digits cannot be gathered")
			}
		}
		next++
	})
	if n > 0 {
		t.Errorf("an epoch makes %v allocations", n)
	}
}

func BenchmarkGather32(b *testing.B) {
	for _, size := range []struct {
		name         string
		n, rows, all int
	}{{"10x32", 10, 32, 1000}, {"784x128", 784, 128, 1024}} {
		b.Run(size.name, func(b *testing.B) {
			d := &Dataset{X: make([]float64, size.n*size.all), Features: Names(size.n)}
			batches, err := d.Batches(size.rows, 1)
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]float32, size.n*size.rows)
			var rows []int
			for _, batch := range batches.Epoch(0) {
				rows = slices.Clone(batch)
				break
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := d.Gather32(dst, rows); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
