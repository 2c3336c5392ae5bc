package models

import (
	"slices"

	"adjoint/data"
)

// Predictions are what a model says of some rows.
type Predictions struct {
	Classes       []string    // of the model; nil for a regression
	Labels        []float64   // as Predict returns them
	Probabilities [][]float64 // as PredictProba returns them; nil for a regression
}

// Predictions returns what Classes, Predict and PredictProba do, of one and the
// same network: also while the model is fitted or loaded anew, when two calls may
// find two networks. It runs the network once.
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
