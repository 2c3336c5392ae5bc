package optim

import (
	"fmt"
	"math"
	"slices"

	"adjoint/graph"
)

// A gain is the distance that a rule moves an entry for each unit of a constant
// gradient: rate/(√(slot/correction) + eps), with the entry's number in a slot, or rate
// if there is no slot.
type gain struct {
	rate            float64
	slot            int
	correction, eps float64
}

// noSlot is the slot of a gain that is the same for all entries.
const noSlot = -1

// A proximalRule can take proximal steps: its gain is known.
type proximalRule interface {
	Rule
	gain(s Step) gain
}

func (r SGD) gain(s Step) gain     { return gain{rate: s.Rate / (1 - r.Momentum), slot: noSlot} }
func (r AdaGrad) gain(s Step) gain { return gain{rate: s.Rate, correction: 1, eps: r.eps()} }
func (r RMSProp) gain(s Step) gain { return gain{rate: s.Rate, correction: 1, eps: r.eps()} }
func (r AdamW) gain(s Step) gain   { return r.adam().gain(s) }

func (r Adam) gain(s Step) gain {
	r = r.withDefaults()
	return gain{rate: s.Rate, slot: 1, correction: corrections(s.T, r.logs())[1], eps: r.Eps}
}

// Proximal reports whether an Optimizer with this rule can Shrink: the rules of this
// package can, but for LazyAdam.
func Proximal(rule Rule) bool {
	_, ok := rule.(proximalRule)
	return ok
}

// Shrink makes the Optimizer minimise J + λΣ|w|, where the sum is over the entries
// of the given parameters, by proximal steps (J. Duchi, Y. Singer 2009): after the
// rule has moved an entry by the gradient of J,
//
//	w := S(w, cλ)      S(w, c) = sign(w)·max(|w| − c, 0)
//
// where c is the distance that the rule moves the entry for a gradient that stays 1:
// rate/(1 − μ) for SGD with momentum μ, and the rate divided by the rule's root for the
// others. So a minimum of J + λΣ|w| is a fixed point, and has entries that are exactly
// 0. If gradients vary from batch to batch by more than λ, few entries stay 0.
//
// J must not contain the penalty, except as a constant: with ops.StopGradient StepLoss
// returns the sum that is minimised. The error wraps ErrOption if λ is not a number ≥ 0
// or the rule has no proximal step (see Proximal), and ErrParams if a node is not a parameter of
// the Optimizer.
func (o *Optimizer) Shrink(λ float64, on ...*graph.Node) error {
	if !(λ >= 0 && isFinite(λ)) {
		return fmt.Errorf("shrink: λ = %g is not a number ≥ 0: %w", λ, ErrOption)
	}
	rule, ok := o.rule.(proximalRule)
	if !ok {
		return fmt.Errorf("shrink: %T has no proximal step, as SGD, AdaGrad, RMSProp, Adam and AdamW have: %w", o.rule, ErrOption)
	}
	shrinks := make([]float64, len(o.params))
	for _, w := range on {
		i := slices.Index(o.params, w)
		if i < 0 {
			return fmt.Errorf("shrink: %v, over which J is not minimised: %w", w, ErrParams)
		}
		shrinks[i] = λ
	}
	o.shrinks, o.gain = shrinks, rule.gain
	return nil
}

// shrink applies the proximal map to the parameters whose λ is not 0.
func (e *entries[T]) shrink(λ []float64, c gain) {
	for i, w := range e.w {
		switch {
		case λ[i] == 0:
		case c.slot == noSlot:
			for k, v := range w {
				w[k] = T(softThreshold(float64(v), λ[i]*c.rate))
			}
		default:
			for k, v := range e.slot[i][c.slot] {
				step := c.rate / (math.Sqrt(float64(v)/c.correction) + c.eps)
				w[k] = T(softThreshold(float64(w[k]), λ[i]*step))
			}
		}
	}
}
