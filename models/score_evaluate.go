package models

import (
	"context"
	"fmt"
	"math"
	"slices"

	"adjoint/data"
	"adjoint/graph"
)

// A Metric is a score of one's own: a function of what was predicted, by name. It is given
// again by who resumes a training; files do not hold it.
type Metric struct {
	Name string
	Of   func(e *Evaluated) float64
}

// Evaluated are predictions and what they should have been.
type Evaluated struct {
	Predictions map[string][][]float64 // by the name of the output, a row an example
	Targets     map[string][][]float64 // the same; of Categorical the position of the class
	Losses      []float64              // of each example; nil if the formula has no Loss
}

// evaluate scores d, which is prepared and has targets. What its rows give is computed as the
// sharing says.
func (f *fitted) evaluate(ctx context.Context, d *data.Dataset, by sharing) (*Scores, error) {
	if f.formula.lossOrCost() == nil {
		return nil, fmt.Errorf("%w: %w", ErrRoles, errNoLoss)
	}
	e, err := f.evaluation(d)
	if err != nil {
		return nil, err
	}
	if err := by.compute(ctx, e); err != nil {
		return nil, err
	}
	return e.scores(f.metrics)
}

// lossesOf returns the losses of rows of d, which is prepared and has targets.
func (f *fitted) lossesOf(d *data.Dataset, rows []int) ([]float64, error) {
	e, err := f.evaluation(d)
	if err != nil {
		return nil, err
	}
	e.room = len(rows)
	err = e.use(func(p *graph.Program) error { return e.scoreRows(p, rows) })
	return e.losses, err
}

// An evaluation is what a program of scorePrograms gave for some rows.
type evaluation struct {
	*binding
	values []rowsOfNumbers // by output, as predictRows appends them
	losses []float64       // of each row
	own    [][]float64     // by output, its own loss of each row; nil if it has none
}

// evaluation returns an evaluation of no rows yet.
func (f *fitted) evaluation(d *data.Dataset) (*evaluation, error) {
	b, err := f.bind(d, true)
	if err != nil {
		return nil, err
	}
	return &evaluation{
		binding: b, values: make([]rowsOfNumbers, len(b.outputs)), own: make([][]float64, len(b.outputs)),
	}, nil
}

// use calls do with a program of scorePrograms.
func (e *evaluation) use(do func(p *graph.Program) error) error {
	p, err := e.scorePrograms.get()
	if err != nil {
		return err
	}
	defer e.scorePrograms.put(p)
	return do(p)
}

// scoreRows runs a program of scorePrograms on rows, and appends what it gives.
func (e *evaluation) scoreRows(p *graph.Program, rows []int) error {
	if err := feed(p, e.targets, rows); err != nil {
		return err
	}
	if err := e.predictRows(p, rows, e.values); err != nil {
		return err
	}
	v, err := p.Value(e.lossNodes[len(e.lossNodes)-1])
	if err != nil {
		return err
	}
	losses := e.entries(v)
	if e.formula.Loss == nil { // the cost of the chunk, for each of its rows
		losses = slices.Repeat(losses, len(rows))
	}
	e.losses = append(slices.Grow(e.losses, max(e.room-len(e.losses), len(losses))), losses...)
	own := e.lossNodes
	for i, o := range e.outputs {
		if o.Loss == nil {
			continue
		}
		v, err := p.Value(own[0])
		own = own[1:]
		if err != nil {
			return err
		}
		e.own[i] = append(e.own[i], e.entries(v)...)
	}
	return nil
}

// scores compares the predictions for all rows with the targets.
func (e *evaluation) scores(metrics []Metric) (*Scores, error) {
	mean := 0.0
	for i, l := range e.losses {
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return nil, fmt.Errorf("%s has a loss of %g: %w", e.d.Place(i), l, data.ErrNotFinite)
		}
		mean += l / float64(len(e.losses))
	}
	targets := make([]rowsOfNumbers, len(e.outputs))
	list := make([]*Scores, len(e.outputs))
	for i := range e.outputs {
		o := &e.outputs[i]
		list[i] = &Scores{Rows: len(e.losses), Loss: mean, Kind: o.Kind}
		if len(e.outputs) > 1 {
			list[i].Loss = sumOf(e.own[i]) / float64(len(e.losses))
		}
		if targets[i] = e.targetsOf(o); targets[i].width > 0 {
			if err := list[i].compare(o, e.values[i], targets[i]); err != nil {
				return nil, fmt.Errorf("output %q: %w", o.Name, err)
			}
		}
	}
	s := list[0]
	if len(list) > 1 {
		first := *s
		s, first.Loss = &first, mean
		s.Outputs = map[string]*Scores{}
		for i, o := range e.outputs {
			s.Outputs[o.Name] = list[i]
		}
	}
	s.measure(metrics, e, targets)
	return s, nil
}

func sumOf(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}

// targetsOf returns the targets of an output, or none if it has none. Those of Categorical are positions of classes.
func (e *evaluation) targetsOf(o *Output) rowsOfNumbers {
	at := slices.IndexFunc(e.targets, func(r reader) bool { return r.leaf == o.Target })
	if at < 0 || o.Target == nil {
		return rowsOfNumbers{}
	}
	t := e.targets[at].rows()
	if o.Kind != Categorical || t.width == 1 || length(o.P) != 0 {
		return t
	}
	classes := rowsOfNumbers{make([]float64, t.len()), 1}
	for i := range classes.v {
		classes.v[i] = largest(t.row(i))
	}
	return classes
}

// measure adds the metrics of the user.
func (s *Scores) measure(metrics []Metric, e *evaluation, targets []rowsOfNumbers) {
	if len(metrics) == 0 {
		return
	}
	all := &Evaluated{Predictions: map[string][][]float64{}, Targets: map[string][][]float64{}}
	for i, o := range e.outputs {
		all.Predictions[o.Name] = e.values[i].rows()
		if targets[i].width > 0 {
			all.Targets[o.Name] = targets[i].rows()
		}
	}
	if e.formula.Loss != nil {
		all.Losses = e.losses
	}
	s.Metrics = map[string]float64{}
	for _, m := range metrics {
		s.Metrics[m.Name] = m.Of(all)
	}
}

// checkMetrics returns an error unless each has a name of its own and a function.
func checkMetrics(metrics []Metric) error {
	names := map[string]bool{}
	for _, m := range metrics {
		if m.Name == "" || m.Of == nil || names[m.Name] {
			return fmt.Errorf("%w: a metric %q without a name of its own, or without a function", ErrOption, m.Name)
		}
		names[m.Name] = true
	}
	return nil
}
