package graph_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/internal/memtest"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// Where an LSTM computes its steps once more, the memory of Σh² with its gradient, the input and all,
// is at most twice that of its trajectory, the states, and where it does not, a third more than that
// of the states and of what the adjoint reads beside them. What is computed on the way to them is as
// large as a stretch, and so are cotangents.
func TestMemoryOfLongSequences(t *testing.T) {
	const units, features, n, times = 64, 32, 32, 8192
	at := func(recompute bool, times int) int {
		g := graph.NewOf(tensor.Float32)
		param := func(rows, columns int) *graph.Node {
			return g.Param("p", tensor.New(tensor.WithShape(rows, columns), tensor.Of(tensor.Float32)))
		}
		w, u, b := param(4*units, features), param(4*units, units), param(4*units, 1)
		x := g.Input("x", features, graph.Extent("T"), n)
		c := sequence.LSTM(w, u, b)
		j := ops.Sum(ops.Square(c.Hidden(c.Over(x, sequence.Options{Recompute: recompute}))))
		p, err := graph.Compile(append([]*graph.Node{j}, graph.Gradient(j, w, u, b, x)...)...)
		if err != nil {
			t.Fatal(err)
		}
		bytes, err := graph.BytesAt(p, map[int]int{graph.Extent("T"): times})
		if err != nil {
			t.Fatal(err)
		}
		return int(bytes)
	}
	const state = 2 * units * n * 4 // bytes, at one time
	for _, c := range []struct {
		recompute bool
		most      int // bytes at each time
	}{{true, 2 * state}, {false, 4 * state}} {
		got := at(c.recompute, times)
		t.Logf("recompute %v: %d bytes, %.2f times the states", c.recompute, got, float64(got)/state/times)
		if got > c.most*times {
			t.Errorf("want at most %.2f times the states", float64(c.most)/state)
		}
	}
}

// What is asked for loops is what they allocate. Where a sequence is short, the copies of what steps read
// where it lies count too, and tiles of long ones are objects that do not.
func TestLoopsTakeWhatTheyAskFor(t *testing.T) {
	for _, c := range []struct {
		times int
		least float64 // of what was asked for
	}{{3, 0.85}, {64, 0.96}, {301, 0.985}} {
		for kind, dtype := range map[string]tensor.Dtype{"states": tensor.Float64, "final": tensor.Float32, "backwards": tensor.Float32,
			"gradient": tensor.Float32, "recompute": tensor.Float64, "plain": tensor.Float32} {
			asked, allocated := memoryOfLSTM(t, dtype, c.times, kind)
			if r := float64(allocated) / float64(asked); !(r >= c.least && r <= 1.015) {
				t.Errorf("%s of %d times: asked for %d bytes, allocated %d, %.3f of it", kind, c.times, asked, allocated, r)
			}
		}
	}
}

// memoryOfLSTM returns what a plan asks for and what is allocated for it.
func memoryOfLSTM(t *testing.T, dtype tensor.Dtype, times int, kind string) (asked, allocated uint64) {
	const units, features, n = 64, 32, 256
	g := graph.NewOf(dtype)
	param := func(rows, columns int) *graph.Node {
		return g.Param("p", tensor.New(tensor.WithShape(rows, columns), tensor.Of(dtype)))
	}
	w, u, b := param(4*units, features), param(4*units, units), param(4*units, 1)
	x := g.Input("x", features, graph.Extent("T"), graph.Batch)
	c, o := sequence.LSTM(w, u, b), sequence.Options{Recompute: kind == "recompute", Back: kind == "backwards"}
	y := c.Over(x, o)
	if kind == "final" {
		y = c.Final(y, o)
	}
	out := []*graph.Node{ops.Sum(ops.Square(y))}
	if kind != "states" && kind != "final" {
		out = append(out, graph.Gradient(out[0], w, u, b, x)...)
	}
	p, err := graph.Options{NoFuse: kind == "plain"}.Compile(out...)
	if err != nil {
		t.Fatal(err)
	}
	v := tensor.New(tensor.WithShape(features, times, n), tensor.Of(dtype))
	allocated = memtest.Allocated(func() {
		if err := p.Feed(x, v); err != nil {
			t.Fatal(err)
		}
	})
	_, asked = graph.Kept(p)
	return asked, allocated
}
