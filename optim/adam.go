package optim

import (
	"cmp"
	"math"

	"adjoint/internal/kernel"
)

// Adam divides a running mean of the gradients by the root of one of their
// squares (D. Kingma, J. Ba 2015, Algorithm 1; PyTorch's Adam). With g = ∇J,
// β = Beta, m = v = 0 before the first step, and t = 1, 2, …,
//
//	m := β₁·m + (1−β₁)·g
//	v := β₂·v + (1−β₂)·g²
//	w := w − Rate · m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + Eps)
type Adam struct {
	Rate  float64
	Beta1 float64 // β₁ in (0, 1); 0 means 0.9
	Beta2 float64 // β₂ in (0, 1); 0 means 0.999
	Eps   float64 // ε; 0 means 1e-8 (Keras has 1e-7)
}

// LearningRate returns the Rate.
func (r Adam) LearningRate() float64 { return r.Rate }

// Slots returns 2, for m and v.
func (r Adam) Slots() int { return 2 }

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r Adam) Valid() error { return r.valid("Adam") }

// valid is Valid of a rule with the options of Adam.
func (r Adam) valid(rule string) error {
	r = r.withDefaults()
	return firstOf(rule, fraction("Beta1", r.Beta1), fraction("Beta2", r.Beta2), positive("Eps", r.Eps))
}

func (r Adam) rule() adamRule { return adamRule{Adam: r} }

// begin readies the steps.
func (r Adam) begin() func(Step) Step { return r.rule().begin() }

func (r Adam) withDefaults() Adam {
	return Adam{r.Rate, cmp.Or(r.Beta1, 0.9), cmp.Or(r.Beta2, 0.999), cmp.Or(r.Eps, 1e-8)}
}

// Move is the rule on float64.
func (r Adam) Move(s Step, w, g []float64, mv ...[]float64) { adam(r.rule(), s, w, g, mv) }

// Move32 is the rule on float32.
func (r Adam) Move32(s Step, w, g []float32, mv ...[]float32) { adam(r.rule(), s, w, g, mv) }

// AdamW is Adam with weight decay beside the gradient (I. Loshchilov, F. Hutter
// 2019; PyTorch's AdamW): each step begins with
//
//	w := w − Rate·Decay·w
//
// and goes on as Adam does. Where no decay is wanted, use Adam.
type AdamW struct {
	Rate  float64
	Beta1 float64 // β₁ in (0, 1); 0 means 0.9
	Beta2 float64 // β₂ in (0, 1); 0 means 0.999
	Eps   float64 // ε; 0 means 1e-8
	Decay float64 // 0 means 0.01
}

// LearningRate returns the Rate.
func (r AdamW) LearningRate() float64 { return r.Rate }

// Slots returns 2, for m and v.
func (r AdamW) Slots() int { return 2 }

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r AdamW) Valid() error {
	a := r.adam().withDefaults()
	return firstOf("AdamW", fraction("Beta1", a.Beta1), fraction("Beta2", a.Beta2), positive("Eps", a.Eps), positive("Decay", r.decay()))
}

func (r AdamW) adam() Adam     { return Adam{r.Rate, r.Beta1, r.Beta2, r.Eps} }
func (r AdamW) decay() float64 { return cmp.Or(r.Decay, 0.01) }
func (r AdamW) rule() adamRule { return adamRule{Adam: r.adam(), decay: r.decay()} }

// Move is the rule on float64.
func (r AdamW) Move(s Step, w, g []float64, mv ...[]float64) { adam(r.rule(), s, w, g, mv) }

// Move32 is the rule on float32.
func (r AdamW) Move32(s Step, w, g []float32, mv ...[]float32) { adam(r.rule(), s, w, g, mv) }

// begin readies the steps.
func (r AdamW) begin() func(Step) Step { return r.rule().begin() }

// An adamRule is Adam, AdamW or LazyAdam.
type adamRule struct {
	Adam
	decay float64
	lazy  bool // ε is added to √v, not to √(v/(1−β₂ᵗ))
}

// adam moves w by a rule.
func adam[T kernel.Float](r adamRule, s Step, w, g []T, mv [][]T) {
	step := r.step(s, r.logs())
	kernel.Adam(w, g, mv[0], mv[1], &step)
}

// readyAdam moves w by a step that begin has made ready: to compute its numbers takes as long as to
// move a small parameter.
func readyAdam[T kernel.Float](s Step, w, g []T, mv ...[]T) {
	kernel.Adam(w, g, mv[0], mv[1], s.ready)
}

// begin returns what readies a step. A Step that it returned before is not ready any more.
func (r adamRule) begin() func(Step) Step {
	ready, logs := new(kernel.AdamStep), r.logs()
	return func(s Step) Step {
		*ready = r.step(s, logs)
		s.ready = ready
		return s
	}
}

// step computes the numbers of a step, with the logarithms of β.
func (r adamRule) step(s Step, logs [2]float64) kernel.AdamStep {
	o, c := r.withDefaults(), corrections(s.T, logs)
	if r.lazy {
		o.Eps /= math.Sqrt(c[1]) // √(v/c) + ε/√c = (√v + ε)/√c, with c = 1−β₂ᵗ
	}
	return kernel.AdamOptions{
		Rate: s.Rate, Beta1: o.Beta1, Beta2: o.Beta2, Eps: o.Eps,
		Correction1: c[0], Correction2: c[1], Decay: r.decay,
	}.Step()
}

// logs returns the logarithms of β.
func (r Adam) logs() [2]float64 {
	r = r.withDefaults()
	return [2]float64{math.Log(r.Beta1), math.Log(r.Beta2)}
}

// corrections returns 1 − βᵗ for two β, of which it is given the logarithms, without cancellation.
func corrections(t int, logs [2]float64) (c [2]float64) {
	for i, l := range logs {
		c[i] = -math.Expm1(float64(t) * l)
	}
	return c
}
