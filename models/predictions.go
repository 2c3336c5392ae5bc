package models

import (
	"slices"

	"adjoint/data"
)

// Predictions are the predictions of a model for some rows.
type Predictions struct {
	Classes       []string    // of the model; nil for a regression
	Labels        []float64   // as Predict returns them
	Probabilities [][]float64 // as PredictProba returns them; nil for a regression
}

// Predictions returns the results of Classes, Predict and PredictProba, all of one
// fitted network, even if the model is fitted or loaded meanwhile. It runs the network
// once.
func (m *published) Predictions(d *data.Dataset) (*Predictions, error) {
	f, err := m.get()
	if err != nil {
		return nil, err
	}
	proba, err := f.probaOf(d)
	if err != nil {
		return nil, err
	}
	p := &Predictions{Classes: slices.Clone(f.classes), Labels: labels(f.net.target, proba)}
	if f.net.target != number {
		p.Probabilities = proba
	}
	return p, nil
}
