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
	Places        [][]float64 // of classes at each place of sequences those of each row, and then the fields above are nil
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
		list[i] = o.predictions(values[i])
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

// predictions returns those that the output gives.
func (o *Output) predictions(values rowsOfNumbers) *Predictions {
	p := &Predictions{Kind: o.Kind, Values: values.rows()}
	if o.Kind.named() && length(o.P) != 0 {
		places := values.width / width(o.P)
		none := rowsOfNumbers{make([]float64, places*values.len()), places}
		each, _ := values.atPlaces(none)
		p.Places = rowsOfNumbers{o.Kind.labels(each), places}.rows()
		return p
	}
	p.Classes, p.Labels = slices.Clone(o.Classes), o.Kind.labels(values)
	if o.Kind.named() {
		p.Probabilities = p.Values
	}
	return p
}
