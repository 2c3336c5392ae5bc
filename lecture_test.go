package adjoint_test

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// The programs of docs/lecture.md, in its order.

func Example_twoDerivativesOfOneMap() {
	g := graph.New()
	w, x := g.Param("w", matrix(1, 2, 2, 3)), g.Constant("x", matrix(2, 1, 5, 7))
	η, ζ := g.Constant("η", matrix(1, 2, 1, 10)), g.Constant("ζ", matrix(1, 1, 4))
	u := ops.MatMul(w, x)                                           // φ(w, x) = wx
	dη := graph.JVP(u, []*graph.Node{w}, []*graph.Node{η})          // dφ(η) = ηx
	rζ := graph.VJP(u, ζ, w)[0]                                     // rφ(ζ) = ζxᵀ
	left, right := ops.Sum(ops.Mul(rζ, η)), ops.Sum(ops.Mul(ζ, dη)) // ⟨rφ(ζ), η⟩ and ⟨ζ, dφ(η)⟩
	p, err := graph.Compile(rζ, dη, left, right)
	check(err)
	check(p.Run())
	fmt.Println(rζ, dη)
	fmt.Println(read(p, rζ), read(p, dη), read(p, left), read(p, right))
	// Output:
	// φ(ζ, ᵀ(x)) φ(η, x)
	// [20 28] [75] [300] [300]
}

func Example_chainIsReversed() {
	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w1, b1 := g.Param("w[1]", matrix(2, 2, 1, 0, 0, 1)), g.Param("b[1]", matrix(2, 1, 0, 0))
	w2, b2 := g.Param("w[2]", matrix(1, 2, 1, 1)), g.Param("b[2]", matrix(1, 1, 0))
	a1 := ops.Tanh(ops.Bias(b1, ops.MatMul(w1, x)))
	a2 := ops.Sigmoid(ops.Bias(b2, ops.MatMul(w2, a1)))
	j := ops.Mean(ops.LogLoss(a2, y))
	for _, w := range []*graph.Node{b2, w2, b1, w1} {
		fmt.Println(w.Name(), graph.Composition(j, w))
	}
	// Output:
	// b[2] r₁ψ[2]∘rσ∘rL∘rmean
	// w[2] r₁φ[2]∘rψ[2]∘rσ∘rL∘rmean
	// b[1] r₁ψ[1]∘rtanh∘rφ[2]∘rψ[2]∘rσ∘rL∘rmean
	// w[1] r₁φ[1]∘rψ[1]∘rtanh∘rφ[2]∘rψ[2]∘rσ∘rL∘rmean
}

func Example_descentOfALine() {
	g := graph.New()
	w, α := g.Param("w", matrix(1, 1, 1)), g.Const(0.25)
	j := ops.Sum(ops.Square(w))
	next := ops.Sub(w, graph.VJP(j, α, w)[0]) // w − rJ(α)
	p, err := graph.Compile(next)
	check(err)
	for range 3 {
		check(p.Run())
		v, err := p.Value(next)
		check(err)
		copy(w.Value().Float64s(), v.Float64s())
		fmt.Println(read(p, next))
	}
	// Output:
	// [0.5]
	// [0.25]
	// [0.125]
}
