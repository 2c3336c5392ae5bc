package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = centred{}
	_ graph.Examplewise    = centred{}
	_ graph.Describer      = centred{}
)

func init() {
	graph.Register("Centre", 2, func(a *graph.Args) graph.Op { return centred{a.Axis()} })
}

// centre is (S, ξ) ↦ ξ − ⟨S, ξ⟩ for the probabilities S along an axis: what is left of
// ξ without its mean. It is dlog softmax(ξ), and S⊙ of it is dsoftmax(ξ). With the entry
// ξᵏ of the largest probability it is computed as (ξ−ξᵏ) − ⟨S, ξ−ξᵏ⟩, where 0·∞ is 0,
// so that it keeps its digits where one probability is nearly 1.
//
//	d(σ, η) = η − ⟨S, η⟩ − ⟨σ, ξ⟩     r(ζ) = (−(Σζ)ξ, ζ − (Σζ)S)
func centre(axis int, s, ξ *Node) *Node {
	s, ξ = broadcastPair(s, ξ)
	return graph.Apply(centred{axis}, s, ξ)
}

type centred struct{ axis int }

func (centred) String() string                     { return "centre" }
func (op centred) Describe() graph.Description     { return named("Centre", op.axis) }
func (op centred) Shape(x ...Shape) (Shape, error) { return softmaxResidual{axis: op.axis}.Shape(x...) }
func (op centred) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}
func (op centred) Reverse(y, ζ *Node) []*Node {
	s, ξ := y.In(0), y.In(1)
	return []*Node{Neg(weigh(sumAlong(op.axis, ζ), ξ)), Neg(graph.Apply(softmaxResidual{axis: op.axis, total: true}, s, ζ))}
}

func (op centred) Differential(y *Node, ξ ...*Node) *Node {
	s, v := y.In(0), y.In(1)
	return minus(
		maybe(ξ[1], func(η *Node) *Node { return centre(op.axis, s, η) }),
		maybe(ξ[0], func(σ *Node) *Node { return BroadcastTo(sumAlong(op.axis, weigh(σ, v)), y.Shape()) }))
}

func (op centred) Kernel() compute.Kernel {
	return compute.Bound(op, bindCentred[float32], bindCentred[float64])
}

func bindCentred[T compute.Float](op centred, y *tensor.Dense, x ...*tensor.Dense) func() {
	out, ξ := compute.Data[T](y), compute.Data[T](x[1])
	return eachDistribution(op.axis, x[0], func(p distribution[T]) {
		top, mean := float64(ξ[p.at(p.top)]), 0.0
		for i := range p.n {
			at := p.at(i)
			mean += weighed(float64(p.s[at]), float64(ξ[at])-top)
		}
		for i := range p.n {
			at := p.at(i)
			out[at] = T((float64(ξ[at]) - top) - mean)
		}
	})
}
