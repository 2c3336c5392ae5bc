package graph_test

import (
	"errors"
	"fmt"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// panicOf returns what f panics with, or "".
func panicOf(f func()) (text string) {
	defer func() {
		if err := recover(); err != nil {
			text = fmt.Sprint(err)
		}
	}()
	f()
	return ""
}

// An input whose fill panics or fails is not fed, whether its shape has Batch or not,
// whether it was fed before, and for as many examples or others.
func TestPanicWhileFeeding(t *testing.T) {
	g := graph.New()
	x, c := g.Input("x", 1, graph.Batch), g.Input("c", 2)
	j, k := ops.Sum(x), ops.Sum(c)
	for name, broken := range map[string]func(*tensor.Dense) error{
		"panic": func(v *tensor.Dense) error { v.Float64s()[0] = 9; panic("half way") },
		"error": func(v *tensor.Dense) error { v.Float64s()[0] = 9; return errors.New("half way") },
	} {
		for _, into := range []struct {
			input *graph.Node
			n     int
		}{{x, 2}, {x, 3}, {c, 2}} {
			input := into.input
			p := compile(t, j, k)
			feed(t, p, x, dense([]int{1, 2}, 1, 2))
			feed(t, p, c, dense([]int{2}, 1, 2))
			values(t, p, j, k)
			if got := panicOf(func() {
				if err := p.FeedBy(input, into.n, broken); err == nil {
					t.Errorf("%s of %v: no error", name, input)
				}
			}); (got != "") != (name == "panic") {
				t.Errorf("%s of %v: panics with %q", name, input, got)
			}
			if err := p.Run(); !errors.Is(err, graph.ErrUnfed) || !containsAll(err.Error(), input.Name()) {
				t.Errorf("%s of %v, then Run: %v", name, input, err)
			}
			if _, err := p.Value(input); !errors.Is(err, graph.ErrNotRun) {
				t.Errorf("%s of %v, then Value: %v", name, input, err)
			}
			if err := p.FeedBy(input, 2, func(v *tensor.Dense) error { v.Float64s()[0], v.Float64s()[1] = 3, 4; return nil }); err != nil {
				t.Fatal(err)
			}
			if got := values(t, p, j, k); got[0][0]+got[1][0] != 10 {
				t.Errorf("%s of %v, then fed again: %v", name, input, got)
			}
		}
	}
}

// A tensor that a Program was bound to and somebody changes by more than its entries is
// an error of Run that says what is wrong, until that is undone.
func TestTensorsThatAreChangedBehindTheProgram(t *testing.T) {
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	other := dense([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	for name, c := range map[string]struct {
		change, undo func(v *tensor.Dense)
		want         error
	}{
		"reshaped":         {func(v *tensor.Dense) { must(v.Reshape(3, 2)) }, func(v *tensor.Dense) { must(v.Reshape(2, 3)) }, graph.ErrShape},
		"of rank 1":        {func(v *tensor.Dense) { must(v.Reshape(6)) }, func(v *tensor.Dense) { must(v.Reshape(2, 3)) }, graph.ErrShape},
		"shortened":        {func(v *tensor.Dense) { v.Shape()[0] = 1 }, func(v *tensor.Dense) { v.Shape()[0] = 2 }, graph.ErrShape},
		"turned":           {func(v *tensor.Dense) { must(v.T()) }, func(v *tensor.Dense) { v.UT() }, graph.ErrShape},
		"by other strides": {func(v *tensor.Dense) { copy(v.Strides(), []int{1, 2}) }, func(v *tensor.Dense) { copy(v.Strides(), []int{3, 1}) }, graph.ErrLayout},
		"float32": {func(v *tensor.Dense) {
			*v = *tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float32))
		}, nil, graph.ErrType},
		"other memory":    {func(v *tensor.Dense) { *v = *other }, nil, graph.ErrLayout},
		"read by columns": {func(v *tensor.Dense) { copy(v.Strides(), []int{1, 2}) }, func(v *tensor.Dense) { copy(v.Strides(), []int{3, 1}) }, graph.ErrLayout},
		"by columns": {func(v *tensor.Dense) {
			*v = *tensor.New(tensor.WithShape(2, 3), tensor.AsFortran(make([]float64, 6)))
		}, nil, graph.ErrLayout},
	} {
		g := graph.New()
		w, c2, x := g.Param("w", other), g.Constant("c", other), g.Input("x", 2, 3)
		lent := g.Input("lent", 2, graph.Batch)
		y := ops.Sum(ops.Mul(ops.Mul(w, c2), x))
		z := ops.Sum(ops.MatMul(ops.T(x), lent))
		for _, n := range []*graph.Node{w, c2, x, lent} {
			p := compile(t, y, z)
			feed(t, p, x, other)
			must(p.Lend(lent, other.Clone().(*tensor.Dense)))
			v, err := p.Value(n)
			must(err)
			before := values(t, p, y, z)
			old := *v
			c.change(v)
			if err := p.Run(); !errors.Is(err, c.want) || !containsAll(err.Error(), n.Name(), "when the program was bound") {
				t.Errorf("%v %s: %v", n, name, err)
			}
			if c.undo != nil {
				c.undo(v)
			} else {
				*v = old
			}
			if after := values(t, p, y, z); after[0][0] != before[0][0] || after[1][0] != before[1][0] {
				t.Errorf("%v %s and back: %v, was %v", n, name, after, before)
			}
		}
	}
}

// The zero Graph is an empty graph of float64.
func TestZeroGraph(t *testing.T) {
	var g graph.Graph
	if g.Len() != 0 || g.Dtype() != tensor.Float64 || g.String() != "" {
		t.Errorf("%d nodes of %v: %q", g.Len(), g.Dtype(), g.String())
	}
	x, w := g.Input("x", 1, graph.Batch), g.Param("w", dense([]int{1, 1}, 3))
	j := ops.Mean(ops.LogLoss(ops.Sigmoid(ops.MatMul(w, x)), g.Const(1, 1, graph.Batch)))
	dw := graph.Gradient(j, w)[0]
	p := compile(t, j, dw, g.BatchSize())
	feed(t, p, x, dense([]int{1, 2}, 0, 0))
	got := values(t, p, j, dw, g.BatchSize())
	if j := got[0][0]; j < 0.693147180559 || j > 0.693147180561 || got[1][0] != 0 || got[2][0] != 2 { // ln 2
		t.Errorf("%v", got)
	}
	var one, other graph.Graph
	for _, n := range []*graph.Node{graph.Apply(tanhOp(t), other.Const(0.5)), one.BatchSize(), one.Constant("c", scalar(1))} {
		if n.Err() != nil {
			t.Error(n.Err())
		}
	}
}

// tanhOp is the op of ops.Tanh.
func tanhOp(t *testing.T) graph.Op {
	t.Helper()
	return ops.Tanh(graph.New().Const(1)).Op()
}

// A listed is an op that its author gave a slice.
type listed struct {
	spread
	axes []int
}

// A held hides one in an interface.
type held struct {
	spread
	any
}

// An op that is no map key is its author's mistake, and says which rule it breaks.
func TestOpThatIsNoMapKey(t *testing.T) {
	g := graph.New()
	x := g.Input("x")
	for name, op := range map[string]graph.Op{
		"slice":  listed{spread{graph.ShapeOf(2)}, []int{1}},
		"hidden": held{spread{graph.ShapeOf(2)}, []int{1}},
		"func":   held{spread{graph.ShapeOf(2)}, func() {}},
	} {
		if got := panicOf(func() { graph.Apply(op, x) }); !containsAll(got, fmt.Sprintf("%T", op), "map key", "comparable", "Ints") {
			t.Errorf("%s: panics with %q", name, got)
		}
	}
	if n := graph.Apply(held{spread{graph.ShapeOf(2)}, 1}, x); n.Err() != nil || g.Len() != 2 {
		t.Errorf("a comparable one: %v", n)
	}
}

// Inputs that were fed for different numbers of examples are both named, with both
// numbers, in whatever order and whatever was fed before.
func TestInputsFedForDifferentN(t *testing.T) {
	g := graph.New()
	x, y, c := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch), g.Input("c")
	p := compile(t, ops.Add(ops.Sum(ops.Mul(x, y)), c))
	q := compile(t, ops.Sum(ops.Mul(x, y)))
	ones := func(n int) *tensor.Dense {
		v := make([]float64, n)
		return dense([]int{1, n}, v...)
	}
	for _, c := range []struct {
		first, second *graph.Node
		n, m          int
	}{{x, y, 5, 6}, {y, x, 5, 6}, {x, y, 7, 6}, {y, x, 1, 2}} {
		feed(t, q, x, ones(3))
		feed(t, q, y, ones(3))
		feed(t, q, c.first, ones(c.n))
		feed(t, q, c.second, ones(c.m))
		err := q.Run()
		a, b := fmt.Sprintf("%s says N = %d", c.first.Name(), c.n), fmt.Sprintf("%s says N = %d", c.second.Name(), c.m)
		if !errors.Is(err, graph.ErrUnfed) || !containsAll(err.Error(), a, b) {
			t.Errorf("%v for %d, %v for %d: %v", c.first, c.n, c.second, c.m, err)
		}
	}
	z := g.Input("z", graph.Batch)
	all := compile(t, ops.Add(ops.Sum(ops.Mul(x, y)), ops.Sum(z)))
	feed(t, all, x, ones(5))
	feed(t, all, y, ones(6))
	feed(t, all, z, dense([]int{6}, 1, 2, 3, 4, 5, 6))
	if err := all.Run(); !errors.Is(err, graph.ErrUnfed) || !containsAll(err.Error(), "x says N = 5, y says N = 6") {
		t.Errorf("of two that disagree with x the first is y: %v", err)
	}
	feed(t, p, x, ones(5))
	feed(t, p, y, ones(5))
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) || !containsAll(err.Error(), "c of shape ()") {
		t.Errorf("an input that was not fed at all: %v", err)
	}
}

// An input whose numbers fit none of the others any more hears what it was fed as, and what to
// feed it for: y, fed after x for another N, was itself overtaken by z.
func TestOvertakenInput(t *testing.T) {
	g := graph.New()
	m := graph.Extent("M")
	x, y, z := g.Input("x", 2, graph.Batch), g.Input("y", m, graph.Batch), g.Input("z", m, 2)
	p := compile(t, ops.Add(ops.Sum(x), ops.Add(ops.Sum(y), ops.Sum(z))))
	feed(t, p, x, dense([]int{2, 1}, 1, 2))
	feed(t, p, y, dense([]int{1, 2}, 1, 2))
	feed(t, p, z, dense([]int{2, 2}, 1, 2, 3, 4))
	const want = "x of shape (2, N) was fed as (2, 1), and then something for other numbers than that; feed it again, now for M = 2"
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) || !errors.Is(err, graph.ErrShape) || !containsAll(err.Error(), want) {
		t.Errorf("%v", err)
	}
}
