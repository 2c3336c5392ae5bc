package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = sigmoidResidual{}
	_ graph.Describer      = sigmoidResidual{}
	_ graph.Differentialer = softmaxResidual{}
	_ graph.Examplewise    = softmaxResidual{}
	_ graph.Fuser          = softmaxResidual{}
	_ graph.Describer      = softmaxResidual{}
)

func init() {
	register("SigmoidResidual", 2, sigmoidResidual{})
	graph.Register("Residual", 2, func(a *graph.Args) graph.Op { return softmaxResidual{axis: a.Axis()} })
	graph.Register("ResidualOfTotal", 2, func(a *graph.Args) graph.Op { return softmaxResidual{axis: a.Axis(), total: true} })
}

// Residuals a − y of a prediction and its target. Formed from a rounded a they have
// no digits where the prediction is nearly right; formed as (1−y)a − y(1−a) from the
// z of a = σ(z), or from all entries of a softmax, they have them all. Sub becomes
// these by itself, and so do the derivatives of the losses.

// sigmoidResidual is σ(z) − y = (1−y)σ(z) − yσ(−z), entry by entry.
//
//	d(ξ, η) = σ'(z)⊙ξ − η     r(ζ) = (σ'(z)⊙ζ, −ζ)
type sigmoidResidual struct{}

func (sigmoidResidual) String() string                  { return "σ−" }
func (sigmoidResidual) Describe() graph.Description     { return named("SigmoidResidual") }
func (sigmoidResidual) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }

func (sigmoidResidual) Kernel() compute.Kernel {
	return binary(kernel.SigmoidResidual[float32], kernel.SigmoidResidual[float64])
}

func (sigmoidResidual) Reverse(r, ζ *Node) []*Node {
	return []*Node{Mul(Entrywise(sigmoidPrime{}, r.In(0)), ζ), Neg(ζ)}
}

func (sigmoidResidual) Differential(r *Node, ξ ...*Node) *Node {
	return minus(times(Entrywise(sigmoidPrime{}, r.In(0)), ξ[0]), ξ[1])
}

// softmaxResidual is S − y, or (Σy)S − y with the sum along the axis, for the
// probabilities S along an axis. With c = 1−S, the sum of the others, it is computed
// as S⊙(1−y) − y⊙c or S⊙(Σy−y) − y⊙c.
//
//	d(ξ, η) = (Σy)ξ + (Ση)S − η     r(ζ) = ((Σy)ζ, ⟨S, ζ⟩ − ζ)
//
// where Σy is 1 and Ση is 0 in the first case.
type softmaxResidual struct {
	axis  int
	total bool // (Σy)S − y
}

func (op softmaxResidual) String() string {
	if op.total {
		return "Σy·s−y"
	}
	return "s−"
}

func (op softmaxResidual) Describe() graph.Description {
	if op.total {
		return named("ResidualOfTotal", op.axis)
	}
	return named("Residual", op.axis)
}

func (op softmaxResidual) Shape(x ...Shape) (Shape, error) {
	if _, err := entrywise(2, x); err != nil {
		return Shape{}, err
	}
	return alongAxis(x, op.axis)
}

func (op softmaxResidual) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}

func (op softmaxResidual) Reverse(r, ζ *Node) []*Node {
	s, y := r.In(0), r.In(1)
	if !op.total {
		return []*Node{ζ, Neg(ζ)}
	}
	return []*Node{Mul(sumAlong(op.axis, y), ζ), Neg(centre(op.axis, s, ζ))}
}

func (op softmaxResidual) Differential(r *Node, ξ ...*Node) *Node {
	s, y := r.In(0), r.In(1)
	if !op.total {
		return minus(ξ[0], ξ[1])
	}
	return plus(
		maybe(ξ[0], func(ξ *Node) *Node { return Mul(sumAlong(op.axis, y), ξ) }),
		maybe(ξ[1], func(η *Node) *Node { return graph.Apply(softmaxResidual{axis: op.axis, total: true}, s, η) }))
}

func (op softmaxResidual) Kernel() compute.Kernel {
	return compute.Bound(op, bindSoftmaxResidual[float32], bindSoftmaxResidual[float64])
}

// Fuse makes one kernel of a residual and the softmax that nobody else reads.
func (op softmaxResidual) Fuse(r *Node, alone func(*Node) bool) *Node {
	s, y := r.In(0), r.In(1)
	if s.Op() != (softmax{axis: 0}) || !alone(s) {
		return nil
	}
	if _, ok := y.Op().(oneHot); ok {
		return graph.Apply(sparseResidual{}, s.In(0), y.In(0))
	}
	if op.total && r.Shape().Rank() == 2 {
		return graph.Apply(residual{}, s.In(0), y)
	}
	return nil
}

func bindSoftmaxResidual[T compute.Float](op softmaxResidual, r *tensor.Dense, x ...*tensor.Dense) func() {
	out, y := compute.Data[T](r), compute.Data[T](x[1])
	return eachDistribution(op.axis, x[0], func(p distribution[T]) {
		total := exactSum{sum: 1}
		if op.total {
			total = exactSum{}
			for i := range p.n {
				total.add(float64(y[p.at(i)]))
			}
		}
		for i := range p.n {
			at := p.at(i)
			v := float64(y[at])
			out[at] = T(float64(p.s[at])*total.less(v) - v*p.others(i))
		}
	})
}

// An exactSum is a sum and what its additions rounded off (Neumaier 1974).
type exactSum struct{ sum, lost float64 }

func (t *exactSum) add(v float64) {
	s := t.sum + v
	big := s - t.sum
	t.lost += (t.sum - (s - big)) + (v - big)
	t.sum = s
}

// less is the sum without v, one of its terms.
func (t exactSum) less(v float64) float64 { return (t.sum - v) + t.lost }
