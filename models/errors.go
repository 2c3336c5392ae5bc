package models

import (
	"errors"

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
	ErrRoles     = errors.New("not a model")

	ErrNotSavable = errors.New("a file cannot hold it")
	ErrCorrupt    = safetensors.ErrCorrupt // a file that was damaged, or contradicts itself
	ErrFormat     = errors.New("not a file that this version reads")
	ErrResume     = errors.New("the training is another one")

	// ErrStop is returned by a Callback to end a training without an error.
	ErrStop = errors.New("stopped")
)

// errCancelled marks the error of a training that its context ended.
var errCancelled = errors.New("training was cancelled")

// A DivergedError is that of package optim, with the epoch.
type DivergedError = optim.DivergedError
