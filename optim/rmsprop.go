package optim

import (
	"cmp"

	"adjoint/internal/kernel"
)

// RMSProp divides the rate of each entry by the root of a running mean of its
// squared gradients (T. Tieleman, G. Hinton 2012; PyTorch's RMSprop). With
// g = ∇J, α = Alpha and s = 0 before the first step,
//
//	s := α·s + (1−α)·g²
//	w := w − Rate·g/(√s + Eps)
type RMSProp struct {
	Rate  float64
	Alpha float64 // α in (0, 1); 0 means 0.99 (Keras has 0.9 and calls it ρ)
	Eps   float64 // ε; 0 means 1e-8
}

// LearningRate returns the Rate.
func (r RMSProp) LearningRate() float64 { return r.Rate }

// Slots returns 1, for s.
func (r RMSProp) Slots() int { return 1 }

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r RMSProp) Valid() error {
	return firstOf("RMSProp", fraction("Alpha", r.alpha()), positive("Eps", r.eps()))
}

func (r RMSProp) alpha() float64 { return cmp.Or(r.Alpha, 0.99) }
func (r RMSProp) eps() float64   { return cmp.Or(r.Eps, 1e-8) }

func (r RMSProp) begin() func(Step) Step { return asGiven }

// Move is the rule on float64.
func (r RMSProp) Move(s Step, w, g []float64, mean ...[]float64) {
	kernel.RMSProp(w, g, mean[0], s.Rate, r.alpha(), r.eps())
}

// Move32 is the rule on float32.
func (r RMSProp) Move32(s Step, w, g []float32, mean ...[]float32) {
	kernel.RMSProp(w, g, mean[0], s.Rate, r.alpha(), r.eps())
}
