package ops_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Threads that share a convolution in any order compute the same bits as one alone, in every form
// that it has: as it lies, in rows and in planes of zeros, by groups, by panels, and turned. Nothing is
// allocated, and all is taken that a kernel says it takes.
func TestConvOfParts(t *testing.T) {
	same, by2 := ops.Window{Same: true}, ops.Window{Stride: both(2), Before: both(1)}
	grouped := func(p ops.Window, groups int) ops.Window { p.Groups = groups; return p }
	for _, c := range []struct {
		channels, groups, side, n int
		p                         ops.Window
	}{
		{12, 1, 33, 1, same}, {16, 1, 24, 5, by2}, {12, 1, 12, 16, same},
		{32, 1, 12, 1, same}, {32, 1, 24, 1, by2}, {32, 1, 9, 16, by2}, {64, 1, 9, 16, same},
		{16, 1, 28, 32, same}, {40, 40, 56, 1, same}, {40, 40, 14, 16, same}, {40, 40, 28, 16, by2}, {24, 24, 130, 1, same}, {48, 12, 40, 1, same},
	} {
		g := graph.New()
		w, x := g.Input("w", c.channels, c.channels/c.groups, 3, 3), g.Input("x", c.channels, c.side, c.side, c.n)
		y := ops.Conv(w, x, grouped(c.p, c.groups))
		ζ := g.Input("ζ", y.Shape().Dims()...)
		for i, z := range append([]*node{y}, graph.VJP(y, ζ, w, x)...) {
			dense := func(of *node) *tensor.Dense {
				v := make([]float32, volume(of.Shape().Dims()))
				for i := range v {
					v[i] = float32(math.Sin(float64(i + 1)))
				}
				return tensor.New(tensor.WithShape(of.Shape().Dims()...), tensor.WithBacking(v))
			}
			of, alone, parts := []*tensor.Dense{dense(z.In(0)), dense(z.In(1))}, dense(z), dense(z)
			work := z.Op().Kernel().Bind(alone, of...)
			if n := testing.AllocsPerRun(1, work.All); n > 0 {
				t.Errorf("%+v, %d: %v allocations", c, i, n)
			}
			shared := false
			for w := new(z.Op().Kernel().Bind(parts, of...)); w != nil; w = w.Then {
				shared = shared || w.Parts > 1
				doParts(w)
			}
			if !shared {
				t.Errorf("%+v, %d: threads have no part in it", c, i)
			}
			if !slices.Equal(alone.Float32s(), parts.Float32s()) {
				t.Errorf("%+v, %d: in parts it is something else", c, i)
			}
			if n := roomOf(z); n > 0 && !bindsNot(z.Op().Kernel(), alone, n-16, of) {
				t.Errorf("%+v, %d: it takes less than the %d entries that it says", c, i, n)
			}
		}
	}
}

// roomOf returns how many entries the kernel of z takes to work in.
func roomOf(z *node) int {
	return z.Op().Kernel().Room(z.Shape().Dims(), z.In(0).Shape().Dims(), z.In(1).Shape().Dims())
}

// bindsNot reports whether a kernel has not enough with so many entries, a cache line less than it says.
func bindsNot(k compute.Kernel, y *tensor.Dense, entries int, x []*tensor.Dense) (failed bool) {
	defer func() { failed = recover() != nil }()
	k.In(tensor.New(tensor.Of(tensor.Float32), tensor.WithShape(entries))).Bind(y, x...)
	return false
}

// doParts does all parts at once, the last first.
func doParts(w *compute.Work) {
	var all sync.WaitGroup
	for i := w.Parts - 1; i >= 0; i-- {
		all.Go(func() { w.Do(i, i+1) })
	}
	all.Wait()
}
