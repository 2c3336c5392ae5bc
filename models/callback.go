package models

import (
	"errors"
	"fmt"
	"math"

	"gorgonia.org/tensor"
)

// A Callback is told of every epoch of a training.
type Callback interface {
	// Begin is called before the first epoch.
	Begin(t *Training) error

	// EpochEnd is called after each epoch. ErrStop, or an error that wraps it,
	// ends the training in good order; another error ends it with that error.
	EpochEnd(t *Training, e Epoch) error

	// End is called when the training is over, before the model changes.
	End(t *Training) error
}

// ErrStop is what a Callback returns to end a training in good order.
var ErrStop = errors.New("stopped")

// EachEpoch makes a Callback of a function.
func EachEpoch(f func(t *Training, e Epoch) error) Callback { return eachEpoch(f) }

type eachEpoch func(t *Training, e Epoch) error

func (eachEpoch) Begin(*Training) error                 { return nil }
func (f eachEpoch) EpochEnd(t *Training, e Epoch) error { return f(t, e) }
func (eachEpoch) End(*Training) error                   { return nil }

// EarlyStopping ends a training when what it monitors has not improved for
// Patience epochs, as Keras's EarlyStopping does.
type EarlyStopping struct {
	// Monitor is what should become small; nil is the validation loss, or the
	// training loss where there is no validation.
	Monitor func(e Epoch) float64

	Patience    int     // epochs without improvement; 0 ends at the first
	MinDelta    float64 // what counts as improvement
	RestoreBest bool    // the model gets the weights of the best epoch

	best    float64
	epoch   int
	weights []*tensor.Dense
}

// Begin forgets what another training left.
func (s *EarlyStopping) Begin(*Training) error {
	if s.Patience < 0 || !(s.MinDelta >= 0) {
		return fmt.Errorf("%w: EarlyStopping with patience %d and minimal change %g", ErrOption, s.Patience, s.MinDelta)
	}
	s.best, s.epoch, s.weights = math.Inf(1), 0, nil
	return nil
}

// EpochEnd compares the epoch with the best one.
func (s *EarlyStopping) EpochEnd(t *Training, e Epoch) error {
	v := e.Loss
	switch {
	case s.Monitor != nil:
		v = s.Monitor(e)
	case e.Validation != nil:
		v = e.Validation.Loss
	}
	if v < s.best-s.MinDelta || s.epoch == 0 {
		s.best, s.epoch = v, e.Number
		if s.RestoreBest {
			s.weights = t.Weights()
		}
	} else if e.Number-s.epoch > s.Patience {
		return fmt.Errorf("%w: no improvement since epoch %d", ErrStop, s.epoch)
	}
	return nil
}

// End restores the weights of the best epoch, if that was asked for.
func (s *EarlyStopping) End(t *Training) error {
	if s.weights == nil {
		return nil
	}
	t.History().Best = s.epoch
	return t.SetWeights(s.weights)
}
