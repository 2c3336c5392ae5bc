package ops

import (
	"math"
	"sync"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

// A convolution by panels, in rings of any size, is what it is as it lies: of windows with strides
// and dilations, of which some show nothing, in groups, with an addend and a floor, back, and where
// threads share it.
func TestConvByPanels(t *testing.T) {
	if kernel.PanelColumns[float64]() == 0 {
		t.Skip("the kernels in use read no panels: those of AVX2 do")
	}
	tried := 0
	for _, p := range []Window{
		{Size: Both(3), Before: Both(1), After: Both(1)},
		{Size: Both(1)},
		{Size: [2]int{3, 2}, Stride: Both(2), Before: Both(1), Groups: 2},
		{Size: [2]int{4, 5}, Stride: [2]int{1, 3}, Dilation: [2]int{2, 1}, Before: [2]int{8, 1}, After: Both(3)},
		{Size: [2]int{2, 3}, Stride: [2]int{2, 1}, Before: [2]int{0, 4}},
	} {
		for _, n := range []int{16, 96} {
			for _, entries := range []int{2000, 8000, 1 << 20} {
				for _, to := range []factor{toPlaces, toImage} {
					if checkByPanels(t, p, n, entries, to) {
						tried++
					}
				}
			}
		}
	}
	if tried < 45 {
		t.Errorf("%d of 60 have pieces", tried)
	}
}

// checkByPanels reports whether pieces are not too small.
func checkByPanels(t *testing.T, p Window, n, entries int, to factor) bool {
	t.Helper()
	const m, c, h, w = 14, 6, 9, 10
	p, err := p.over(graph.ShapeOf(c, h, w, n))
	if err != nil {
		t.Fatal(err)
	}
	high, wide, err := p.places(graph.ShapeOf(c, h, w, n))
	if err != nil {
		t.Fatal(err)
	}
	sines := func(n int) []float64 {
		v := make([]float64, n)
		for i := range v {
			v[i] = math.Sin(float64(i + 1))
		}
		return v
	}
	y, b := []int{m, high, wide, n}, []int{c, h, w, n}
	if to == toImage {
		y, b = b, y
	}
	f, x := filterLike[float64]([]int{m, c / p.Groups, p.Size[0], p.Size[1]}, p), imageLike[float64](b)
	f.data, x.data = sines(m*f.row), sines(x.c*x.atC)
	run := func(by func(c *runsOf[float64], r *room[float64]) func() compute.Work, parts bool) []float64 {
		c := newRuns(conv{p, to, h, w}, y, f, x)
		c.y, c.floor, c.bias = make([]float64, product(y)), true, sines(y[0])
		need := &room[float64]{}
		if by(newRuns(conv{p, to, h, w}, y, f, x), need) == nil {
			return nil
		}
		work := by(c, &room[float64]{free: make([]float64, need.taken)})()
		if !parts {
			work.All()
			return c.y
		}
		for w := &work; w != nil; w = w.Then {
			var all sync.WaitGroup
			for i := range w.Parts {
				all.Go(func() { w.Do(i, i+1) })
			}
			all.Wait()
		}
		return c.y
	}
	panels := func(c *runsOf[float64], r *room[float64]) func() compute.Work { return c.inRings(r, entries) }
	want := run(func(c *runsOf[float64], _ *room[float64]) func() compute.Work { return c.asItLies }, false)
	for _, parts := range []bool{false, true} {
		got := run(panels, parts)
		if got == nil {
			return false
		}
		for i, v := range got {
			if !(math.Abs(v-want[i]) < 1e-12) {
				t.Fatalf("%+v, N = %d, in parts %v, rings of %d: entry %d is %v, as it lies %v", p, n, parts, entries, i, v, want[i])
			}
		}
	}
	return true
}
