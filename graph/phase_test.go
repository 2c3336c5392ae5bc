package graph_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A formula that is not trained has the prediction of each Phase, compiled, differentiated
// and as a graph of its own, and needs nothing that only training needs.
func TestPhaseIsPrediction(t *testing.T) {
	for _, g := range []*graph.Graph{graph.New(), graph.New().NoStable()} {
		x, u := g.Param("x", scalar(3)), g.Random("u")
		inner := graph.Phase(mul(x, u), x)
		y := mul(graph.Phase(mul(inner, u), inner), x) // x·x, and x·x·u·u in training
		j := graph.InPrediction(y)[0]
		if got := values(t, compile(t, j), j); got[0][0] != 9 {
			t.Errorf("in prediction it is %v", got)
		}
		trained := graph.InTraining(y)[0]
		d := graph.Gradient(trained, x)[0]
		p := compile(t, trained, d)
		feed(t, p, u, scalar(0.5))
		if got := values(t, p, trained, d); got[0][0] != 9*0.25 || got[1][0] != 6*0.25 {
			t.Errorf("in training it is %v", got)
		}
		if same := graph.InTraining(x, trained); same[0] != x || same[1] != trained {
			t.Error("a formula without Phase is made anew")
		}
	}
	g := graph.New()
	x := g.Param("x", scalar(3))
	y := mul(graph.Phase(mul(x, g.Random("u")), x), x)
	d := graph.Gradient(y, x)[0]
	h := graph.HVP(y, []*graph.Node{x}, []*graph.Node{g.Const(1)})[0]
	p := compile(t, y, d, h)
	if got := values(t, p, y, d, h); got[0][0] != 9 || got[1][0] != 6 || got[2][0] != 2 {
		t.Errorf("compiled as it is written it is %v", got)
	}
	if text := p.String(); strings.Contains(text, "phase") || strings.Contains(text, "random") {
		t.Errorf("the program has more than the prediction:\n%s", text)
	}
	if err := graph.Phase(x, g.Input("v", 2)).Err(); !errors.Is(err, graph.ErrShape) {
		t.Errorf("phases of two shapes: %v", err)
	}
}

// What moves is said once, by a node of the state's shape and graph; else the error comes
// out where states are asked for.
func TestBecomes(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(g *graph.Graph, s *graph.Node)
		want error
	}{
		"shape":     {func(g *graph.Graph, s *graph.Node) { s.Becomes(g.Input("v", 2)) }, graph.ErrShape},
		"graph":     {func(_ *graph.Graph, s *graph.Node) { s.Becomes(graph.New().Const(1)) }, graph.ErrGraph},
		"twice":     {func(g *graph.Graph, s *graph.Node) { s.Becomes(g.Const(1)).Becomes(g.Const(2)) }, graph.ErrState},
		"no state":  {func(g *graph.Graph, _ *graph.Node) { g.Const(1).Becomes(g.Const(2)) }, graph.ErrState},
		"failed":    {func(g *graph.Graph, s *graph.Node) { s.Becomes(graph.Add(g.Input("v", 2), g.Input("w", 3))) }, graph.ErrShape},
		"nil":       {func(_ *graph.Graph, s *graph.Node) { s.Becomes(nil) }, graph.ErrGraph},
		"all right": {func(g *graph.Graph, s *graph.Node) { s.Becomes(g.Const(1)) }, nil},
	} {
		g := graph.New()
		s := g.State("s", scalar(1))
		c.do(g, s)
		if _, err := graph.States(s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The states of a formula are those that it has in either phase, and those that these need to
// move.
func TestStates(t *testing.T) {
	g := graph.New()
	state := func(name string) *graph.Node { return g.State(name, scalar(1)) }
	first, mean, count, other := state("first"), state("mean"), state("count"), state("other")
	mean.Becomes(mul(mean, count))
	count.Becomes(graph.Add(count, first))
	y := graph.Phase(g.Input("x"), mean)
	got, err := graph.States(y)
	if want := []*graph.Node{first, mean, count}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if other.Update() != nil || mean.Update() == nil || y.Update() != nil {
		t.Error("what a state moves to is another")
	}
}

// A clone computes the same bits, and shares no tensor with what it was made of.
func TestClone(t *testing.T) {
	g := graph.New()
	x, w, c := g.Input("x", 2, graph.Batch), g.Param("w", dense([]int{2, 1}, 1, 2)), g.Constant("c", scalar(3))
	s := g.State("s", scalar(4))
	s.Becomes(graph.Add(s, c))
	wide := mul(graph.Apply(spread{x.Shape()}, s), x)
	y := sum(graph.Phase(mul(wide, g.Random("u", 2, graph.Batch)), wide)).Named("y")
	d := graph.Gradient(y, x)[0]
	_, of, err := graph.Clone(y, d, w)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []*graph.Node{x, w, c, s} {
		m := of(n)
		if m.Graph() == g || m.Name() != n.Name() || m.Kind() != n.Kind() || m.Shape() != n.Shape() {
			t.Errorf("%v became %v", n, m)
		}
		if v := n.Value(); v != nil && (m.Value() == v || !slices.Equal(m.Value().Float64s(), v.Float64s())) {
			t.Errorf("the tensor of %v", n)
		}
	}
	if m := of(d); m.String() != d.String() || m.ReverseOf() != of(d.ReverseOf()) || of(y).Name() != "y" {
		t.Errorf("%v became %v", d, m)
	}
	if of(s).Update() != of(s.Update()) || of(s.Update()) == nil {
		t.Error("how a state moves is lost")
	}
	if of(g.Input("later")) != nil || of(nil) != nil {
		t.Error("a copy of what was not copied")
	}
	if again := graph.Add(of(s), of(c)); again != of(s.Update()) {
		t.Error("equal ops of equal inputs are two nodes")
	}
	got := func(y, x *graph.Node) []float64 {
		p := compile(t, y)
		feed(t, p, x, dense([]int{2, 3}, 1, 2, 3, 4, 5, 6))
		return values(t, p, y)[0]
	}
	if !slices.Equal(got(y, x), got(of(y), of(x))) {
		t.Error("the clone computes something else")
	}
	if _, _, err := graph.Clone(y, graph.New().Const(1)); !errors.Is(err, graph.ErrGraph) {
		t.Errorf("nodes of two graphs: %v", err)
	}
}

// A state's tensor may be written to between Runs, as a parameter's, and a random leaf is fed
// as an input is.
func TestStateAndRandomRun(t *testing.T) {
	g := graph.NewOf(tensor.Float32)
	one := tensor.New(tensor.FromScalar(float32(2)))
	s, u := g.State("s", one), g.Random("u")
	y := mul(s, u)
	p := compile(t, y)
	if err := p.Run(); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("nothing fed: %v", err)
	}
	check := func(want float32) {
		t.Helper()
		if err := p.FeedBy(u, 1, func(v *tensor.Dense) error { v.Float32s()[0] = 0.5; return nil }); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Value(y); err != nil || v.Float32s()[0] != want {
			t.Errorf("%v, %v, want %g", v, err, want)
		}
	}
	check(1)
	s.Value().Float32s()[0] = 6
	check(3)
}
