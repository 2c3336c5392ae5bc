package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = share{}
	_ graph.Expander       = share{}
	_ graph.Examplewise    = share{}
	_ graph.Describer      = share{}
)

func init() {
	graph.Register("SumExpShares", 1, func(a *graph.Args) graph.Op { return share{a.Axis()} })
}

// shares is what each entry of z has of Σe^z along an axis: the derivative of
// LogSumExp. It is Softmax(z, axis), but where the maximum of a line is infinite it is
// the limit for entries that go there together: those that attain it share 1. So that
// of [+∞, 1] is [1, 0], of [+∞, +∞] and of [−∞, −∞] it is [½, ½].
//
//	dS(ξ) = S⊙(ξ − ⟨S, ξ⟩)     rS(ζ) = S⊙(ζ − ⟨S, ζ⟩)
func shares(z *Node, axis int) *Node { return graph.Apply(share{axis}, z) }

type share struct{ axis int }

func (share) String() string { return "∂logΣexp" }

// SumExpShares is the softmax along an axis, but with limits where the maximum of a
// line is infinite: the entries that attain it share 1.
func (op share) Describe() graph.Description { return named("SumExpShares", op.axis) }

func (op share) Shape(z ...Shape) (Shape, error) { return alongAxis(z, op.axis) }

func (op share) Examples(symbol int, x ...Shape) graph.Treatment {
	return softmax(op).Examples(symbol, x...)
}

// Expand is the definition.
func (op share) Expand(x ...*Node) *Node {
	z, axes := x[0], graph.IntsOf(op.axis)
	m := spread(Max(z, op.axis), z.Shape(), axes)
	χ := attains(z, m)
	limit := Div(χ, spread(Sum(χ, op.axis), z.Shape(), axes))
	return Where(Equal(Abs(m), z.Graph().Const(math.Inf(1))), limit, Softmax(z, op.axis))
}

func (op share) Reverse(s, ζ *Node) []*Node { return softmax(op).Reverse(s, ζ) }

func (op share) Differential(s *Node, ξ ...*Node) *Node { return softmax(op).Differential(s, ξ...) }

func (op share) Kernel() compute.Kernel {
	return compute.Bound(op, bindShare[float32], bindShare[float64])
}

func bindShare[T compute.Float](op share, s *tensor.Dense, z ...*tensor.Dense) func() {
	out, in := compute.Data[T](s), compute.Data[T](z[0])
	return tilesOfExps(op.axis, in, z[0], func(t *tile[T]) {
		divideExps(t, out)
		for k, m := range t.max {
			if math.IsInf(float64(m), 0) {
				shareEqually(t, k, out, in)
			}
		}
	})
}

// shareEqually sets line k of s to 1/n for the n entries that are the maximum, else 0.
func shareEqually[T compute.Float](t *tile[T], k int, s, z []T) {
	n := 0
	for i := range t.n {
		if z[t.at(i)+k*t.step] == t.max[k] {
			n++
		}
	}
	for i := range t.n {
		at := t.at(i) + k*t.step
		s[at] = indicator[T](z[at] == t.max[k]) / T(n)
	}
}
