package optim

import (
	"fmt"

	"adjoint/internal/kernel"
)

// SGD is gradient descent, on the whole batch or a part of it, with momentum if
// Momentum μ is not 0 (PyTorch's SGD without dampening; B. Polyak 1964, Y.
// Nesterov 1983 as in I. Sutskever et al. 2013). With g = ∇J and v = 0 before
// the first step,
//
//	v := μ·v + g
//	w := w − Rate·v               w := w − Rate·(g + μ·v) with Nesterov
//
// Without momentum that is the document's w := w − rJ(α).
type SGD struct {
	Rate     float64
	Momentum float64 // μ in [0, 1)
	Nesterov bool    // needs a Momentum
}

// LearningRate returns the Rate.
func (r SGD) LearningRate() float64 { return r.Rate }

// Slots returns 1 for v, or 0 without momentum.
func (r SGD) Slots() int {
	if r.Momentum == 0 {
		return 0
	}
	return 1
}

// Valid returns an error that wraps ErrOption if an option is out of range.
func (r SGD) Valid() error {
	if r.Nesterov && r.Momentum == 0 {
		return fmt.Errorf("SGD: Nesterov without Momentum: %w", ErrOption)
	}
	return firstOf("SGD", fraction("Momentum", r.Momentum))
}

func (r SGD) begin() func(Step) Step { return asGiven }

// Move is the rule on float64.
func (r SGD) Move(s Step, w, g []float64, v ...[]float64) { sgd(r, s, w, g, v) }

// Move32 is the rule on float32.
func (r SGD) Move32(s Step, w, g []float32, v ...[]float32) { sgd(r, s, w, g, v) }

func sgd[T kernel.Float](r SGD, s Step, w, g []T, v [][]T) {
	if r.Momentum == 0 {
		kernel.SGD(w, g, s.Rate)
	} else {
		kernel.Momentum(w, g, v[0], s.Rate, r.Momentum, r.Nesterov)
	}
}
