package graph_test

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// wraps times wraps is 0 in an int.
const wraps = 1 << (bits.UintSize / 2)

func containsAll(s string, parts ...string) bool {
	for _, p := range parts {
		if !strings.Contains(s, p) {
			return false
		}
	}
	return true
}

// Nodes are equal by their op and inputs, never by name.
func TestIdentity(t *testing.T) {
	g := graph.New()
	a, b := g.Input("w", 2), g.Input("w", 2)
	if a == b {
		t.Error("two inputs called w are one node")
	}
	if first, again := mul(a, b), mul(a, b); first != again {
		t.Error("equal ops of the same inputs are two nodes")
	}
	if mul(a, b) == mul(b, a) || mul(a, a) == mul(b, b) {
		t.Error("different inputs are one node")
	}
	one, again := g.Const(1), g.Const(1)
	if one != again || one == g.Const(1, 1) || one == g.Const(2) {
		t.Error("constants are equal exactly when value and shape are")
	}
	p := compile(t, mul(a, b))
	feed(t, p, a, dense([]int{2}, 2, 3))
	feed(t, p, b, dense([]int{2}, 5, 7))
	if v := values(t, p, mul(a, b))[0]; v[0] != 10 || v[1] != 21 {
		t.Errorf("w⊙w = %v, want [10 21]", v)
	}
}

// What cannot be built says what, where and why; Compile returns it.
func TestBuildErrors(t *testing.T) {
	g, other := graph.New(), graph.New()
	x, y := g.Input("x", 2, 3), g.Input("y", 3, 2)
	float32s := tensor.New(tensor.WithShape(2), tensor.Of(tensor.Float32))
	view, _ := dense([]int{2, 2}, 1, 2, 3, 4).Slice(nil, tensor.S(0))
	turned := dense([]int{2, 3}, 1, 2, 3, 4, 5, 6)
	if err := turned.T(); err != nil {
		t.Fatal(err)
	}
	masked := dense([]int{2}, 1, 2)
	masked.ResetMask(true)
	for name, c := range map[string]struct {
		n    *graph.Node
		err  error
		text []string
	}{
		"shapes":     {graph.Add(x, y), graph.ErrShape, []string{"+", "x (2, 3)", "y (3, 2)"}},
		"carried on": {tanh(graph.Add(x, y)), graph.ErrShape, []string{"x (2, 3)", "y (3, 2)"}},
		"two graphs": {graph.Add(x, other.Input("z", 2, 3)), graph.ErrGraph, []string{"x (2, 3)", "z (2, 3)"}},
		"nil":        {graph.Apply(product{}, x, nil), graph.ErrGraph, []string{product{}.String(), "input 1 is a nil node"}},
		"nil first":  {graph.Apply(product{}, nil, x), graph.ErrGraph, []string{"input 0 is a nil node"}},
		"nil graph":  {(*graph.Graph)(nil).Const(1), graph.ErrGraph, nil},
		"nil param":  {g.Param("w", nil), graph.ErrLayout, []string{"w"}},
		"type":       {g.Param("w", float32s), graph.ErrType, []string{"w", "float32", "float64", "graph.NewOf(tensor.Float32)"}},
		"int graph":  {graph.NewOf(tensor.Int).Input("x", 2), graph.ErrType, []string{"int"}},
		"view":       {g.Param("w", view.(*tensor.Dense)), graph.ErrLayout, []string{"w", "(2)"}},
		"transposed": {g.Param("w", turned), graph.ErrLayout, []string{"w", "(3, 2)"}},
		"masked":     {g.Param("w", masked), graph.ErrLayout, []string{"w", "(2)"}},
		"column major": {g.Param("w", tensor.New(tensor.WithShape(2, 3), tensor.Of(tensor.Float64), tensor.AsFortran(nil))),
			graph.ErrLayout, []string{"w", "(2, 3)"}},
		"zeros of no size":    {g.ZeroParam("w", 3, 0), graph.ErrEmpty, []string{"w", "(3, 0)"}},
		"zeros of no number":  {g.ZeroParam("w", 3, graph.Batch), graph.ErrShape, []string{"w", "(3, N)"}},
		"zeros of no graph":   {(*graph.Graph)(nil).ZeroParam("w", 3), graph.ErrGraph, nil},
		"zeros beyond memory": {g.ZeroParam("w", math.MaxInt/4), graph.ErrSize, []string{"w"}},

		"zero extent": {g.Input("x", 3, 0), graph.ErrEmpty, []string{"x", "(3, 0)"}},
		"empty param": {g.Param("w", tensor.New(tensor.WithShape(2, 0), tensor.Of(tensor.Float64))), graph.ErrEmpty, []string{"w"}},
		"negative":    {g.Input("x", -3), graph.ErrShape, []string{"x", "-3"}},
		"overflow":    {g.Input("x", wraps, wraps), graph.ErrSize, []string{"x"}},
		"memory":      {g.Const(1, math.MaxInt/4), graph.ErrSize, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := graph.Compile(c.n)
			if !errors.Is(err, c.err) {
				t.Fatalf("error %v, want %v", err, c.err)
			}
			text := fmt.Sprint(err)
			if !containsAll(text, c.text...) {
				t.Errorf("%q lacks one of %q", text, c.text)
			}
			if c.text != nil && !strings.HasPrefix(text, "graph_test.go:") {
				t.Errorf("%q does not begin with the line that made the call", text)
			}
			for what, n := range map[string]*graph.Node{"gradient": graph.Gradient(c.n, x)[0], "JVP": graph.JVP(c.n, []*graph.Node{x}, []*graph.Node{x}), "HVP": graph.HVP(c.n, []*graph.Node{x}, []*graph.Node{x})[0]} {
				if !errors.Is(n.Err(), c.err) {
					t.Errorf("%s of the failed node: %v", what, n.Err())
				}
			}
		})
	}
	if _, err := graph.Compile(); !errors.Is(err, graph.ErrNotOutput) {
		t.Errorf("Compile(): %v", err)
	}
	if _, err := graph.Compile(x, other.Const(1)); !errors.Is(err, graph.ErrGraph) {
		t.Errorf("Compile of two graphs: %v", err)
	}
}

// Of several failed outputs, Compile returns the first.
func TestFirstErrorWins(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	a, b := graph.Add(x, g.Const(1)), g.Input("b", 0)
	if _, err := graph.Compile(mul(a, b)); !errors.Is(err, graph.ErrShape) {
		t.Errorf("got %v, want the error of the addition", err)
	}
}

func TestShape(t *testing.T) {
	s, again := graph.ShapeOf(2, graph.Batch), graph.ShapeOf(2, graph.Batch)
	if s != again || graph.ShapeOf(2, 3) == graph.ShapeOf(3, 2) || graph.ShapeOf() != (graph.Shape{}) {
		t.Error("shapes are not equal by their extents")
	}
	for _, c := range []struct{ a, b, want []int }{
		{[]int{3, 4}, []int{4}, []int{3, 4}},
		{[]int{3, 1}, []int{1, 4}, []int{3, 4}},
		{nil, []int{5, 6}, []int{5, 6}},
		{[]int{3, graph.Batch}, []int{3, 1}, []int{3, graph.Batch}},
		{[]int{graph.Batch}, []int{graph.Batch}, []int{graph.Batch}},
		{[]int{2, 1, 5}, []int{7, 1}, []int{2, 7, 5}},
	} {
		for range 2 {
			got, err := graph.BroadcastShapes(graph.ShapeOf(c.a...), graph.ShapeOf(c.b...))
			if err != nil || got != graph.ShapeOf(c.want...) {
				t.Errorf("%v and %v: %v, %v, want %v", c.a, c.b, got, err, c.want)
			}
			c.a, c.b = c.b, c.a
		}
	}
	for _, c := range [][2][]int{{{3}, {4}}, {{graph.Batch}, {4}}, {{2, 3}, {2}}} {
		if _, err := graph.BroadcastShapes(graph.ShapeOf(c[0]...), graph.ShapeOf(c[1]...)); !errors.Is(err, graph.ErrShape) {
			t.Errorf("%v and %v: %v", c[0], c[1], err)
		}
	}
	if s := graph.ShapeOf(3, graph.Batch).String(); s != "(3, N)" {
		t.Errorf("printed as %s", s)
	}
	if _, err := graph.ShapeOf(3).Axis(1); !errors.Is(err, graph.ErrAxis) {
		t.Errorf("axis 1 of (3): %v", err)
	}
	if i, err := graph.ShapeOf(3, 4).Axis(-1); i != 1 || err != nil {
		t.Errorf("axis -1 of (3, 4): %d, %v", i, err)
	}
}

// A tensor of ours is to the last field what gorgonia makes.
func TestTensorsAreThoseOfGorgonia(t *testing.T) {
	for _, dims := range [][]int{{3}, {1}, {2, 3}, {1, 3}, {3, 1}, {2, 1, 2}, {1, 1, 1, 5}} {
		want := dense(dims, make([]float64, tensor.Shape(dims).TotalSize())...)
		g := graph.New()
		w := g.Param("w", want)
		p := compile(t, w, graph.Add(w, w))
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for _, n := range []*graph.Node{w, graph.Add(w, w)} {
			if got, err := p.Value(n); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v of shape %v: error %v, layout %v, want %v", n, dims, err, got.Info(), want.Info())
			}
		}
	}
}

// Operands that would compose the other way round, or with a matrix transposed, are told
// so; axes that are not there hear which are.
func TestHints(t *testing.T) {
	g := graph.New()
	w, x, rows := g.Param("w", dense([]int{1, 2}, 1, 2)), g.Input("x", 2, graph.Batch), g.Input("rows", graph.Batch, 2)
	b, y, column := g.Param("b", dense([]int{2, 1}, 1, 2)), g.Input("y", 1, graph.Batch), g.Input("column", graph.Batch, 1)
	a := ops.Sigmoid(ops.MatMul(w, x))
	for name, c := range map[string]struct {
		n    *graph.Node
		want string // at the end of the message; "" for no hint
	}{
		"φ swapped":      {ops.MatMul(x, w), "; the other way round, φ(w (1, 2), x (2, N)), they compose"},
		"ψ swapped":      {ops.Bias(x, b), "; the other way round, ψ(b (2, 1), x (2, N)), they compose"},
		"rows":           {ops.MatMul(w, rows), "; with rows transposed, (2, N), they compose"},
		"weights":        {ops.MatMul(b, x), "; with b transposed, (1, 2), they compose"},
		"labels":         {ops.LogLoss(a, column), "; with column transposed, (1, N), they compose"},
		"neither":        {ops.MatMul(w, y), ""},
		"no matrix":      {ops.MatMul(w, g.Input("v", 3)), ""},
		"an axis":        {ops.Sum(x, 2), "axis 2 of shape (2, N), which has axes 0 to 1 (-2 to -1 from the end)"},
		"of a vector":    {ops.Sum(g.Input("u", 3), -2), "axis -2 of shape (3), which has axis 0 only"},
		"of a number":    {ops.Softmax(g.Const(1), 0), "axis 0 of shape (), which has none"},
		"of two":         {ops.Transpose(x, 0, 0), "(0, 0) is no order of the axes of (2, N), want each of 0 to 1 once"},
		"of more by one": {ops.ExpandDims(x, 3), "axis 3 of a result with axes 0 to 2"},
	} {
		err := c.n.Err()
		if err == nil || !strings.HasSuffix(err.Error(), c.want) || c.want == "" && strings.Contains(err.Error(), "compose;") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	p := compile(t, a)
	for name, c := range map[string]struct {
		v    *tensor.Dense
		want string
	}{
		"rows fed for columns": {dense([]int{3, 2}, 1, 2, 3, 4, 5, 6), "tensor of shape (3, 2), want (2, N); its transpose (2, 3) fits, since examples are columns: shapes do not compose"},
		"neither fits":         {dense([]int{3, 1}, 1, 2, 3), "tensor of shape (3, 1), want (2, N): shapes do not compose"},
	} {
		if err := p.Feed(x, c.v); !errors.Is(err, graph.ErrShape) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
