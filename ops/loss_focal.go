package ops

import (
	"fmt"
	"math"

	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ parametric = focalLoss{}
	_ labelled   = focalLoss{}
	_ stabilised = focalLoss{}
	_ parametric = focalLossFromLogits{}
	_ labelled   = focalLossFromLogits{}
)

func init() {
	graph.Register("FocalLoss", 2, func(a *graph.Args) graph.Op { return loss{focalLoss{a.Float()}} })
	graph.Register("FocalLossFromLogits", 2, func(a *graph.Args) graph.Op { return loss{focalLossFromLogits{a.Float()}} })
	graph.Register("Focal", 1, func(a *graph.Args) graph.Op { return member{focal{a.Float()}} })
}

// FocalLoss is the log-loss of which examples that are predicted well count less,
// −[y(1−a)^γ log a + (1−y)a^γ log(1−a)], summed over the components of each example (Lin
// and others 2017, "Focal Loss for Dense Object Detection", without the factor α): a and y
// have shape (m, N), the result has shape (1, N); 0·log 0 = 0. With γ = 0 it is LogLoss,
// whose labels it takes. The error of a γ that is negative or no finite number wraps
// graph.ErrValue.
//
//	∂₁ = y(γ(1−a)^{γ−1} log a − (1−a)^γ/a) − (1−y)(γa^{γ−1} log(1−a) − a^γ/(1−a))
//	∂₂ = a^γ log(1−a) − (1−a)^γ log a
//
// Where a is σ(z), it is computed and differentiated as FocalLossFromLogits(z, y, γ).
func FocalLoss(a, y *Node, γ float64) *Node {
	if γ == 0 {
		return LogLoss(a, y)
	}
	return lossOf(focalLoss{γ}, a, y)
}

type focalLoss struct{ γ float64 }

func (focalLoss) String() string                       { return "focal" }
func (focalLoss) labels() (i int, least, most float64) { return 1, 0, 1 }
func (f focalLoss) Describe() graph.Description        { return named("FocalLoss", f.γ) }

func (f focalLoss) check() error {
	if f.γ < 0 {
		return fmt.Errorf("%w: γ = %g, want a number that is not negative", graph.ErrValue, f.γ)
	}
	return finite("γ", f.γ)
}

func (f focalLoss) each(l, a, y []float64) {
	eachPair(l, a, y, func(a, y float64) float64 {
		hit := weighed(kernel.Pow(1-a, f.γ), ln(a))
		miss := weighed(kernel.Pow(a, f.γ), math.Log1p(-a))
		return -(weighed(y, hit) + weighed(1-y, miss))
	})
}

func (f focalLoss) partials(a, y *Node) (da, dy *Node) {
	b := OneMinus(a)
	// term is the derivative of p^γ log q in q, where p = 1−q.
	term := func(p, q *Node) *Node {
		return Sub(quotient(Pow(p, f.γ), q, 1), Scale(f.γ, Mul(Pow(p, f.γ-1), Log(q))))
	}
	da = Sub(Mul(OneMinus(y), term(a, b)), Mul(y, term(b, a)))
	return da, Sub(Mul(Pow(a, f.γ), Log(b)), Mul(Pow(b, f.γ), Log(a)))
}

func (f focalLoss) stable(a, y *Node) *Node {
	return maybe(logitsOf(a), func(z *Node) *Node { return FocalLossFromLogits(z, y, f.γ) })
}

// FocalLossFromLogits is FocalLoss(σ(z), y, γ) as a function of the logits z, accurate in
// relative terms for every z, with its derivatives: with f(z) = −σ(−z)^γ log σ(z) it is
// yf(z) + (1−y)f(−z), summed over the components of each example.
//
//	f'(z) = −σ(−z)^γ (γσ(z)·softplus(−z) + σ(−z))
//	d(ξ, η) = Σᵢ (yf'(z) − (1−y)f'(−z))ξ + (f(z) − f(−z))η
func FocalLossFromLogits(z, y *Node, γ float64) *Node {
	if γ == 0 {
		return LogLossFromLogits(z, y)
	}
	return lossOf(focalLossFromLogits{γ}, z, y)
}

type focalLossFromLogits struct{ γ float64 }

func (focalLossFromLogits) String() string                       { return "focal∘σ" }
func (focalLossFromLogits) labels() (i int, least, most float64) { return 1, 0, 1 }
func (f focalLossFromLogits) Describe() graph.Description        { return named("FocalLossFromLogits", f.γ) }
func (f focalLossFromLogits) check() error                       { return focalLoss(f).check() }

func (f focalLossFromLogits) each(l, z, y []float64) {
	of := focal(f).of
	eachPair(l, z, y, func(z, y float64) float64 { return weighed(y, of(z)) + weighed(1-y, of(-z)) })
}

func (f focalLossFromLogits) partials(z, y *Node) (dz, dy *Node) {
	of, opposite := focal(f), Neg(z)
	dz = Sub(Mul(y, of.prime(z, nil)), Mul(OneMinus(y), of.prime(opposite, nil)))
	return dz, Sub(Entrywise(of, z), Entrywise(of, opposite))
}

// focal is f(z) = −σ(−z)^γ log σ(z), the focal loss of a label 1.
type focal struct{ γ float64 }

func (f focal) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  fmt.Sprintf("focal(%g)", f.γ),
		Is:    named("Focal", f.γ),
		G:     f.of,
		Prime: f.prime,
	}
}

func (f focal) of(z float64) float64 {
	softplus := func(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }
	return math.Exp(-f.γ*softplus(z)) * softplus(-z)
}

func (f focal) prime(z, _ *Node) *Node {
	opposite := Neg(z)
	slope := Add(Scale(f.γ, Mul(Sigmoid(z), Softplus(within(opposite, expFlat)))), Sigmoid(opposite))
	return Neg(Mul(Exp(Scale(-f.γ, Softplus(z))), slope))
}
