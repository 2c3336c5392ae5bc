package kernel

import "math"

// The updates of the optimizers follow PyTorch's torch.optim: ε is added after the
// square root is taken, and β, μ and the rates are given in float64 whatever T is.
// In all of them w is moved in place, g is the gradient and is left as it is, and
// the other slices are the optimizer's state, zero before the first step.
//
// State that fades, as that of a unit that is never active does, is 0 when it is so
// small (below 2⁻¹⁰⁰ in float32, 2⁻⁹⁹⁶ in float64) that w no longer sees it: else it
// would stay subnormal for ever, and arithmetic on such numbers is slow on many
// processors. So is the square of a gradient, as where a network is sure of its labels.

// SGD sets w[i] −= rate·g[i].
func SGD[T Float](w, g []T, rate float64) {
	need("SGD", len(w), len(g))
	tableOf[T]().sgd(w, g, T(rate))
}

// Momentum sets v[i] = μ·v[i] + g[i] and then w[i] −= rate·v[i]; with nesterov,
// w[i] −= rate·(g[i] + μ·v[i]).
func Momentum[T Float](w, g, v []T, rate, mu float64, nesterov bool) {
	need("Momentum", len(w), len(g))
	need("Momentum", len(w), len(v))
	rateG, rateV := 0.0, rate
	if nesterov {
		rateG, rateV = rate, rate*mu
	}
	tableOf[T]().momentum(w, g, v, T(mu), T(rateG), T(rateV))
}

// AdaGrad sets s[i] += g[i]² and then w[i] −= rate·g[i]/(√s[i] + ε).
func AdaGrad[T Float](w, g, s []T, rate, eps float64) {
	need("AdaGrad", len(w), len(g))
	need("AdaGrad", len(w), len(s))
	tableOf[T]().adaGrad(w, g, s, T(rate), T(eps))
}

// RMSProp sets s[i] = α·s[i] + (1−α)·g[i]² and then w[i] −= rate·g[i]/(√s[i] + ε).
func RMSProp[T Float](w, g, s []T, rate, alpha, eps float64) {
	need("RMSProp", len(w), len(g))
	need("RMSProp", len(w), len(s))
	tableOf[T]().rmsProp(w, g, s, T(alpha), T(1-alpha), T(rate), T(eps))
}

// AdamOptions are the numbers of one step of [Adam].
type AdamOptions struct {
	Rate         float64
	Beta1, Beta2 float64
	Eps          float64
	Correction1  float64 // 1 − Beta1ᵗ at step t = 1, 2, …
	Correction2  float64 // 1 − Beta2ᵗ
	Decay        float64 // w is first multiplied by 1 − Rate·Decay: AdamW
}

// An AdamStep is one step of [Adam], for any number of parameters.
type AdamStep struct{ beta1, alpha1, beta2, alpha2, rate, eps, keep float64 }

// Step returns the step with these numbers.
func (o AdamOptions) Step() AdamStep {
	// (m/c₁)/(√(v/c₂)+ε) = (√c₂/c₁)·m/(√v+ε√c₂)
	root := math.Sqrt(o.Correction2)
	return AdamStep{
		beta1: o.Beta1, alpha1: 1 - o.Beta1, beta2: o.Beta2, alpha2: 1 - o.Beta2,
		rate: o.Rate * root / o.Correction1, eps: o.Eps * root, keep: 1 - o.Rate*o.Decay,
	}
}

// Adam sets
//
//	w[i] = (1 − Rate·Decay)·w[i]
//	m[i] = β₁·m[i] + (1−β₁)·g[i]
//	v[i] = β₂·v[i] + (1−β₂)·g[i]²
//	w[i] −= Rate · (m[i]/Correction1) / (√(v[i]/Correction2) + Eps)
//
// which is Adam where Decay is 0 and AdamW elsewhere.
func Adam[T Float](w, g, m, v []T, s *AdamStep) {
	need("Adam", len(w), len(g))
	need("Adam", len(w), len(m))
	need("Adam", len(w), len(v))
	tableOf[T]().adam(w, g, m, v, T(s.beta1), T(s.alpha1), T(s.beta2), T(s.alpha2), T(s.rate), T(s.eps), T(s.keep))
}
