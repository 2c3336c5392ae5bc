package models

import (
	"errors"
	"fmt"
	"math"

	"adjoint/optim"
)

// The errors of this package wrap one of these, or one of packages data, graph
// and optim.
var (
	ErrOption    = errors.New("option out of range")
	ErrNotFitted = errors.New("the model has not been fitted")
	ErrOutputs   = errors.New("the last layer does not fit the targets")
	ErrWeights   = errors.New("weights do not fit the examples")
	ErrDiverged  = optim.ErrDiverged
)

const maxNumber = math.MaxFloat64

// A DivergedError reports that the cost or its gradient became NaN or infinite.
// The model keeps the last weights with which they were finite. It wraps
// ErrDiverged.
type DivergedError struct {
	Epoch int     // from 1
	Step  int     // from 1, over all epochs
	Loss  float64 // of the batch, before the step that was not taken
	Rate  float64
}

// Error names the epoch, the step, the loss and the rate.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("epoch %d, step %d: loss %g with learning rate %g: %v", e.Epoch, e.Step, e.Loss, e.Rate, ErrDiverged)
}

// Unwrap returns ErrDiverged.
func (e *DivergedError) Unwrap() error { return ErrDiverged }
