package optim

import (
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// A State is what an Optimizer remembers from step to step, as plain numbers
// that encoding/json and encoding/gob carry exactly. The parameters are not part
// of it, nor are the Schedule and the Clip.
type State struct {
	Rule  string        // the type of the rule
	Steps int           // the number of steps taken
	Slots [][][]float64 // by parameter, slot and entry
}

// State returns a copy of the state.
func (o *Optimizer) State() State {
	return State{Rule: fmt.Sprintf("%T", o.rule), Steps: o.steps, Slots: o.entries().slots()}
}

// SetState sets the state to a copy of s. Steps from here have the bits of those
// of the Optimizer that s is from, if parameters, rule and feeds are the same.
// The error wraps ErrState if s is from another type of rule, or does not fit
// the parameters, or holds a NaN or an infinity; then nothing has changed.
func (o *Optimizer) SetState(s State) error {
	if rule := fmt.Sprintf("%T", o.rule); s.Rule != rule {
		return fmt.Errorf("state of %q, want %q: %w", s.Rule, rule, ErrState)
	}
	if s.Steps < 0 {
		return fmt.Errorf("%d steps: %w", s.Steps, ErrState)
	}
	if len(s.Slots) != len(o.params) {
		return fmt.Errorf("state of %d parameters, want %d: %w", len(s.Slots), len(o.params), ErrState)
	}
	largest := math.MaxFloat64
	if o.params[0].Graph().Dtype() == tensor.Float32 {
		largest = math.MaxFloat32
	}
	for i, want := range o.entries().slots() {
		if err := checkSlots(s.Slots[i], want, largest); err != nil {
			return fmt.Errorf("parameter %s: %w", o.params[i].Label(), err)
		}
	}
	o.entries().setSlots(s.Slots)
	o.steps = s.Steps
	return nil
}

// checkSlots returns an error unless got has the shape of want and no entry that
// is NaN or beyond the largest number.
func checkSlots(got, want [][]float64, largest float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("%d slots, want %d: %w", len(got), len(want), ErrState)
	}
	for k := range got {
		if len(got[k]) != len(want[k]) {
			return fmt.Errorf("slot %d has %d entries, want %d: %w", k, len(got[k]), len(want[k]), ErrState)
		}
		for i, x := range got[k] {
			if !(math.Abs(x) <= largest) {
				return fmt.Errorf("slot %d, entry %d is %g: %w", k, i, x, ErrState)
			}
		}
	}
	return nil
}
