package models

import (
	"fmt"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Saliency returns, for each row of d, how the probability of the class that the model
// predicts for it moves with each feature: the reverse derivative rP(e) at the row, e the
// class (K. Simonyan et al. 2014). Of a model with one output it is the derivative of that.
// Where the model standardizes its features, the derivative is by what they become. The model
// has one input and one output, or the error wraps ErrRoles; other errors are those of
// Formula and of the rows.
func Saliency(m Model, d *data.Dataset) ([][]float64, error) {
	f, err := m.Formula()
	if err != nil {
		return nil, err
	}
	if len(f.Inputs) != 1 || len(f.Outputs) != 1 || f.Inputs[0].Shape() != graph.ShapeOf(len(d.Features), graph.Batch) {
		return nil, fmt.Errorf("%w: Saliency of a model with %d inputs and %d outputs on %d features, want one of each, of these features", ErrRoles, len(f.Inputs), len(f.Outputs), len(d.Features))
	}
	x, p := f.Inputs[0], f.Outputs[0].P
	n, rows, g := len(d.Features), d.Rows(), x.Graph()
	e := g.Input("saliency of", p.Shape().Dims()...)
	by := graph.VJP(p, e, x)[0]
	program, err := graph.Compile(p, by)
	if err != nil {
		return nil, err
	}
	columns := make([]float64, n*rows)
	if err := d.Gather(columns, nil); err != nil {
		return nil, err
	}
	chosen := denseOf(g.Dtype(), make([]float64, p.Shape().Dim(0)*rows), p.Shape().Dim(0), rows)
	run := func(e *graph.Node, v *tensor.Dense, of *graph.Node) ([]float64, error) {
		if err := program.Feed(e, v); err != nil {
			return nil, err
		}
		if err := program.Run(); err != nil {
			return nil, err
		}
		value, err := program.Value(of)
		if err != nil {
			return nil, err
		}
		return graph.Values[float64](value), nil
	}
	if err := program.Feed(x, denseOf(g.Dtype(), columns, n, rows)); err != nil {
		return nil, err
	}
	probabilities, err := run(e, chosen, p)
	if err != nil {
		return nil, err
	}
	slopes, err := run(e, classesOf(g, probabilities, rows), by)
	if err != nil {
		return nil, err
	}
	list := make([][]float64, rows)
	for i := range list {
		list[i] = make([]float64, n)
		for k := range n {
			list[i][k] = slopes[k*rows+i]
		}
	}
	return list, nil
}

// classesOf marks the largest entry of each column.
func classesOf(g *graph.Graph, p []float64, columns int) *tensor.Dense {
	mark, classes := make([]float64, len(p)), len(p)/columns
	for i := range columns {
		best := i
		for c := range classes {
			if p[c*columns+i] > p[best] {
				best = c*columns + i
			}
		}
		mark[best] = 1
	}
	return denseOf(g.Dtype(), mark, classes, columns)
}
