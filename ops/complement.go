package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// Complements. 1−a has no digits left where a rounds to 1; formed from what a was
// computed from, it has them all. OneMinus and its like become these by themselves.

// sigmoidComplement is 1 − σ(z) = σ(−z), computed as e/(1+e), e = e⁻ᶻ, where z > 0.
//
//	(1−σ)' = −σ'
type sigmoidComplement struct{}

func (sigmoidComplement) Pointwise() *Pointwise { return theSigmoidComplement }

var theSigmoidComplement = &Pointwise{
	Name:     "1−σ",
	is:       named("SigmoidComplement"),
	Prime:    func(z, _ *Node) *Node { return Neg(Entrywise(sigmoidPrime{}, z)) },
	Fast:     unary(kernel.SigmoidComplement[float32], kernel.SigmoidComplement[float64]),
	log:      func(z *Node, α, β float64) *Node { return logOfSigmoid(opposite(z), α, β) },
	oneMinus: Sigmoid,
}

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
func (op softmaxComplement) Examples(s ...Shape) graph.Treatment {
	return along(graph.Mixed, s[0], op.axis)
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

// A complementer is an op F for which 1−F(x) is known in a better form: oneMinus
// returns that for y = F(x), or nil.
type complementer interface {
	graph.Op
	oneMinus(y *Node) *Node
}

// affineForm returns αz+β in a form that keeps its accuracy, or nil: multiples of 1−y
// for a complementer, and of 1±tanh(u) = 2σ(±2u). Half of the latter is σ itself.
func affineForm(z *Node, α, β float64) *Node {
	y, slope, intercept := affineOf(z)
	α, β = α*slope, α*intercept+β
	if α == 1 && β == 0 {
		return y
	}
	if β == 0 || math.Abs(α) != math.Abs(β) {
		return nil
	}
	if m, _ := y.Op().(member); m.Family == (tanh{}) {
		return Scale(2*β, Sigmoid(scaled(2*α/β, y.In(0))))
	}
	switch op := y.Op().(type) {
	case mover:
		if f := affineForm(y.In(0), α, β); f != nil {
			return moved(op, f, y)
		}
	case complementer:
		if c := op.oneMinus(y); c != nil && α == -β {
			return Scale(β, c)
		}
	}
	return nil
}

// moved returns the node that moves x as y moves its own input.
func moved(op mover, x, y *Node) *Node {
	return graph.Apply(op, append([]*Node{x}, y.Inputs()[1:]...)...)
}

// oneMinusSquare is 1 − t² = tanh'(z) where t is tanh(z).
func oneMinusSquare(t *Node) *Node {
	if m, _ := t.Op().(member); m.Family == (tanh{}) {
		return Entrywise(tanhPrime{}, t.In(0))
	}
	return nil
}

func (mul) oneMinus(y *Node) *Node {
	if y.In(0) == y.In(1) {
		return oneMinusSquare(y.In(0))
	}
	return nil
}
