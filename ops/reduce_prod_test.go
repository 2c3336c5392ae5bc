package ops_test

import (
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"pgregory.net/rapid"
)

// The derivatives of a product of every order are the products of what is left:
// right with no zero, one, two and three.
func TestProdDerivatives(t *testing.T) {
	for _, data := range [][]float64{{2, 3, 5, 7}, {2, 0, 5, 7}, {0, 3, 0, 7}, {0, 0, 5, 0}, {0, 0, 0, 0}, {4}, {0}, {0, 3}} {
		g := graph.New()
		x := leaf(g, "x", array{Dims: []int{len(data)}, Data: data})
		n := len(data)
		basis := make([]*node, n)
		for i := range basis {
			e := array{Dims: []int{n}, Data: make([]float64, n)}
			e.Data[i] = 1
			basis[i] = leaf(g, "e", e)
		}
		d := func(y *node, i int) *node { return graph.JVP(y, []*node{x}, basis[i:i+1]) }
		gradient := graph.Gradient(ops.Prod(x), x)[0]
		for i := range n {
			hessian := graph.HVP(ops.Prod(x), []*node{x}, basis[i:i+1])[0]
			for j := range n {
				third := graph.Gradient(ops.Dot(hessian, basis[j]), x)[0]
				fourth := graph.Gradient(d(d(d(ops.Prod(x), i), j), 0), x)[0]
				got := valuesAt(t, gradient, hessian, third, fourth)
				for k := range n {
					for order, want := range []float64{left(data, k), left(data, i, k), left(data, i, j, k), left(data, i, j, 0, k)} {
						if v := got[order].Data[k]; v != want {
							t.Errorf("%v: derivative of order %d by %d, %d, %d is %g, want %g", data, order+1, i, j, k, v, want)
						}
					}
				}
			}
		}
	}
}

// left is the product of the entries that are not named: the derivative by those
// that are, 0 if one is named twice.
func left(x []float64, i ...int) float64 {
	p := 1.
	for k, v := range x {
		if !slices.Contains(i, k) {
			p *= v
		}
	}
	slices.Sort(i)
	if len(slices.Compact(slices.Clone(i))) < len(i) {
		return 0
	}
	return p
}

func TestProdRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := arrayOf(t, "x", dimsOf(t, "dims", 3))
		axis := rapid.IntRange(0, 2).Draw(t, "axis")
		g := graph.New()
		n := leaf(g, "x", x)
		y := ops.Prod(n, axis)
		got := valuesAt(t, y, graph.Gradient(ops.Sum(y), n)[0])
		same(t, "Prod", got[0], reduceArray(x, []int{axis}, func(v []float64) float64 { return left(v) }), 0)
		want := array{Dims: x.Dims, Data: make([]float64, len(x.Data))}
		for e := range want.Data {
			one := array{Dims: x.Dims, Data: slices.Clone(x.Data)}
			one.Data[e]++
			want.Data[e] = total(reduceArray(one, []int{axis}, func(v []float64) float64 { return left(v) }).Data) - total(got[0].Data)
		}
		same(t, "gradient", got[1], want, 0)
	})
}
