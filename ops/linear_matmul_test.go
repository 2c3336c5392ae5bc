package ops_test

import (
	"math/rand/v2"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"
)

// The reverse of φ is (ζxᵀ, wᵀζ) and its differential ηx + wξ (2.2, item 2): the
// very nodes.
func TestMatMulRules(t *testing.T) {
	g := graph.New()
	w, x := g.Input("w", 4, 3), g.Input("x", 3, batch)
	ζ, η, ξ := g.Input("ζ", 4, batch), g.Input("η", 4, 3), g.Input("ξ", 3, batch)
	y := ops.MatMul(w, x)
	r := graph.VJP(y, ζ, w, x)
	if r[0] != ops.MatMul(ζ, ops.T(x)) || r[1] != ops.MatMul(ops.T(w), ζ) {
		t.Errorf("rφ(ζ) = (%v, %v), want (ζxᵀ, wᵀζ)", r[0], r[1])
	}
	if d := graph.JVP(y, []*node{w, x}, []*node{η, ξ}); d != graph.Add(ops.MatMul(η, x), ops.MatMul(w, ξ)) {
		t.Errorf("dφ(η, ξ) = %v, want ηx + wξ", d)
	}
	if d := graph.JVP(y, []*node{x}, []*node{ξ}); d != ops.MatMul(w, ξ) {
		t.Errorf("dφ(ξ) = %v, want wξ", d)
	}
}

func TestMatMulStacks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		extents := rapid.IntRange(1, 9)
		m, k, n := extents.Draw(t, "m"), extents.Draw(t, "k"), extents.Draw(t, "n")
		left, right := compatible(t, rapid.IntRange(0, 3).Draw(t, "rank"))
		g := graphOf(t)
		a, b := arrayOf(t, "a", append(left, m, k)), arrayOf(t, "b", append(right, k, n))
		y := valuesAt(t, ops.MatMul(leaf(g, "a", a), leaf(g, "b", b)))[0]
		same(t, "ab", y, matMul(a, b), 0)
	})
}

// compatible draws two shapes that broadcast, one of at most the rank of the other.
func compatible(t *rapid.T, rank int) (a, b []int) {
	for i, d := range dimsOf(t, "common", rank) {
		one := rapid.IntRange(0, 3).Draw(t, "one")
		da, db := d, d
		if one == 1 {
			da = 1
		} else if one == 2 {
			db = 1
		}
		if a = append(a, da); i >= rapid.IntRange(0, 1).Draw(t, "shorter") {
			b = append(b, db)
		}
	}
	return a, b
}

// A product of the size of a layer agrees with Gonum's.
func TestMatMulLarge(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(dims ...int) array {
		a := array{Dims: dims, Data: make([]float64, dims[0]*dims[1])}
		for i := range a.Data {
			a.Data[i] = rng.NormFloat64()
		}
		return a
	}
	a, b := random(67, 301), random(301, 45)
	g := graph.New()
	got := valuesAt(t, ops.MatMul(leaf(g, "a", a), leaf(g, "b", b)))[0]
	var want mat.Dense
	want.Mul(mat.NewDense(67, 301, a.Data), mat.NewDense(301, 45, b.Data))
	same(t, "ab", got, array{Dims: []int{67, 45}, Data: want.RawMatrix().Data}, 1e-12)
}
