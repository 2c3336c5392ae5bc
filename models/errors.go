package models

import (
	"errors"
	"fmt"

	"adjoint/internal/safetensors"
	"adjoint/optim"
)

// The errors of this package wrap one of these, or one of packages data, graph
// and optim.
var (
	ErrOption    = optim.ErrOption // a field with an impossible value
	ErrDiverged  = optim.ErrDiverged
	ErrNotFitted = errors.New("the model has not been fitted")
	ErrOutputs   = errors.New("the last layer does not fit the targets")
	ErrWeights   = errors.New("weights do not fit")

	ErrNotSavable = errors.New("a file cannot hold it")
	ErrCorrupt    = safetensors.ErrCorrupt // a file that was damaged, or contradicts itself
	ErrFormat     = errors.New("not a file that this version reads")
	ErrResume     = errors.New("the training is another one")

	// ErrStop is returned by a Callback to end a training without an error.
	ErrStop = errors.New("stopped")
)

// errCancelled marks the error of a training that its context ended.
var errCancelled = errors.New("training was cancelled")

// A DivergedError reports that the cost, its gradient, the weights or the network's
// output became NaN or infinite. It wraps ErrDiverged.
type DivergedError struct {
	Epoch int     // from 1
	Step  int     // from 1, over all epochs
	Loss  float64 // the cost of the batch before that step
	Rate  float64 // the learning rate of that step; 0 for LBFGS
}

// Error names the epoch, the step, the loss and the rate.
func (e *DivergedError) Error() string {
	return fmt.Sprintf("epoch %d, step %d: loss %g with learning rate %g: %v", e.Epoch, e.Step, e.Loss, e.Rate, ErrDiverged)
}

// Unwrap returns ErrDiverged.
func (e *DivergedError) Unwrap() error { return ErrDiverged }
