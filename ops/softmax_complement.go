package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = softmaxComplement{}
	_ graph.Examplewise    = softmaxComplement{}
	_ graph.Describer      = softmaxComplement{}
	_ complementer         = softmaxComplement{}
)

func init() {
	graph.Register("SoftmaxComplement", 1, func(a *graph.Args) graph.Op { return softmaxComplement{a.Axis()} })
}

// Complements. 1−a has no digits left where a rounds to 1; formed from what a was
// computed from, it has them all. OneMinus and its like become these by themselves.

// softmaxComplement is 1 − s for the probabilities s along an axis, computed as the
// sum of the others of a line, Σⱼ≠ᵢ sⱼ.
//
//	d(ξ) = −ξ     r(ζ) = −ζ
type softmaxComplement struct{ axis int }

func (softmaxComplement) String() string                         { return "Σⱼ≠ᵢ" }
func (op softmaxComplement) Describe() graph.Description         { return named("SoftmaxComplement", op.axis) }
func (op softmaxComplement) Shape(s ...Shape) (Shape, error)     { return alongAxis(s, op.axis) }
func (softmaxComplement) Reverse(_, ζ *Node) []*Node             { return []*Node{Neg(ζ)} }
func (softmaxComplement) Differential(_ *Node, ξ ...*Node) *Node { return Neg(ξ[0]) }
func (softmaxComplement) oneMinus(c *Node) *Node                 { return c.In(0) }
func (op softmaxComplement) Examples(symbol int, s ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, s[0], op.axis)
}
func (op softmaxComplement) Kernel() compute.Kernel {
	return compute.Bound(op, bindSoftmaxComplement[float32], bindSoftmaxComplement[float64])
}

func bindSoftmaxComplement[T compute.Float](op softmaxComplement, c *tensor.Dense, s ...*tensor.Dense) func() {
	out := compute.Data[T](c)
	return eachDistribution(op.axis, s[0], func(p distribution[T]) {
		for i := range p.n {
			out[p.at(i)] = T(p.others(i))
		}
	})
}

// A distribution is a line of probabilities, of which none or all but one may be
// small.
type distribution[T compute.Float] struct {
	s              []T
	n, first, step int
	top            int     // the index of the largest
	rest           float64 // the sum of all but that
}

// eachDistribution returns the function that calls f for every line of s along an axis.
func eachDistribution[T compute.Float](axis int, s *tensor.Dense, f func(p distribution[T])) func() {
	before, n, after := around(s, axis)
	p := distribution[T]{s: compute.Data[T](s), n: n, step: after}
	return func() {
		for b := range before {
			for k := range after {
				p.first = b*n*after + k
				p.weigh()
				f(p)
			}
		}
	}
}

func (p *distribution[T]) weigh() {
	p.top, p.rest = 0, 0
	for i := range p.n {
		if p.s[p.at(i)] > p.s[p.at(p.top)] {
			p.top = i
		}
	}
	for i := range p.n {
		if i != p.top {
			p.rest += float64(p.s[p.at(i)])
		}
	}
}

// at is the position of entry i.
func (p *distribution[T]) at(i int) int { return p.first + i*p.step }

// others is the sum of all entries but i.
func (p *distribution[T]) others(i int) float64 {
	if i == p.top {
		return p.rest
	}
	return float64(p.s[p.at(p.top)]) + (p.rest - float64(p.s[p.at(i)]))
}
