package optim

import (
	"errors"
	"fmt"
)

// The errors of this package wrap one of these, or one of package graph.
var (
	ErrParams   = errors.New("not parameters to minimise over")
	ErrRate     = errors.New("rate is not a positive number")
	ErrOption   = errors.New("option out of range")
	ErrState    = errors.New("state does not fit the optimizer")
	ErrDiverged = errors.New("diverged")
)

// A DivergedError reports that J or its gradient is NaN or infinite, and of a training of
// package models also its weights or the network's output. The parameters have not been
// moved by that gradient. It wraps ErrDiverged. Objective.RunChecked says where it began.
type DivergedError struct {
	Epoch int     // of a training of package models, from 1; else 0
	Step  int     // the step that was not taken, from 1 over all epochs; an iteration of LBFGS and FISTA
	Loss  float64 // J, before that step
	Rate  float64 // the rate that the step would have had; 0 for LBFGS and FISTA

	where error // the rank and the part of the batch that are not finite; nil if it is not known
}

// Error names the epoch, the step, the loss and the rate, and in a group the rank and its part
// of the batch.
func (e *DivergedError) Error() string {
	text := fmt.Sprintf("%v at step %d: loss %g", ErrDiverged, e.Step, e.Loss)
	if e.Epoch != 0 {
		text = fmt.Sprintf("%v in epoch %d, step %d: loss %g", ErrDiverged, e.Epoch, e.Step, e.Loss)
	}
	if e.Rate != 0 {
		text += fmt.Sprintf(", learning rate %g", e.Rate)
	}
	if e.where != nil {
		text += fmt.Sprintf(": %v", e.where)
	}
	return text
}

// Unwrap returns ErrDiverged.
func (e *DivergedError) Unwrap() error { return ErrDiverged }
