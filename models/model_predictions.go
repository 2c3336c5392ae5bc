package models

import (
	"context"
	"slices"

	"adjoint/data"
)

// Predictions are the predictions of a model for some rows. Of a model with several outputs
// the other fields are those of the first.
type Predictions struct {
	Classes       []string    // of the output; nil for a regression
	Labels        []float64   // as Predict returns them; nil for several numbers or labels a row
	Probabilities [][]float64 // as PredictProba returns them; nil for a regression
	Values        [][]float64 // what the output gives, whatever its kind: a row for each row
	Kind          Kind        // of the output

	// Outputs are those of each output, by name; nil if there is only one.
	Outputs map[string]*Predictions
}

// Predictions returns the results of Classes, Predict and PredictProba, all of one
// fitted network, even if the model is fitted or loaded meanwhile. It runs the network
// once.
func (m *published) Predictions(d *data.Dataset) (*Predictions, error) {
	f, err := m.get()
	if err != nil {
		return nil, err
	}
	rows := d
	if d, err = f.prepared(rows); err != nil {
		return nil, err
	}
	if d != rows {
		defer d.Close()
	}
	b, values, err := f.predict(context.Background(), d)
	if err != nil {
		return nil, err
	}
	list := make([]*Predictions, len(values))
	for i, o := range b.outputs {
		list[i] = &Predictions{Classes: slices.Clone(o.Classes), Kind: o.Kind, Labels: o.Kind.labels(values[i]), Values: values[i].rows()}
		if o.Kind.named() {
			list[i].Probabilities = list[i].Values
		}
	}
	p := list[0]
	if len(list) > 1 {
		first := *p
		p, first.Outputs = &first, map[string]*Predictions{}
		for i, o := range b.outputs {
			p.Outputs[o.Name] = list[i]
		}
	}
	return p, nil
}
