package models

import (
	"context"
	"fmt"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Saliency returns, for each row of d, how the score of the class that the model predicts for it
// moves with each feature: the reverse derivative rs(e) at the row, e the class (K. Simonyan et
// al. 2014). The score is what the softmax or the sigmoid is of, or the output itself where
// there is none; of a model with one output it is that. The model has one input of all
// features, one output and no preparer, or the error wraps ErrRoles; other errors are those of
// Formula and of the rows.
func Saliency(m Model, d *data.Dataset) ([][]float64, error) {
	own, err := m.Formula()
	if err != nil {
		return nil, err
	}
	f := own.current.Load()
	if len(own.Inputs) != 1 || len(own.Outputs) != 1 || f.preparer != nil {
		return nil, fmt.Errorf("%w: Saliency of a model with %d inputs and %d outputs, want one of each, and no preparer", ErrRoles, len(own.Inputs), len(own.Outputs))
	}
	prepared, err := f.prepared(d)
	if err != nil {
		return nil, err
	}
	if prepared != d {
		defer prepared.Close()
	}
	b, err := f.bind(prepared, false)
	if err != nil {
		return nil, err
	}
	if b.inputs[0].d != prepared || b.inputs[0].at != nil {
		return nil, fmt.Errorf("%w: Saliency of a model whose input %s is not all features", ErrRoles, own.Inputs[0].Name())
	}
	s := saliency{binding: b, score: scoreOf(own.Outputs[0].P), slopes: make([][]float64, 0, d.Rows())}
	if err := s.compile(); err != nil {
		return nil, err
	}
	err = forEachChunk(context.Background(), 0, d.Rows(), s.add)
	return s.slopes, err
}

// scoreOf returns what a softmax or a sigmoid is of, else p.
func scoreOf(p *graph.Node) *graph.Node {
	if name := opName(p); name == "Softmax" || name == "Sigmoid" {
		return p.Inputs()[0]
	}
	return p
}

// A saliency computes the slopes of scores.
type saliency struct {
	*binding
	score, e, slope *graph.Node // of the classes; which one is meant; rs(e)
	program         *graph.Program
	slopes          [][]float64
}

func (s *saliency) compile() (err error) {
	s.score = graph.InPrediction(s.score)[0]
	s.e = s.score.Graph().Input("saliency of", s.score.Shape().Dims()...)
	s.slope = graph.VJP(s.score, s.e, s.inputs[0].leaf)[0]
	s.program, err = graph.Compile(s.score, s.slope)
	return err
}

// add computes the slopes of rows: once with e = 0 for the scores, and once for the class of the largest.
func (s *saliency) add(rows []int) error {
	if err := feed(s.program, s.inputs, rows); err != nil {
		return err
	}
	dtype := s.score.Graph().Dtype()
	classes := s.score.Shape().Dim(0)
	scores, err := s.run(denseOf(dtype, make([]float64, classes*len(rows)), classes, len(rows)), s.score)
	if err != nil {
		return err
	}
	slopes, err := s.run(markLargest(dtype, scores, len(rows)), s.slope)
	if err != nil {
		return err
	}
	n := len(slopes) / len(rows)
	for j := range rows {
		row := make([]float64, n)
		for k := range row {
			if row[k] = slopes[k*len(rows)+j]; s.scaler != nil {
				row[k] /= s.scaler.Scale[k]
			}
		}
		s.slopes = append(s.slopes, row)
	}
	return nil
}

func (s *saliency) run(e *tensor.Dense, of *graph.Node) ([]float64, error) {
	if err := s.program.Feed(s.e, e); err != nil {
		return nil, err
	}
	if err := s.program.Run(); err != nil {
		return nil, err
	}
	v, err := s.program.Value(of)
	if err != nil {
		return nil, err
	}
	return graph.Values[float64](v), nil
}

// markLargest marks the largest entry of each column.
func markLargest(dtype tensor.Dtype, v []float64, columns int) *tensor.Dense {
	mark, rows := make([]float64, len(v)), len(v)/columns
	for i := range columns {
		best := i
		for c := range rows {
			if v[c*columns+i] > v[best] {
				best = c*columns + i
			}
		}
		mark[best] = 1
	}
	return denseOf(dtype, mark, rows, columns)
}

// Activations returns the value of a layer, the place of which in Layers is counted from 0, at the rows of d:
// of shape (n, N), (C, H, W, N) and the like, and in prediction. The error wraps ErrOption if there is no such layer;
// others are those of Predict.
func (m *Deep) Activations(d *data.Dataset, layer int) (*tensor.Dense, error) {
	f, err := m.get()
	if err != nil {
		return nil, err
	}
	layers := f.network.layers
	if layer < 0 || layer >= len(layers) {
		return nil, fmt.Errorf("%w: layer %d of %d", ErrOption, layer, len(layers))
	}
	prepared, err := f.prepared(d)
	if err != nil {
		return nil, err
	}
	if prepared != d {
		defer prepared.Close()
	}
	_, of, err := graph.Clone(f.network.x, layers[layer].value)
	if err != nil {
		return nil, err
	}
	x := f.inputs[0]
	x.leaf = of(f.network.x)
	read, err := x.reader(prepared)
	if err != nil {
		return nil, err
	}
	value := graph.InPrediction(of(layers[layer].value))[0]
	p, err := graph.Compile(value)
	if err != nil {
		return nil, err
	}
	rows := make([]int, prepared.Rows())
	for i := range rows {
		rows[i] = i
	}
	if err := feed(p, []reader{read}, rows); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	return p.Value(value)
}
