package serve

import (
	"fmt"

	"adjoint/data"
	"adjoint/models"
)

// predictions is the answer to POST /predict.
type predictions struct {
	Classes     []string `json:"classes,omitempty"`
	Predictions []any    `json:"predictions"` // one of the types below for each row, or of several outputs a map of these
}

type class struct {
	Class         string    `json:"class"`
	Position      int       `json:"position"`
	Probabilities []float64 `json:"probabilities"`
}

type labels struct {
	Labels        []string           `json:"labels"`
	Probabilities map[string]float64 `json:"probabilities"`
}

type number struct {
	Value float64 `json:"value"`
}

type numbers struct {
	Values []float64 `json:"values"`
}

// predictAll returns the predictions for all rows of d, in one call of the model.
func predictAll(m Model, d *data.Dataset) (*predictions, error) {
	p, err := m.Predictions(d)
	if err != nil {
		return nil, err
	}
	a := &predictions{Predictions: make([]any, d.Rows())}
	if len(p.Outputs) == 0 {
		if p.Kind != models.Multilabel {
			a.Classes = p.Classes
		}
		return a, each(p, a.Predictions)
	}
	byOutput := make([]map[string]any, d.Rows())
	for i := range byOutput {
		byOutput[i] = map[string]any{}
		a.Predictions[i] = byOutput[i]
	}
	one := make([]any, d.Rows())
	for name, p := range p.Outputs {
		if err := each(p, one); err != nil {
			return nil, fmt.Errorf("output %q: %w", name, err)
		}
		for i, v := range one {
			byOutput[i][name] = v
		}
	}
	return a, nil
}

// each sets list to the predictions of an output, one for each row.
func each(p *models.Predictions, list []any) error {
	named, single := len(p.Classes) > 0, p.Labels != nil
	switch {
	case single && len(p.Labels) != len(list):
		return fmt.Errorf("%d labels for %d rows", len(p.Labels), len(list))
	case named && len(p.Probabilities) != len(list):
		return fmt.Errorf("%d rows of probabilities for %d rows", len(p.Probabilities), len(list))
	case !named && !single && len(p.Values) != len(list):
		return fmt.Errorf("%d rows of numbers for %d rows", len(p.Values), len(list))
	}
	for i := range list {
		var err error
		switch {
		case named && single:
			list[i], err = newClass(p.Classes, p.Labels[i], p.Probabilities[i])
		case named:
			list[i], err = newLabels(p.Classes, p.Probabilities[i])
		case single:
			list[i] = number{p.Labels[i]}
		default:
			list[i] = numbers{p.Values[i]}
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}

// newClass returns the prediction of one row.
func newClass(classes []string, y float64, p []float64) (class, error) {
	if len(p) == 1 && len(classes) == 2 {
		p = []float64{1 - p[0], p[0]}
	}
	if len(p) != len(classes) {
		return class{}, fmt.Errorf("%d probabilities of %d classes", len(p), len(classes))
	}
	k := int(y)
	if float64(k) != y || k < 0 || k >= len(classes) {
		return class{}, fmt.Errorf("label %v of %d classes", y, len(classes))
	}
	return class{classes[k], k, p}, nil
}

// newLabels returns the labels of one row that are more probable than not.
func newLabels(names []string, p []float64) (labels, error) {
	if len(p) != len(names) {
		return labels{}, fmt.Errorf("%d probabilities of %d labels", len(p), len(names))
	}
	l := labels{Labels: []string{}, Probabilities: map[string]float64{}}
	for k, name := range names {
		if l.Probabilities[name] = p[k]; p[k] >= 0.5 {
			l.Labels = append(l.Labels, name)
		}
	}
	return l, nil
}
