package ops_test

import (
	"errors"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// However long a sequence is, a Scan and its gradient are as many nodes.
func TestScanDoesNotGrowWithTimes(t *testing.T) {
	count := func(times int) int {
		g := graph.New()
		c := cells[3]
		var p []*node
		for i, d := range c.params {
			p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
		}
		s := ops.Scan(c.step(p), g.Const(0, c.state, 2), g.Input("x", features, times, 2))
		graph.Gradient(ops.Sum(ops.Square(s)), p...)
		return g.Len()
	}
	if a, b := count(3), count(3000); a != b {
		t.Errorf("%d nodes for 3 times, %d for 3000", a, b)
	}
}

// A sequence in several stretches, of which the last is shorter, is that of the unrolled loop.
func TestScanInStretches(t *testing.T) {
	const T, N = 61, 64 // some 25 times a stretch
	c := cells[3]
	for _, back := range []bool{false, true} {
		var want [][]float64
		for _, how := range []string{"unrolled", "scan"} {
			g := graph.New()
			var p []*node
			for i, d := range c.params {
				p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
			}
			s0, x := g.Param("s0", sines(7, c.state, N)), g.Param("x", sines(5, features, T, N))
			var s *node
			switch {
			case how == "unrolled":
				s = unroll(c.step(p), back, s0, x)
			case back:
				s = ops.ScanBack(c.step(p), s0, x)
			default:
				s = ops.Scan(c.step(p), s0, x)
			}
			j := ops.Mean(ops.Mul(g.Constant("ω", sines(9, c.state, T, N)), s))
			out := append([]*node{s}, graph.Gradient(j, append(p, s0, x)...)...)
			prog, err := graph.Compile(out...)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // a second Run begins as the first did
				if err := prog.Run(); err != nil {
					t.Fatal(err)
				}
			}
			got, err := prog.Values()
			if err != nil {
				t.Fatal(err)
			}
			for i, v := range got {
				if how == "unrolled" {
					want = append(want, v.Float64s())
				} else if d := distance(v.Float64s(), want[i]); !(d < 1e-12) {
					t.Errorf("back=%v: output %d differs by %g", back, i, d)
				}
			}
		}
	}
}

// A state whose number of rows is a symbol has the gradient of one where it is a number: what is
// computed at once then reads the cotangents of the states themselves.
func TestScanOfAnyNumberOfRows(t *testing.T) {
	const T, N = 4, 2
	var want [][]float64
	for _, rows := range []int{3, graph.Extent("K")} {
		g := graph.New()
		s0, x := g.Input("s0", rows, N), g.Input("x", rows, T, N)
		s := ops.Scan(func(s *node, x ...*node) *node { return ops.Tanh(ops.Add(ops.Mul(s, s), ops.Sin(x[0]))) }, s0, x)
		prog, err := graph.Compile(graph.Gradient(ops.Sum(ops.Square(s)), s0, x)...)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(prog.Feed(s0, sines(1, 3, N)), prog.Feed(x, sines(2, 3, T, N)), prog.Run()); err != nil {
			t.Fatal(err)
		}
		got, err := prog.Values()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if rows == 3 {
				want = append(want, v.Float64s())
			} else if d := distance(v.Float64s(), want[i]); !(d < 1e-14) {
				t.Errorf("gradient %d differs by %g", i, d)
			}
		}
	}
}

// Inputs that a step adds up have one cotangent, which goes to both of their places, in each stretch.
func TestScanOfInputsOfOneCotangent(t *testing.T) {
	const T, N = 61, 256
	var want [][]float64
	for _, how := range []string{"unrolled", "scan"} {
		g := graph.New()
		w := g.Param("w", sines(1, 8, 8))
		s0, x, y := g.Param("s0", sines(2, 8, N)), g.Param("x", sines(3, 8, T, N)), g.Param("y", sines(4, 8, T, N))
		f := func(s *node, x ...*node) *node {
			return ops.Tanh(ops.Add(ops.MatMul(w, s), ops.Add(x[0], x[1])))
		}
		var s *node
		if how == "scan" {
			s = ops.Scan(f, s0, x, y)
		} else {
			s = unroll(f, false, s0, x, y)
		}
		j := ops.Mean(ops.Mul(g.Constant("ω", sines(9, 8, T, N)), s))
		out := append([]*node{s}, graph.Gradient(j, s0, x, y)...)
		prog, err := graph.Compile(out...)
		if err != nil {
			t.Fatal(err)
		}
		if err := prog.Run(); err != nil {
			t.Fatal(err)
		}
		got, err := prog.Values()
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range got {
			if how == "unrolled" {
				want = append(want, v.Float64s())
			} else if d := distance(v.Float64s(), want[i]); !(d < 1e-12) {
				t.Errorf("output %d differs by %g", i, d)
			}
		}
	}
}
