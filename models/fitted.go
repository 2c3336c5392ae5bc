package models

import (
	"fmt"
	"slices"
	"sync"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// fitted is a network that can predict. Its parameters do not change any more,
// but for that of a Training, which scores its epochs with one. Any number of
// goroutines may use it: each takes a predictor of its own.
type fitted struct {
	net      *network
	scaler   *data.Scaler // nil if features are taken as they are
	features []string
	classes  []string
	proba    *graph.Program // P
	scored   *graph.Program // P and L
	idle     sync.Pool      // of *predictor
}

// A predictor is the programs of one goroutine.
type predictor struct{ proba, scored *graph.Program }

// chunk is how many examples are predicted at once.
const chunk = 1024

func newFitted(net *network, scaler *data.Scaler, d *data.Dataset) (*fitted, error) {
	proba, err := graph.Compile(net.P)
	if err != nil {
		return nil, err
	}
	scored, err := graph.Compile(net.P, net.L)
	if err != nil {
		return nil, err
	}
	return &fitted{
		net: net, scaler: scaler, proba: proba, scored: scored,
		features: slices.Clone(d.Features), classes: slices.Clone(d.Classes),
	}, nil
}

func (f *fitted) predictor() *predictor {
	if p, ok := f.idle.Get().(*predictor); ok {
		return p
	}
	return &predictor{f.proba.Clone(), f.scored.Clone()}
}

// prepared checks the features of d and returns them as the network takes them.
func (f *fitted) prepared(d *data.Dataset) (*data.Dataset, error) {
	if d == nil {
		return nil, fmt.Errorf("%w: nil data set", data.ErrEmpty)
	}
	if err := data.CheckFeatures(f.features, d.Features); err != nil {
		return nil, err
	}
	if err := check(d, f.net.g.Dtype()); err != nil {
		return nil, err
	}
	if f.scaler == nil {
		return d, nil
	}
	return f.scaler.Transform(d)
}

// check is Dataset.Check for the float type.
func check(d *data.Dataset, dtype tensor.Dtype) error {
	if dtype == tensor.Float32 {
		return d.Check32()
	}
	return d.Check()
}

// each runs a program over the rows of d, which is prepared, a chunk at a time.
func (f *fitted) each(p *graph.Program, d *data.Dataset, withTargets bool, use func(rows []int) error) error {
	rows := make([]int, 0, min(chunk, d.Rows()))
	batches := feeds{}
	for from := 0; from < d.Rows(); from += chunk {
		rows = rows[:0]
		for i := from; i < min(from+chunk, d.Rows()); i++ {
			rows = append(rows, i)
		}
		b := batches.of(len(rows), &network{Formula: f.net.Formula})
		if err := gatherX(b.x, d, rows); err != nil {
			return err
		}
		if withTargets {
			if err := b.gather(d, rows, f.net.target); err != nil {
				return err
			}
			if err := p.Feed(f.net.Y, b.y); err != nil {
				return err
			}
		}
		if err := p.Feed(f.net.X, b.x); err != nil {
			return err
		}
		if err := p.Run(); err != nil {
			return err
		}
		if err := use(rows); err != nil {
			return err
		}
	}
	return nil
}

// predict returns P, a row an example.
func (f *fitted) predict(d *data.Dataset) ([][]float64, error) {
	d, err := f.prepared(d)
	if err != nil {
		return nil, err
	}
	p := f.predictor()
	defer f.idle.Put(p)
	result := make([][]float64, 0, d.Rows())
	err = f.each(p.proba, d, false, func(rows []int) error {
		result, err = appendColumns(result, p.proba, f.net.P, len(rows))
		return err
	})
	return result, err
}

// evaluate scores d, which is prepared and has targets.
func (f *fitted) evaluate(d *data.Dataset) (*Scores, error) {
	p := f.predictor()
	defer f.idle.Put(p)
	proba, total := make([][]float64, 0, d.Rows()), 0.0
	err := f.each(p.scored, d, true, func(rows []int) (err error) {
		if proba, err = appendColumns(proba, p.scored, f.net.P, len(rows)); err != nil {
			return err
		}
		l, err := p.scored.Value(f.net.L)
		if err != nil {
			return err
		}
		for i := range rows {
			total += at(l, i)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return newScores(f.net.target, proba, d.Y, len(f.classes), total/float64(d.Rows())), nil
}

// matches reports whether the targets of d are those that the model was fitted
// on.
func (f *fitted) matches(d *data.Dataset) error {
	if d.Y == nil {
		return fmt.Errorf("%w: no targets", data.ErrLabel)
	}
	if !slices.Equal(f.classes, d.Classes) {
		return fmt.Errorf("%w: classes %q, the model was fitted on %q", data.ErrLabel, d.Classes, f.classes)
	}
	return nil
}

// labels turns probabilities into class positions; numbers stay as they are.
func labels(t target, proba [][]float64) []float64 {
	y := make([]float64, len(proba))
	for i, p := range proba {
		switch t {
		case binary:
			if p[0] >= 0.5 {
				y[i] = 1
			}
		case classes:
			for k := range p {
				if p[k] > p[int(y[i])] {
					y[i] = float64(k)
				}
			}
		default:
			y[i] = p[0]
		}
	}
	return y
}

// appendColumns appends the columns of a node's value, (k, n), as rows.
func appendColumns(rows [][]float64, p *graph.Program, node *graph.Node, n int) ([][]float64, error) {
	v, err := p.Value(node)
	if err != nil {
		return rows, err
	}
	k := v.Shape()[0]
	flat := make([]float64, k*n)
	for j := range n {
		row := flat[j*k : (j+1)*k]
		for i := range row {
			row[i] = at(v, i*n+j)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// at returns entry i, row by row, of a tensor of either float type.
func at(t *tensor.Dense, i int) float64 {
	if t.Dtype() == tensor.Float32 {
		return float64(t.Float32s()[i])
	}
	return t.Float64s()[i]
}
