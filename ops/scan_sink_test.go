package ops_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// What the adjoint of a scan alone reads is computed in its stretches, of numbers or symbols of times
// and examples, and values are those of a program in which every op has its kernel.
func TestLoopComputesWhatItAloneReads(t *testing.T) {
	const T, N = 40, 64 // some 25 times a stretch
	c := cells[3]
	for name, test := range map[string]struct {
		cost func(g *graph.Graph, s, ω *node) *node
		gone string // the op of a line of all times that is not there any more
	}{
		"square":  {func(g *graph.Graph, s, ω *node) *node { return ops.Sum(ops.Square(s)) }, "2·"},
		"rows":    {func(g *graph.Graph, s, ω *node) *node { return ops.Sum(ops.Square(ops.Slice(s, 0, 0, 1))) }, "pad"},
		"weighed": {func(g *graph.Graph, s, ω *node) *node { return ops.Sum(ops.Mul(ω, ops.Sin(s))) }, "cos"},
		"layer": {func(g *graph.Graph, s, ω *node) *node {
			d, v := s.Shape().Dims(), g.Param("v", sines(11, 1, c.state))
			return ops.Sum(ops.Square(ops.MatMul(v, ops.Reshape(s, d[0], graph.Times(d[1], d[2])))))
		}, "φ(ᵀ(v)"},
		"constant": {func(g *graph.Graph, s, ω *node) *node { return ops.Sum(ops.Slice(s, 0, 1, 2)) }, "pad"},
		"of examples": {func(g *graph.Graph, s, ω *node) *node {
			return ops.Sum(ops.Mul(ops.Sum(ops.Index(ω, 1, 0), 0), ops.Sum(s, 0, 1))) // a row times a row
		}, ""},
		"mixed": {func(g *graph.Graph, s, ω *node) *node {
			return ops.Sum(ops.Mul(ω, ops.CumSum(ops.Square(s), 1, false, false)))
		}, ""},
		"by example": {func(g *graph.Graph, s, ω *node) *node {
			return ops.Sum(ops.Square(ops.Sub(s, ops.BroadcastTo(ops.ExpandDims(ops.Mean(s, 2), 2), s.Shape()))))
		}, ""},
	} {
		for _, by := range []struct {
			times, examples int
			back            bool
		}{{T, N, false}, {graph.Extent("T"), N, true}, {graph.Extent("T"), graph.Batch, false}} {
			t.Run(fmt.Sprint(name, by), func(t *testing.T) {
				g := graph.New()
				var p []*node
				for i, d := range c.params {
					p = append(p, g.Param("p", sines(float64(i+1), d[0], d[1])))
				}
				x, ω := g.Input("x", features, by.times, by.examples), g.Input("ω", c.state, by.times, by.examples)
				scan := ops.Scan
				if by.back {
					scan = ops.ScanBack
				}
				s := scan(c.step(p), g.Const(0.1, c.state, by.examples), x)
				j := test.cost(g, s, ω)
				out := append([]*node{j}, graph.Gradient(j, append(p, x)...)...)
				var want [][]float64
				for _, o := range []graph.Options{{NoFuse: true}, {}} {
					q, err := o.Compile(out...)
					if err != nil {
						t.Fatal(err)
					}
					if err := errors.Join(q.Feed(x, sines(5, features, T, N)), q.Feed(ω, sines(6, c.state, T, N)), q.Run(), q.Run()); err != nil {
						t.Fatal(err)
					}
					if text := q.String(); test.gone != "" && runs(text, test.gone) == !o.NoFuse {
						t.Errorf("%+v: a line of %s\n%s", o, test.gone, text)
					}
					got, err := q.Values()
					if err != nil {
						t.Fatal(err)
					}
					want = compared(t, got, want)
				}
			})
		}
	}
}

// runs reports whether a program computes a value by an op outside of loops.
func runs(program, op string) bool {
	for _, line := range strings.Split(program, "\n") {
		if loop := strings.HasPrefix(line, "step") || strings.Contains(line, "times"); !loop && strings.Contains(line, " = "+op) {
			return true
		}
	}
	return false
}

// compared compares values with those wanted and returns them, or copies of the first.
func compared(t *testing.T, got []*tensor.Dense, want [][]float64) [][]float64 {
	t.Helper()
	for i, v := range got {
		if len(want) < len(got) {
			want = append(want, append([]float64(nil), v.Float64s()...))
		} else if d := distance(v.Float64s(), want[i]); !(d < 1e-12) {
			t.Errorf("output %d differs by %g", i, d)
		}
	}
	return want
}

// A cotangent that some rows of the states have is added to these rows in the step, whatever parts of the sum
// that reads; and rows that are all zero cost nothing where each part is known to be these or others.
func TestStepsAddToParts(t *testing.T) {
	const rows, T, N = 4, 30, 8
	for name, c := range map[string]struct {
		parts    [2]int // the step reads rows before and after each
		from, to int    // and J these
		whole    bool   // whether the sum is computed as it is
	}{
		"first":   {[2]int{2, 2}, 0, 2, false},
		"last":    {[2]int{1, 1}, 1, 4, false},
		"across":  {[2]int{2, 2}, 1, 3, true},
		"within":  {[2]int{3, 3}, 0, 2, true},
		"overlap": {[2]int{1, 3}, 1, 4, true},
	} {
		g := graph.New()
		w, x := g.Param("w", sines(1, rows, rows)), g.Input("x", rows, graph.Extent("T"), graph.Batch)
		s := ops.Scan(func(s *node, x ...*node) *node {
			s = ops.Tanh(ops.Add(ops.MatMul(w, s), x[0]))
			one, other := ops.Slice(s, 0, 0, c.parts[0]), ops.Slice(s, 0, c.parts[1], rows)
			if c.parts[0] == c.parts[1] {
				return ops.Concat(0, ops.Sin(one), ops.Square(other))
			}
			return ops.Concat(0, ops.Sin(one), ops.Slice(s, 0, c.parts[0], c.parts[1]), ops.Square(other))
		}, g.Const(0.1, rows, graph.Batch), x)
		j := ops.Sum(ops.Square(ops.Slice(s, 0, c.from, c.to)))
		out := append([]*node{j}, graph.Gradient(j, w, x)...)
		var want [][]float64
		for _, o := range []graph.Options{{NoFuse: true}, {}} {
			p, err := o.Compile(out...)
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(p.Feed(x, sines(5, rows, T, N)), p.Run()); err != nil {
				t.Fatal(err)
			}
			got, err := p.Values()
			if err != nil {
				t.Fatal(err)
			}
			want = compared(t, got, want)
			text := p.String()
			if whole := strings.Contains(text, "Σpad(x3, x0)"); !o.NoFuse && (whole != c.whole || strings.Contains(text, " = pad(")) {
				t.Errorf("%s: the sum of all rows: %v\n%s", name, whole, text)
			}
			if c.whole && strings.Contains(text, "](x0)") {
				t.Errorf("%s: a part of what is added to is read beside the sum\n%s", name, text)
			}
		}
	}
}
