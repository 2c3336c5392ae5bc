package models

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A fitted is a network that can predict. Any number of goroutines may use it, because
// its parameters do not change. Only a Training changes those of its scorer, until it
// ends.
type fitted struct {
	net             *network
	scaler          *data.Scaler // nil if features are taken as they are
	features        []string
	classes         []string
	notes           atomic.Pointer[string] // nil for none
	predictPrograms programPool            // of P
	scorePrograms   programPool            // of P and L
}

// A programPool hands out clones of a program, each to one goroutine at a time.
type programPool struct {
	original *graph.Program
	idle     sync.Pool
}

func (p *programPool) get() *graph.Program {
	if q, ok := p.idle.Get().(*graph.Program); ok {
		return q
	}
	return p.original.Clone()
}

func (p *programPool) put(q *graph.Program) { p.idle.Put(q) }

// probabilityTolerance is how far beyond 0 and 1 a probability may be, in float32.
const probabilityTolerance = 1e-6

// chunkRows is how many examples are predicted at once.
const chunkRows = 1024

func newFitted(net *network, scaler *data.Scaler, d *data.Dataset) (f *fitted, err error) {
	f = &fitted{net: net, scaler: scaler, features: slices.Clone(d.Features), classes: slices.Clone(d.Classes)}
	if f.predictPrograms.original, err = graph.Compile(net.P); err != nil {
		return nil, err
	}
	f.scorePrograms.original, err = graph.Compile(net.P, net.L)
	return f, err
}

// prepared checks the features of d, and returns d with the features as the network
// takes them: standardised if there is a scaler.
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
	s, err := f.scaler.Transform(d)
	if err != nil {
		return nil, err
	}
	return s, check(s, f.net.g.Dtype())
}

// check is Dataset.Check for the float type.
func check(d *data.Dataset, dtype tensor.Dtype) error {
	if dtype == tensor.Float32 {
		return d.Check32()
	}
	return d.Check()
}

// checkTargets returns an error unless d has targets, and the classes that the model was
// fitted on.
func (f *fitted) checkTargets(d *data.Dataset) error {
	if d.Y == nil {
		return fmt.Errorf("%w: no targets", data.ErrLabel)
	}
	if !slices.Equal(f.classes, d.Classes) {
		return fmt.Errorf("%w: classes %.200q, the model was fitted on %.200q; read the rows with these, by CSV.Classes", data.ErrLabel, d.Classes, f.classes)
	}
	return nil
}

// predict returns P for the rows of d, which is prepared: one row for each example.
func (f *fitted) predict(ctx context.Context, d *data.Dataset) ([][]float64, error) {
	p := f.predictPrograms.get()
	defer f.predictPrograms.put(p)
	proba := make([][]float64, 0, d.Rows())
	err := f.forEachChunk(ctx, d, func(rows []int) (err error) {
		proba, err = f.predictRows(p, d, rows, proba)
		return err
	})
	return proba, err
}

// evaluate scores d, which is prepared and has targets.
func (f *fitted) evaluate(ctx context.Context, d *data.Dataset) (*Scores, error) {
	p := f.scorePrograms.get()
	defer f.scorePrograms.put(p)
	proba, losses := make([][]float64, 0, d.Rows()), make([]float64, 0, d.Rows())
	err := f.forEachChunk(ctx, d, func(rows []int) (err error) {
		proba, losses, err = f.scoreRows(p, d, rows, proba, losses)
		return err
	})
	if err != nil {
		return nil, err
	}
	mean := 0.0
	for i, l := range losses {
		if math.IsNaN(l) || math.IsInf(l, 0) {
			return nil, fmt.Errorf("%s has a loss of %g: %w", d.Place(i), l, data.ErrNotFinite)
		}
		mean += l / float64(len(losses))
	}
	s := newScores(f.net.target, proba, d.Y, len(f.classes), mean)
	s.Classes = slices.Clone(f.classes)
	return s, nil
}

// scoreRows runs a program of scorePrograms on rows of d. It appends P, as rows, and L.
func (f *fitted) scoreRows(p *graph.Program, d *data.Dataset, rows []int, proba [][]float64, losses []float64) ([][]float64, []float64, error) {
	write := func(y *tensor.Dense) error { return gatherY(y, d, rows, f.net.target) }
	if err := p.FeedBy(f.net.Y, len(rows), write); err != nil {
		return nil, nil, err
	}
	proba, err := f.predictRows(p, d, rows, proba)
	if err != nil {
		return nil, nil, err
	}
	l, err := p.Value(f.net.L)
	if err != nil {
		return nil, nil, err
	}
	return proba, append(losses, graph.Values[float64](l)...), nil
}

// forEachChunk calls do for the rows of d, a chunk at a time, until it fails or ctx is
// done.
func (f *fitted) forEachChunk(ctx context.Context, d *data.Dataset, do func(rows []int) error) error {
	rows := make([]int, min(chunkRows, d.Rows()))
	for from := 0; from < d.Rows(); from += chunkRows {
		if ctx.Err() != nil {
			return cancelled(ctx)
		}
		rows = rows[:min(chunkRows, d.Rows()-from)]
		for i := range rows {
			rows[i] = from + i
		}
		if err := do(rows); err != nil {
			return err
		}
	}
	return nil
}

// run runs a program on rows of d and appends the columns of P as rows.
func (f *fitted) predictRows(p *graph.Program, d *data.Dataset, rows []int, proba [][]float64) ([][]float64, error) {
	write := func(x *tensor.Dense) error { return gatherX(x, d, rows) }
	if err := p.FeedBy(f.net.X, len(rows), write); err != nil {
		return nil, err
	}
	if err := p.Run(); err != nil {
		return nil, err
	}
	value, err := p.Value(f.net.P)
	if err != nil {
		return nil, err
	}
	columns := graph.Values[float64](value)
	k, n := value.Shape()[0], len(rows)
	all := make([]float64, k*n)
	for j := range n {
		row := all[j*k : (j+1)*k : (j+1)*k]
		for i := range row {
			row[i] = columns[i*n+j]
			if math.IsNaN(row[i]) || math.IsInf(row[i], 0) {
				return nil, fmt.Errorf("%s makes the network give %g: %w", d.Place(rows[j]), row[i], data.ErrNotFinite)
			}
			if f.net.target == number {
				continue
			}
			if !(-probabilityTolerance <= row[i] && row[i] <= 1+probabilityTolerance) {
				return nil, fmt.Errorf("%w: %s makes the network give %g for a probability; end with sigmoid or softmax, or give the Loss a Proba",
					ErrOutputs, d.Place(rows[j]), row[i])
			}
			row[i] = min(max(row[i], 0), 1)
		}
		proba = append(proba, row)
	}
	return proba, nil
}

// labels turns probabilities into class positions; numbers stay as they are.
func labels(t target, proba [][]float64) []float64 {
	y := make([]float64, len(proba))
	for i, p := range proba {
		switch t {
		case number:
			y[i] = p[0]
		case binary:
			if p[0] >= 0.5 {
				y[i] = 1
			}
		case perClass:
			for k := range p {
				if p[k] > p[int(y[i])] {
					y[i] = float64(k)
				}
			}
		}
	}
	return y
}
