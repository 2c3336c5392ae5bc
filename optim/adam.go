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

func (r Adam) withDefaults() Adam {
	return Adam{r.Rate, cmp.Or(r.Beta1, 0.9), cmp.Or(r.Beta2, 0.999), cmp.Or(r.Eps, 1e-8)}
}

// Move is the rule on float64.
func (r Adam) Move(s Step, w, g []float64, mv ...[]float64) { adam(r, s, 0, w, g, mv) }

// Move32 is the rule on float32.
func (r Adam) Move32(s Step, w, g []float32, mv ...[]float32) { adam(r, s, 0, w, g, mv) }

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

// Move is the rule on float64.
func (r AdamW) Move(s Step, w, g []float64, mv ...[]float64) {
	adam(r.adam(), s, r.decay(), w, g, mv)
}

// Move32 is the rule on float32.
func (r AdamW) Move32(s Step, w, g []float32, mv ...[]float32) {
	adam(r.adam(), s, r.decay(), w, g, mv)
}

func adam[T kernel.Float](r Adam, s Step, decay float64, w, g []T, mv [][]T) {
	r = r.withDefaults()
	c := s.corrections([2]float64{r.Beta1, r.Beta2})
	kernel.Adam(w, g, mv[0], mv[1], &kernel.AdamStep{
		Rate:        s.Rate,
		Beta1:       r.Beta1,
		Beta2:       r.Beta2,
		Eps:         r.Eps,
		Correction1: c[0],
		Correction2: c[1],
		Decay:       decay,
	})
}

func (r Adam) begin(s Step) Step  { return s.begin(r.withDefaults()) }
func (r AdamW) begin(s Step) Step { return r.adam().begin(s) }

// corrections are the 1 − βᵗ of a step. To compute them takes as long as to move
// a small parameter.
type corrections struct{ β, values [2]float64 }

func (s Step) begin(r Adam) Step {
	β := [2]float64{r.Beta1, r.Beta2}
	s.known = corrections{β, s.corrections(β)}
	return s
}

// corrections returns 1 − βᵗ for two β, without cancellation.
func (s Step) corrections(β [2]float64) (c [2]float64) {
	if s.known.β == β {
		return s.known.values
	}
	for i := range c {
		c[i] = -math.Expm1(float64(s.T) * math.Log(β[i]))
	}
	return c
}
