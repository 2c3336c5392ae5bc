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

// A DivergedError reports that J or its gradient is NaN or infinite. The
// parameters have not been moved by that gradient. It wraps ErrDiverged.
type DivergedError struct {
	Step int     // the step that was not taken, from 1; an iteration of LBFGS and FISTA
	Loss float64 // J, before that step
	Rate float64 // the rate that the step would have had; 0 for LBFGS and FISTA
}

// Error names the step, the loss and the rate.
func (e *DivergedError) Error() string {
	text := fmt.Sprintf("%v at step %d: loss %g", ErrDiverged, e.Step, e.Loss)
	if e.Rate != 0 {
		text += fmt.Sprintf(", rate %g", e.Rate)
	}
	return text
}

// Unwrap returns ErrDiverged.
func (e *DivergedError) Unwrap() error { return ErrDiverged }
