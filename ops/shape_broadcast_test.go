package ops_test

import (
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"pgregory.net/rapid"
)

// BroadcastTo is NumPy's rule, and SumTo the sum over all places an entry went to.
func TestBroadcastRandom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		large := dimsOf(t, "large", rapid.IntRange(0, 5).Draw(t, "rank"))
		small := append([]int(nil), large[rapid.IntRange(0, len(large)).Draw(t, "missing"):]...)
		for i := range small {
			if rapid.Bool().Draw(t, "one") {
				small[i] = 1
			}
		}
		g := graphOf(t)
		x, y := arrayOf(t, "x", small), arrayOf(t, "y", large)
		got := valuesAt(t,
			ops.BroadcastTo(leaf(g, "x", x), graph.ShapeOf(large...)),
			ops.SumTo(leaf(g, "y", y), graph.ShapeOf(small...)))
		same(t, "BroadcastTo", got[0], optest.ArrayOf(large, x.Broadcast), 0)

		sum := array{Dims: small, Data: make([]float64, len(x.Data))}
		place := array{Dims: small, Data: make([]float64, len(x.Data))}
		for i := range place.Data {
			place.Data[i] = float64(i)
		}
		optest.ArrayOf(large, func(i []int) float64 {
			sum.Data[int(place.Broadcast(i))] += y.At(i...)
			return 0
		})
		same(t, "SumTo", got[1], sum, 0)
	})
}

// A binary op stretches its operands, and its reverse sums over what it repeated.
func TestBroadcastPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		da, db := compatible(t, rapid.IntRange(0, 5).Draw(t, "rank"))
		a, b := arrayOf(t, "a", da), arrayOf(t, "b", db)
		if rapid.Bool().Draw(t, "swap") {
			a, b = b, a
		}
		g := graphOf(t)
		x, y := leaf(g, "a", a), leaf(g, "b", b)
		p := ops.Mul(x, y)
		r := graph.Gradient(ops.Sum(p), x, y)
		got := valuesAt(t, p, r[0], r[1])

		dims := got[0].Dims
		if want, err := graph.BroadcastShapes(x.Shape(), y.Shape()); err != nil || want != p.Shape() {
			t.Fatalf("%v and %v broadcast to %v, want %v (%v)", a.Dims, b.Dims, p.Shape(), want, err)
		}
		same(t, "a⊙b", got[0], optest.ArrayOf(dims, func(i []int) float64 { return a.Broadcast(i) * b.Broadcast(i) }), 0)
		for k, pair := range [][2]array{{a, b}, {b, a}} {
			this, other := pair[0], pair[1]
			want := array{Dims: this.Dims, Data: make([]float64, len(this.Data))}
			for e := range want.Data {
				basis := array{Dims: this.Dims, Data: make([]float64, len(this.Data))}
				basis.Data[e] = 1
				optest.ArrayOf(dims, func(i []int) float64 {
					want.Data[e] += basis.Broadcast(i) * other.Broadcast(i)
					return 0
				})
			}
			same(t, "gradient", got[k+1], want, 0)
		}
	})
}
