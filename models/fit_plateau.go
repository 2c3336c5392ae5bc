package models

import (
	"fmt"
	"math"
)

// ReduceOnPlateau multiplies the rate by Factor when the monitored value has not improved for
// Patience epochs, as Keras's ReduceLROnPlateau does.
type ReduceOnPlateau struct {
	// Monitor returns the value that should become small. nil is Epoch.MonitoredLoss. NaN
	// is no improvement.
	Monitor func(e Epoch) float64

	Factor   float64 // in (0, 1); 0 is 0.1
	Patience int     // epochs without improvement; 0 is 10
	Cooldown int     // epochs after a reduction that do not count
	MinDelta float64 // the least improvement that counts; 0 is 1e-4
	MinRate  float64 // where the rate stays

	best        float64
	wait, still int // epochs without improvement, and of the cooldown
}

// Begin resets the state. For a training that is resumed it replays the epochs so far, whose
// reductions the snapshot has.
func (r *ReduceOnPlateau) Begin(t *Training) error {
	if r.Factor == 0 {
		r.Factor = 0.1
	}
	if r.Patience == 0 {
		r.Patience = 10
	}
	if r.MinDelta == 0 {
		r.MinDelta = 1e-4
	}
	if !(0 < r.Factor && r.Factor < 1) || r.Patience < 0 || r.Cooldown < 0 || !(r.MinDelta >= 0 && r.MinRate >= 0) {
		return fmt.Errorf("%w: %+v", ErrOption, *r)
	}
	r.best, r.wait, r.still = math.Inf(1), 0, 0
	for _, e := range t.History().Epochs {
		r.due(e)
	}
	return nil
}

// EpochEnd reduces the rate if it is time to.
func (r *ReduceOnPlateau) EpochEnd(t *Training, e Epoch) error {
	if rate := t.Rate(); r.due(e) && rate > r.MinRate {
		return t.ScaleRate(max(r.Factor, r.MinRate/rate))
	}
	return nil
}

// End does nothing.
func (r *ReduceOnPlateau) End(*Training) error { return nil }

// due reports whether the rate is to be reduced after an epoch.
func (r *ReduceOnPlateau) due(e Epoch) bool {
	v := e.MonitoredLoss()
	if r.Monitor != nil {
		v = r.Monitor(e)
	}
	if r.still > 0 {
		r.still, r.wait = r.still-1, 0
	}
	if v < r.best-r.MinDelta {
		r.best, r.wait = v, 0
		return false
	}
	if r.still > 0 {
		return false
	}
	if r.wait++; r.wait < r.Patience {
		return false
	}
	r.wait, r.still = 0, r.Cooldown
	return true
}
