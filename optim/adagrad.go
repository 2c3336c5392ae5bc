package optim

import (
	"cmp"

	"adjoint/internal/kernel"
)

// AdaGrad divides the rate of each entry by the root of the sum of its squared
// gradients (J. Duchi, E. Hazan, Y. Singer 2011; PyTorch's Adagrad). With g = ∇J
// and s = 0 before the first step,
//
//	s := s + g²
//	w := w − Rate·g/(√s + Eps)
type AdaGrad struct {
	Rate float64
	Eps  float64 // ε; 0 means 1e-10
}

// LearningRate returns the Rate.
func (r AdaGrad) LearningRate() float64 { return r.Rate }

// Slots returns 1, for s.
func (r AdaGrad) Slots() int { return 1 }

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r AdaGrad) Valid() error {
	return firstOf("AdaGrad", positive("Eps", r.eps()))
}

func (r AdaGrad) eps() float64 { return cmp.Or(r.Eps, 1e-10) }

func (r AdaGrad) begin() func(Step) Step { return asGiven }

// Move is the rule on float64.
func (r AdaGrad) Move(s Step, w, g []float64, sum ...[]float64) {
	kernel.AdaGrad(w, g, sum[0], s.Rate, r.eps())
}

// Move32 is the rule on float32.
func (r AdaGrad) Move32(s Step, w, g []float32, sum ...[]float32) {
	kernel.AdaGrad(w, g, sum[0], s.Rate, r.eps())
}
