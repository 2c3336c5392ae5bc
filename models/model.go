package models

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"adjoint/data"
)

// A published is the fitted network of a model, or none. Fit replaces it when it is
// done, so that Predict is safe meanwhile, in any number of goroutines.
type published struct{ current atomic.Pointer[fitted] }

func (m *published) get() (*fitted, error) {
	if f := m.current.Load(); f != nil {
		return f, nil
	}
	return nil, ErrNotFitted
}

// publish makes the network of a training that ended with err the model's own, as
// Deep.Fit says, and returns err. Where a training replaces no other network, that is
// decided in one step: another Fit may end at the same time.
func (m *published) publish(t *Training, err error) error {
	t.feeding.end()
	for _, d := range t.made {
		err = closeMade(err, true, d)
	}
	switch cancelled := errors.Is(err, errCancelled); {
	case err == nil, cancelled && t.history.Steps > 0:
		m.current.Store(t.scorer)
	case cancelled, errors.Is(err, ErrDiverged):
		m.current.CompareAndSwap(nil, t.scorer)
	}
	return err
}

// Classes returns the names of the classes, in the order of the positions that
// Predict returns, of the first output; nil before Fit and for regression.
func (m *published) Classes() []string {
	if f := m.current.Load(); f != nil {
		return slices.Clone(f.formula.Outputs[0].Classes)
	}
	return nil
}

// Features returns the names of the features that the model was fitted on; nil before
// Fit.
func (m *published) Features() []string {
	if f := m.current.Load(); f != nil {
		return slices.Clone(f.features)
	}
	return nil
}

// Scaler returns a copy of the scaler of the features; nil before Fit, and if features
// are not standardised.
func (m *published) Scaler() *data.Scaler {
	f := m.current.Load()
	if f == nil || f.scaler == nil {
		return nil
	}
	return &data.Scaler{
		Features: slices.Clone(f.scaler.Features),
		Mean:     slices.Clone(f.scaler.Mean),
		Scale:    slices.Clone(f.scaler.Scale),
	}
}

// Predict returns a label for each row of d: the position of a class in Classes, as in
// [data.Dataset].Y, or the number of a regression. With one output for two classes it
// is the second class where a ≥ ½ (the document's evaluate). With an output for each
// class it is the most probable class, and the first of equally probable ones. Of a model
// with several outputs it is the first. The error wraps ErrOutputs if that is several
// numbers or labels a row: they are in Predictions.
func (m *published) Predict(d *data.Dataset) ([]float64, error) {
	p, err := m.Predictions(d)
	if err != nil {
		return nil, err
	}
	if p.Labels == nil {
		return nil, fmt.Errorf("%w: of several numbers or labels for each row none is the label; see Predictions", ErrOutputs)
	}
	return p.Labels, nil
}

// PredictProba returns a row of probabilities for each row of d. With one output for
// two classes the row is P(y = 1|x); with an output for each class it has the
// probability of each. For a regression it is the number. Of a model with several outputs
// it is the first.
func (m *published) PredictProba(d *data.Dataset) ([][]float64, error) {
	p, err := m.Predictions(d)
	if err != nil {
		return nil, err
	}
	return p.Values, nil
}

// Evaluate scores the model on d, which must have the classes that the model was fitted
// on. Where one number is wanted, it is Scores.Accuracy, or Scores.R2 of a regression.
func (m *published) Evaluate(d *data.Dataset) (*Scores, error) {
	f, err := m.get()
	if err != nil {
		return nil, err
	}
	prepared, err := f.preparedToScore(d)
	if err != nil {
		return nil, err
	}
	if prepared != d {
		defer prepared.Close()
	}
	return f.evaluate(context.Background(), prepared, sharing{parts: 1})
}
