package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = dot{}
	_ graph.Stabler        = dot{}
	_ graph.Examplewise    = dot{}
	_ graph.Describer      = dot{}
)

func init() {
	register("Dot", 2, dot{})
}

// Dot is the inner product ⟨a, b⟩ = Σ a⊙b of two tensors of one shape, a scalar: of
// vectors, and of matrices the ⟨·,·⟩_F of Lemma 2.4. The error of two shapes wraps
// graph.ErrShape.
//
//	d(ξ, η) = ⟨ξ, b⟩ + ⟨a, η⟩     r(ζ) = (ζb, ζa)
func Dot(a, b *Node) *Node { return graph.Apply(dot{}, a, b) }

type dot struct{}

func (dot) String() string                         { return "⟨⟩" }
func (dot) Describe() graph.Description            { return named("Dot") }
func (dot) Examples(int, ...Shape) graph.Treatment { return graph.Summed }

func (dot) Shape(s ...Shape) (Shape, error) {
	_, err := entrywise(2, s)
	return Shape{}, err
}

func (dot) Kernel() compute.Kernel { return compute.Loop(dotOf[float32], dotOf[float64]) }

func (dot) Reverse(y, ζ *Node) []*Node {
	a, b := y.In(0), y.In(1)
	return []*Node{Mul(ζ, b), Mul(ζ, a)}
}

func (dot) Differential(y *Node, ξ ...*Node) *Node {
	a, b := y.In(0), y.In(1)
	return plus(
		maybe(ξ[0], func(ξ *Node) *Node { return Dot(ξ, b) }),
		maybe(ξ[1], func(η *Node) *Node { return Dot(a, η) }))
}

// Stable takes an inner product for a sum where Stable of the product knows a form.
func (dot) Stable(y *Node) *Node {
	p := productWithItself(y.In(0), y.In(1))
	if p == nil {
		p = weighedForm(y.In(0), y.In(1))
	}
	return maybe(p, func(p *Node) *Node { return Sum(p) })
}

func dotOf[T compute.Float](y *tensor.Dense, x ...*tensor.Dense) {
	compute.Data[T](y)[0] = kernel.Dot(compute.Data[T](x[0]), compute.Data[T](x[1]))
}

// Outer is the outer product abᵀ of two vectors, aⁱbʲ: of shapes (m) and (n), the
// result of shape (m, n). The error of other shapes wraps graph.ErrShape.
//
//	d(ξ, η) = ξbᵀ + aηᵀ     r(ζ) = (ζb, ζᵀa)
func Outer(a, b *Node) *Node { return Einsum("i,j->ij", a, b) }
