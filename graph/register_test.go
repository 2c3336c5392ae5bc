package graph_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
)

// list is an op of all kinds of arguments.
type list struct {
	f          float64
	n          int
	flag       bool
	text       string
	axis, size int
	axes       graph.Ints
	shape      graph.Shape
	body       *graph.Body
}

func init() {
	graph.Register("test.List", graph.Any, func(a *graph.Args) graph.Op {
		return list{a.Float(), a.Int(), a.Flag(), a.Text(), a.Axis(), a.Extent(), graph.IntsOf(a.Ints()...), a.Shape(), a.Body()}
	})
}

func (list) String() string                              { return "list" }
func (list) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (list) Kernel() compute.Kernel                      { return compute.Kernel{} }
func (list) Reverse(y, _ *graph.Node) []*graph.Node      { return graph.NoDerivative(y) }

func TestRegister(t *testing.T) {
	x := graph.New().Input("x", 2)
	body, err := graph.NewBody([]*graph.Node{x}, []*graph.Node{graph.Add(x, x), nil})
	if err != nil {
		t.Fatal(err)
	}
	T := graph.Extent("T")
	good := []any{0.5, -3, 1, "text", 2, T, []int{1, 0}, graph.ShapeOf(2, T), body}
	op, err := graph.Make(graph.Description{Name: "test.List", Args: good}, 3)
	want := list{0.5, -3, true, "text", 2, T, graph.IntsOf(1, 0), graph.ShapeOf(2, T), body}
	if op != want || err != nil {
		t.Errorf("%+v, %v, want %+v", op, err, want)
	}
	for i, bad := range map[int][]any{
		0: {1, "0.5", nil}, 1: {T, 0.5}, 2: {2, -1, true}, 3: {'a', 1}, 4: {-1, "0"}, 5: {-7, math.MinInt / 2}, 6: {1, [2]int{1, 0}}, 7: {[]int{2}}, 8: {nil, (*graph.Body)(nil), x},
	} {
		for _, v := range bad {
			args := slices.Clone(good)
			args[i] = v
			if _, err := graph.Make(graph.Description{Name: "test.List", Args: args}, 1); !errors.Is(err, graph.ErrValue) || !strings.Contains(err.Error(), "argument ") {
				t.Errorf("%v for argument %d: %v", v, i+1, err)
			}
		}
	}
	for name, c := range map[string]struct {
		name   string
		args   []any
		inputs int
		want   error
	}{
		"an argument less": {"test.List", good[:8], 1, graph.ErrValue},
		"an argument more": {"test.List", append(slices.Clone(good), 1), 1, graph.ErrValue},
		"no inputs":        {"test.List", good, 0, graph.ErrShape},
		"an input more":    {"Add", nil, 3, graph.ErrShape},
		"inputs of a leaf": {"Const", []any{1.0, graph.Shape{}}, 1, graph.ErrShape},
		"a name of nobody": {"test.Nobody", nil, 1, graph.ErrUnregistered},
		"no name":          {"", nil, 1, graph.ErrUnregistered},
	} {
		if _, err := graph.Make(graph.Description{Name: c.name, Args: c.args}, c.inputs); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if names := graph.Registered(); !slices.IsSorted(names) || !slices.Contains(names, "test.List") {
		t.Errorf("registered: %v", names)
	}
	for _, name := range []string{"Add", "test.List", ""} {
		if p := panics(func() { graph.Register(name, 1, nil) }); !strings.Contains(p, name) {
			t.Errorf("%q registered again: %q", name, p)
		}
	}
}

func panics(f func()) (text string) {
	defer func() { text, _ = recover().(string) }()
	f()
	return ""
}

// A formula that is an argument is a map of its inputs and of nothing else.
func TestNewBody(t *testing.T) {
	g := graph.New()
	x, y, w := g.Input("x", 2), g.Input("y", 2), g.Param("w", dense([]int{2}, 1, 2))
	other := graph.New().Input("x", 2)
	sum := graph.Add(x, g.Constant("c", dense([]int{2}, 1, 2)))
	type nodes = []*graph.Node
	if b, err := graph.NewBody(nodes{y, x}, nodes{sum, nil, x}); err != nil || b.Inputs()[0] != y || b.Outputs()[2] != x || b.Outputs()[1] != nil {
		t.Errorf("%v, %v", b, err)
	}
	for name, c := range map[string]struct {
		in, out nodes
		want    error
	}{
		"no inputs":            {nil, nodes{sum}, graph.ErrGraph},
		"no values":            {nodes{x}, nodes{nil}, graph.ErrGraph},
		"a parameter":          {nodes{x}, nodes{graph.Add(x, w)}, graph.ErrGraph},
		"another input":        {nodes{x}, nodes{graph.Add(x, y)}, graph.ErrGraph},
		"an input twice":       {nodes{x, x}, nodes{sum}, graph.ErrGraph},
		"a value for input":    {nodes{sum}, nodes{sum}, graph.ErrGraph},
		"two graphs":           {nodes{x, other}, nodes{sum}, graph.ErrGraph},
		"another graph":        {nodes{x}, nodes{other}, graph.ErrGraph},
		"an input that failed": {nodes{g.Input("x", 0)}, nodes{sum}, graph.ErrEmpty},
		"a value that failed":  {nodes{x}, nodes{graph.Add(x, g.Input("z", 3))}, graph.ErrShape},
	} {
		if _, err := graph.NewBody(c.in, c.out); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
