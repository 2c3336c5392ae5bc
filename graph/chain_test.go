package graph_test

import (
	"errors"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
)

// one and two are x+1 and x+2; one computes two beside it, and shows by another number that it did.
type one struct{ pointwise }

func (one) String() string { return "one" }
func (one) Kernel() compute.Kernel {
	return compute.Entrywise(shift[float32](1), shift[float64](1))
}

func (one) PairedKernel(g graph.Op) compute.Kernel {
	if _, ok := g.(two); !ok {
		return compute.Kernel{}
	}
	return compute.Entrywise(shiftBoth[float32], shiftBoth[float64])
}

type two struct{ pointwise }

func (two) String() string { return "two" }
func (two) Kernel() compute.Kernel {
	return compute.Entrywise(shift[float32](2), shift[float64](2))
}

func (one) Reverse(y, ζ *graph.Node) []*graph.Node { return graph.NoDerivative(y) }
func (two) Reverse(y, ζ *graph.Node) []*graph.Node { return graph.NoDerivative(y) }

func shift[T compute.Float](by T) func(y []T, x ...[]T) {
	return func(y []T, x ...[]T) {
		for i, v := range x[0] {
			y[i] = v + by
		}
	}
}

func shiftBoth[T compute.Float](y []T, x ...[]T) {
	for i, v := range x[0] {
		y[i], x[1][i] = v+1, v+200
	}
}

// What an entrywise op computes beside its value is computed so in a chain, whatever is between.
func TestBesideInAChain(t *testing.T) {
	const N = 2000 // several tiles
	five := make([]float64, 3*N)
	for i := range five {
		five[i] = 5
	}
	g := graph.New()
	x := g.Input("x", 3, graph.Batch)
	y := graph.Apply(one{}, x)
	y = graph.Add(mul(y, x), graph.Apply(two{}, x))
	for _, c := range []struct {
		options graph.Options
		want    float64
	}{
		{graph.Options{}, 6*5 + 205},
		{graph.Options{NoFuse: true}, 6*5 + 7},
	} {
		p, err := c.options.Compile(y)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(p.Feed(x, graph.Tensor(five, 3, N)), p.Run()); err != nil {
			t.Fatal(err)
		}
		v, err := p.Value(y)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range v.Float64s() {
			if got != c.want {
				t.Fatalf("%+v: entry %d is %g, want %g\n%s", c.options, i, got, c.want, p)
			}
		}
	}
}
