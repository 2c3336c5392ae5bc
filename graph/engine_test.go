package graph_test

import (
	"testing"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

func scalar(v float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(), tensor.WithBacking([]float64{v}))
}

// cube is x ↦ x³, whose derivatives are known.
type cube struct{}

func (cube) String() string                              { return "cube" }
func (cube) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (cube) Forward(y *tensor.Dense, x ...*tensor.Dense) {
	v := x[0].Float64s()[0]
	y.Float64s()[0] = v * v * v
}
func (cube) Reverse(y, ζ *graph.Node) []*graph.Node {
	x := y.In(0)
	return []*graph.Node{mul(mul(y.Graph().Const(3), mul(x, x)), ζ)}
}

func mul(a, b *graph.Node) *graph.Node { return graph.Apply(product{}, a, b) }

type product struct{}

func (product) String() string                              { return "⊙" }
func (product) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (product) Forward(y *tensor.Dense, x ...*tensor.Dense) {
	y.Float64s()[0] = x[0].Float64s()[0] * x[1].Float64s()[0]
}
func (product) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{mul(y.In(1), ζ), mul(y.In(0), ζ)}
}

// x³ at 2 has derivatives 12, 12, 6, in every mix of forward and reverse mode.
func TestCube(t *testing.T) {
	g := graph.New()
	x, one := g.Param("x", scalar(2)), g.Const(1)
	y := graph.Apply(cube{}, x)
	modes := map[string]func(*graph.Node) *graph.Node{
		"r": func(y *graph.Node) *graph.Node { return graph.Gradient(y, x)[0] },
		"d": func(y *graph.Node) *graph.Node { return graph.JVP(y, []*graph.Node{x}, []*graph.Node{one}) },
	}
	for a, first := range modes {
		for b, second := range modes {
			for c, third := range modes {
				d1 := first(y)
				d2 := second(d1)
				d3 := third(d2)
				p, err := graph.Compile(y, d1, d2, d3)
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Run(); err != nil {
					t.Fatal(err)
				}
				for i, want := range []float64{8, 12, 12, 6} {
					v, err := p.Value([]*graph.Node{y, d1, d2, d3}[i])
					if err != nil {
						t.Fatal(err)
					}
					if got := v.Float64s()[0]; got != want {
						t.Errorf("%s%s%s: derivative %d is %g, want %g", a, b, c, i, got, want)
					}
				}
			}
		}
	}
}
