package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ graph.Differentialer = weight{}
	_ graph.Describer      = weight{}
	_ graph.Differentialer = logDifference{}
	_ graph.Describer      = logDifference{}
)

func init() {
	register("Weigh", 2, weight{})
	register("LogRatio", 2, logDifference{})
}

// weigh is p⊙v, where 0·∞ is 0: the product of a probability, or of a weight, and a
// logarithm. Mul becomes this by itself where v is the logarithm of a softmax or σ.
//
//	d(ξ, η) = ξ⊙v + p⊙η     r(ζ) = (ζ⊙v, p⊙ζ)
func weigh(p, v *Node) *Node { return pair(weight{}, p, v) }

type weight struct{}

func (weight) String() string                  { return "⊙₀" }
func (weight) Describe() graph.Description     { return named("Weigh") }
func (weight) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (weight) Kernel() compute.Kernel {
	return binary(kernel.Weigh[float32], kernel.Weigh[float64])
}

func (weight) Reverse(y, ζ *Node) []*Node {
	p, v := y.In(0), y.In(1)
	return []*Node{weigh(ζ, v), weigh(p, ζ)}
}

func (weight) Differential(y *Node, ξ ...*Node) *Node {
	p, v := y.In(0), y.In(1)
	return plus(
		maybe(ξ[0], func(ξ *Node) *Node { return weigh(ξ, v) }),
		maybe(ξ[1], func(η *Node) *Node { return weigh(p, η) }))
}

// weighed is p·v with 0·∞ = 0: the 0·log 0 = 0 of a loss.
func weighed(p, v float64) float64 {
	if p == 0 && math.IsInf(v, 0) {
		return 0
	}
	return p * v
}

// weighedForm returns the product of a and b as one in which 0·∞ is 0, or nil.
func weighedForm(a, b *Node) *Node {
	p, q := isLogarithmic(a), isLogarithmic(b)
	if !p && !q {
		p, q = isWeighed(a), isWeighed(b)
	}
	switch {
	case q && !p:
		return weigh(a, b)
	case p && !q:
		return weigh(b, a)
	}
	return nil
}

// isWeighed reports whether v is the product of a logarithm of a probability that weighs it less
// than another factor: with ζ⊙log p as the cotangent of p² it is infinite where p is 0.
func isWeighed(v *Node) bool {
	y, _, _ := affineOf(v)
	return y.Op() == (weight{}) && (isLogarithmic(y.In(0)) || isLogarithmic(y.In(1)))
}

// isLogProbability reports whether v is a multiple of log softmax(z) or of
// log σ(z) = −softplus(−z), in the same places or others.
func isLogProbability(v *Node) bool {
	y, α, _ := affineOf(v)
	switch op := y.Op().(type) {
	case logSoftmax:
		return true
	case member:
		return op.Family == (softplus{}) && α < 0
	case mover:
		return isLogProbability(y.In(0))
	}
	return false
}

// isLogarithmic reports whether v is the logarithm of a probability, or differs from
// one by what is no such logarithm.
func isLogarithmic(v *Node) bool {
	y, _, _ := affineOf(v)
	switch y.Op().(type) {
	case centred, logDifference:
		return true
	case sub:
		return isLogProbability(y.In(0)) || isLogProbability(y.In(1))
	}
	return isLogProbability(v)
}

// logRatio is u − v for logarithms u and v, where that of 0/0 is 0, as in the
// divergence of Kullback and Leibler.
//
//	d(ξ, η) = ξ − η     r(ζ) = (ζ, −ζ)
func logRatio(u, v *Node) *Node { return pair(logDifference{}, u, v) }

type logDifference struct{}

func (logDifference) String() string                         { return "−₀" }
func (logDifference) Describe() graph.Description            { return named("LogRatio") }
func (logDifference) Shape(x ...Shape) (Shape, error)        { return entrywise(2, x) }
func (logDifference) Reverse(_, ζ *Node) []*Node             { return []*Node{ζ, Neg(ζ)} }
func (logDifference) Differential(_ *Node, ξ ...*Node) *Node { return minus(ξ[0], ξ[1]) }

func (logDifference) Kernel() compute.Kernel {
	return binary(logDifferences[float32], logDifferences[float64])
}

func logDifferences[T compute.Float](y, u, v []T) {
	for i, u := range u {
		switch {
		case u == v[i] && math.IsInf(float64(u), 0):
			y[i] = 0
		default:
			y[i] = u - v[i]
		}
	}
}
