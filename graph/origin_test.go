package graph_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// The first node that is not finite is named, with its inputs, the line and the r.
func TestRunChecked(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name string
		make func(g *graph.Graph, x *graph.Node) *graph.Node
		x    []float64
		want []string // parts of the message; none: all is finite
	}{
		{"finite", func(g *graph.Graph, x *graph.Node) *graph.Node { return ops.Sum(ops.Exp(x)) }, []float64{1, 2, 3}, nil},
		{"log of a negative number", func(g *graph.Graph, x *graph.Node) *graph.Node {
			return ops.Mean(ops.Scale(2, ops.Log(x)))
		}, []float64{1, -2, 3}, []string{"log(x (1, 3)) is NaN at (0, 1), where x = -2 at (0, 1)"}},
		{"the older of two", func(g *graph.Graph, x *graph.Node) *graph.Node {
			return ops.Sum(ops.Add(ops.Reciprocal(ops.Sub(x, x)), ops.Log(ops.Neg(ops.Square(x)))))
		}, []float64{1, 2, 3}, []string{"is +Inf at (0, 0)", "= 0 at (0, 0)"}},
		{"only what leads to an output", func(g *graph.Graph, x *graph.Node) *graph.Node {
			hidden := ops.Where(ops.Greater(x, g.Const(0)), ops.Log(x), g.Const(0))
			return ops.Add(ops.Sum(hidden), ops.Sum(ops.Exp(ops.Scale(1e3, x))))
		}, []float64{1, -2, 3}, []string{"exp(", "is +Inf at (0, 0)", "= 1000 at (0, 0)"}},
		{"an overflow in a product", func(g *graph.Graph, x *graph.Node) *graph.Node {
			return ops.MatMul(g.Param("w", dense([]int{1, 1}, 1e300)), x)
		}, []float64{1, 2, 1e10}, []string{"φ(w (1, 1), x (1, 3)) is +Inf at (0, 2), where w = 1e+300, x = 1e+10 at (0, 2)"}},
		{"what was fed", func(g *graph.Graph, x *graph.Node) *graph.Node { return ops.Sum(ops.Square(x)) },
			[]float64{1, 2, math.NaN()}, []string{"input x of shape (1, 3) is NaN at (0, 2)"}},
		{"a mask", func(g *graph.Graph, x *graph.Node) *graph.Node {
			return ops.Softmax(ops.Add(x, g.Constant("mask", dense([]int{1, 3}, 0, -inf, 0))), 1)
		}, []float64{1, 2, 3}, nil},
		{"a mask of everything", func(g *graph.Graph, x *graph.Node) *graph.Node {
			return ops.Softmax(ops.Add(x, g.Constant("mask", dense([]int{1, 3}, -inf, -inf, -inf))), 1)
		}, []float64{1, 2, 3}, []string{"+(x (1, 3), mask (1, 3)) is -Inf at (0, 0), where x = 1 at (0, 0), mask = -Inf at (0, 0)"}},
		{"a sum of many", func(g *graph.Graph, x *graph.Node) *graph.Node { return ops.Sum(ops.Scale(1e300, ops.Reshape(x, 3))) },
			[]float64{1e8, 1e8, 1e8}, []string{"is +Inf, where", "= [1e+308 1e+308 1e+308]"}},
		{"a branch in r", func(g *graph.Graph, x *graph.Node) *graph.Node {
			positive := ops.Greater(x, g.Const(0))
			return graph.Gradient(ops.Sum(ops.Where(positive, ops.Log(x), g.Const(0))), x)[0]
		}, []float64{1, 0, 3}, []string{"(x (1, 3)), in rlog of log#", "at (0, 1), where x = 0"}},
	} {
		g := graph.New()
		x := g.Input("x", 1, 3)
		p, before := compile(t, c.make(g, x)), g.Len()
		feed(t, p, x, dense([]int{1, 3}, c.x...))
		err := p.RunChecked()
		if g.Len() != before {
			t.Errorf("%s: the graph has %d nodes more", c.name, g.Len()-before)
		}
		if _, err := p.Values(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		switch {
		case c.want == nil && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.want != nil && (!errors.Is(err, graph.ErrNotFinite) || !containsAll(err.Error(), c.want...)):
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// The line that is named is that of the op, not of the derivative; there is none for what
// was made before NoteLines, and none without.
func TestNoteLines(t *testing.T) {
	for _, noted := range []bool{false, true} {
		g := graph.New()
		x := g.Input("x", 1, 3)
		before := ops.Sqrt(x)
		if noted && g.NoteLines() != g {
			t.Error("NoteLines returns another graph")
		}
		_, _, line, _ := runtime.Caller(0)
		z := ops.Log(x) // line + 1
		for what, c := range map[string]struct {
			y    *graph.Node
			line int // 0 for none
		}{
			"its value":         {z, line + 1},
			"its derivative":    {graph.Gradient(ops.Sum(z), x)[0], line + 1},
			"one that is older": {before, 0},
		} {
			p := compile(t, c.y)
			feed(t, p, x, dense([]int{1, 3}, 1, 0, -3))
			at, err := fmt.Sprintf("origin_test.go:%d: ", c.line), p.RunChecked()
			if !errors.Is(err, graph.ErrNotFinite) || strings.HasPrefix(err.Error(), at) != (noted && c.line > 0) || !noted && strings.Contains(err.Error(), ".go:") {
				t.Errorf("%s, noted %v: %v, want %s", what, noted, err, at)
			}
		}
	}
}

// It looks at what a Program computes: stable forms, at what symbols are, in the float
// type of the graph, of what was lent by columns.
func TestRunCheckedOfPrograms(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, literal := range []bool{false, true} {
			g := graph.NewOf(dtype)
			w, x, y := g.Input("w", 1, 2), g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
			j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), y)).Named("J")
			dw := graph.VJP(j, g.Const(1), w)[0]
			p, err := graph.Options{NoStable: literal}.Compile(dw, j)
			if err != nil {
				t.Fatal(err)
			}
			columns := tensorOf(dtype, []float64{1, -800, 2, 3, 5, 5}, 3, 2)
			if err := columns.T(); err != nil {
				t.Fatal(err)
			}
			feed(t, p, w, tensorOf(dtype, []float64{1, 0}, 1, 2))
			feed(t, p, y, tensorOf(dtype, []float64{1, 0, 1}, 1, 3))
			if err := p.Lend(x, columns); err != nil {
				t.Fatal(err)
			}
			if err := p.RunChecked(); err != nil {
				t.Errorf("%v, literal %v: %v", dtype, literal, err)
			}
			feed(t, p, y, tensorOf(dtype, []float64{1, 1, 1}, 1, 3))
			if err := p.Lend(x, tensorOf(dtype, []float64{1, 2, -800, 5, 3, 5}, 2, 3)); err != nil {
				t.Fatal(err)
			}
			if err := p.RunChecked(); (err != nil) != literal || literal && !containsAll(err.Error(), "L(σ#4 (1, N), y (1, N)) is +Inf at (0, 2), where σ#4 = 0 at (0, 2), y = 1") {
				t.Errorf("%v, literal %v: %v", dtype, literal, err)
			}
		}
	}
}

func tensorOf(dtype tensor.Dtype, v []float64, extents ...int) *tensor.Dense {
	if dtype == tensor.Float64 {
		return graph.Tensor(v, extents...)
	}
	narrow := make([]float32, len(v))
	for i := range v {
		narrow[i] = float32(v[i])
	}
	return graph.Tensor(narrow, extents...)
}

// A state that is not finite is named, as a parameter is, and a clone has the lines of
// what it is a copy of.
func TestRunCheckedOfStatesAndClones(t *testing.T) {
	g := graph.New().NoteLines()
	w := g.Param("w", dense([]int{1}, -1))
	y, of, err := graph.Clone(ops.Log(w))
	if err != nil {
		t.Fatal(err)
	}
	if p := compile(t, of(ops.Log(w))); y == g || !containsAll(fmt.Sprint(p.RunChecked()), "origin_test.go:", "log(w (1)) is NaN") {
		t.Errorf("a clone: %v", p.RunChecked())
	}
	s := g.State("s", dense([]int{1}, math.Inf(1)))
	if err := compile(t, ops.Sub(s, w)).RunChecked(); err == nil || !containsAll(err.Error(), "state s of shape (1) is +Inf at (0)") {
		t.Errorf("a state: %v", err)
	}
}
