package models

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// A fitted is a formula that can predict. Any number of goroutines may use it, because
// its parameters do not change. Only a Training changes those of its scorer, until it
// ends.
type fitted struct {
	formula *Formula     // in a graph of its own
	network *network     // what Deep and Logistic made it of; nil for any other formula
	scaler  *data.Scaler // nil if features are taken as they are

	preparer *prepare.Preparer // of raw rows, before the scaler; nil if they are numbers

	metrics []Metric

	// What feeds the formula, and the names of what feeds all inputs; nil before it was
	// fitted, if Roles do not say it.
	inputs, targets []source
	features        []string

	// The predictions and the losses as they are computed; the last loss is that of all.
	predictionNodes, lossNodes []*graph.Node

	notes           atomic.Pointer[string] // nil for none
	predictPrograms programPool            // of the predictions
	scorePrograms   programPool            // of these and of the losses
}

// probabilityTolerance is how far beyond 0 and 1 a probability may be, in float32.
const probabilityTolerance = 1e-6

// chunkRows is how many examples are predicted at once.
const chunkRows = 1024

// newFitted returns a formula that can predict. Its sources are what feeds its inputs and
// targets, from data sets like d, or none and nil before it is fitted.
func newFitted(own *Formula, sources []source, d *data.Dataset) (*fitted, error) {
	f := &fitted{formula: own}
	if sources != nil {
		f.inputs, f.targets = sources[:len(own.Inputs)], sources[len(own.Inputs):]
		f.features = featuresOf(f.inputs)
		var err error
		if own.Outputs, err = inferred(own.Outputs, f.targets, d); err != nil {
			return nil, err
		}
	}
	f.choosePrograms()
	return f, nil
}

// of returns f for a copy of its formula, whose programs have yet to be chosen.
func (f *fitted) of(own *Formula) *fitted {
	c := &fitted{formula: own, network: f.network, preparer: f.preparer, scaler: f.scaler, metrics: f.metrics, features: f.features}
	leaves := slices.Concat(own.Inputs, own.Targets)
	for i, s := range slices.Concat(f.inputs, f.targets) {
		if s.leaf = leaves[i]; i < len(f.inputs) {
			c.inputs = append(c.inputs, s)
		} else {
			c.targets = append(c.targets, s)
		}
	}
	return c
}

// choosePrograms says what the programs compute.
func (f *fitted) choosePrograms() {
	r := &f.formula.Roles
	var predictions, losses []*graph.Node
	for _, o := range r.Outputs {
		predictions = append(predictions, o.P)
		if o.Loss != nil {
			losses = append(losses, o.Loss)
		}
	}
	if l := r.lossOrCost(); l != nil {
		losses = append(losses, l)
	}
	all := graph.InPrediction(slices.Concat(predictions, losses)...)
	f.predictionNodes, f.lossNodes = all[:len(predictions)], all[len(predictions):]
	f.predictPrograms.outputs, f.scorePrograms.outputs = f.predictionNodes, all
}

// lossOrCost is what Evaluate takes the mean of.
func (r *Roles) lossOrCost() *graph.Node {
	if r.Loss == nil {
		return r.Cost
	}
	return r.Loss
}

// prepared checks the features of d, and returns d with the features as the formula
// takes them: prepared and standardised, if there is a preparer and a scaler. If it is
// another data set than d, it has to be closed.
func (f *fitted) prepared(d *data.Dataset) (*data.Dataset, error) {
	if d == nil {
		return nil, fmt.Errorf("%w: nil data set", data.ErrEmpty)
	}
	raw, err := f.fromRaw(d)
	if err != nil {
		return nil, err
	}
	s, err := f.readable(raw)
	return s, closeMade(err, raw != d && raw != s, raw)
}

// readable checks the features of d, which comes from the preparer if there is one, and standardises them.
func (f *fitted) readable(d *data.Dataset) (*data.Dataset, error) {
	if f.scaler != nil {
		if err := data.CheckFeatures(f.scaler.Features, d.Features); err != nil {
			return nil, err
		}
	}
	if _, err := readersOf(f.inputs, d); err != nil {
		return nil, err
	}
	if err := check(d, f.dtype()); err != nil {
		return nil, err
	}
	return f.standardized(d)
}

// standardized returns d, which is checked, with the features as the formula takes them.
func (f *fitted) standardized(d *data.Dataset) (*data.Dataset, error) {
	if f.scaler == nil {
		return d, nil
	}
	s, err := f.scaler.Transform(d)
	if err != nil {
		return nil, err
	}
	if err := check(s, f.dtype()); err != nil {
		return nil, closeMade(err, true, s)
	}
	return s, nil
}

// preparedToScore is prepared for rows that have targets.
func (f *fitted) preparedToScore(d *data.Dataset) (*data.Dataset, error) {
	prepared, err := f.prepared(d)
	if err != nil {
		return nil, err
	}
	return prepared, f.checkTargets(d)
}

// dtype is the float type of the formula.
func (f *fitted) dtype() tensor.Dtype { return f.formula.Outputs[0].P.Graph().Dtype() }

// check is Dataset.Check for the float type.
func check(d *data.Dataset, dtype tensor.Dtype) error {
	if dtype == tensor.Float32 {
		return d.Check32()
	}
	return d.Check()
}

// A binding is a formula and the data set that feeds it.
type binding struct {
	*fitted
	outputs         []Output
	inputs, targets []reader
	d               *data.Dataset
}

// bind finds in d, which is prepared, what feeds the inputs, and the targets if they are
// wanted.
func (f *fitted) bind(d *data.Dataset, wantTargets bool) (b *binding, err error) {
	b = &binding{fitted: f, outputs: f.formula.Outputs, d: d}
	inputs, targets := f.inputs, f.targets
	if inputs == nil {
		r := Roles{Inputs: f.formula.Inputs, Columns: f.formula.Columns}
		if wantTargets {
			r.Targets = f.formula.Targets
		}
		sources, err := sourcesOf(&r, d)
		if err != nil {
			return nil, err
		}
		inputs, targets = sources[:len(r.Inputs)], sources[len(r.Inputs):]
		if b.outputs, err = inferred(b.outputs, targets, d); err != nil {
			return nil, err
		}
	}
	if b.inputs, err = readersOf(inputs, d); err != nil || !wantTargets {
		return b, err
	}
	b.targets, err = readersOf(targets, d)
	return b, err
}

// checkTargets returns an error unless d has targets, and the classes that the model was
// fitted on.
func (f *fitted) checkTargets(d *data.Dataset) error {
	if f.network != nil && targetsOf(d) == nil {
		return fmt.Errorf("%w: no targets", data.ErrLabel)
	}
	for i := range f.targets {
		t := &f.targets[i]
		if !t.label {
			continue
		}
		if d.Y == nil {
			return fmt.Errorf("%w: no targets", data.ErrLabel)
		}
		for _, o := range f.formula.Outputs {
			if o.Target == t.leaf && o.Kind.named() && !slices.Equal(o.Classes, d.Classes) {
				return fmt.Errorf("%w: classes %.200q, the model was fitted on %.200q; read the rows with these, by CSV.Classes", data.ErrLabel, d.Classes, o.Classes)
			}
		}
	}
	return nil
}

// predict returns the predictions for the rows of d, which is prepared, by output.
func (f *fitted) predict(ctx context.Context, d *data.Dataset) (*binding, [][][]float64, error) {
	b, err := f.bind(d, false)
	if err != nil {
		return nil, nil, err
	}
	p, err := f.predictPrograms.get()
	if err != nil {
		return nil, nil, err
	}
	defer f.predictPrograms.put(p)
	values := make([][][]float64, len(b.outputs))
	err = forEachChunk(ctx, 0, d.Rows(), func(rows []int) error { return b.predictRows(p, rows, values) })
	return b, values, err
}

// forEachChunk calls do for the rows from, from+1, …, to-1, a chunk at a time, until it fails or
// ctx is done.
func forEachChunk(ctx context.Context, from, to int, do func(rows []int) error) error {
	rows := make([]int, min(chunkRows, to-from))
	for ; from < to; from += chunkRows {
		if ctx.Err() != nil {
			return cancelled(ctx)
		}
		rows = rows[:min(chunkRows, to-from)]
		for i := range rows {
			rows[i] = from + i
		}
		if err := do(rows); err != nil {
			return err
		}
	}
	return nil
}

// predictRows runs a program on rows, and appends the predictions to those of each output.
func (b *binding) predictRows(p *graph.Program, rows []int, values [][][]float64) error {
	if err := feed(p, b.inputs, rows); err != nil {
		return err
	}
	if err := p.Run(); err != nil {
		return err
	}
	for i, o := range b.outputs {
		v, err := p.Value(b.predictionNodes[i])
		if err != nil {
			return err
		}
		if values[i], err = b.appendRows(values[i], o.Kind, graph.Values[float64](v), rows); err != nil {
			return err
		}
	}
	return nil
}

// appendRows appends columns, a prediction for each of rows, as rows.
func (b *binding) appendRows(list [][]float64, kind Kind, columns []float64, rows []int) ([][]float64, error) {
	n := len(rows)
	k := len(columns) / n
	all := make([]float64, k*n)
	for j := range n {
		row := all[j*k : (j+1)*k : (j+1)*k]
		for i := range row {
			row[i] = columns[i*n+j]
			if math.IsNaN(row[i]) || math.IsInf(row[i], 0) {
				return nil, fmt.Errorf("%s makes the network give %g: %w", b.d.Place(rows[j]), row[i], data.ErrNotFinite)
			}
			if !kind.named() {
				continue
			}
			if !(-probabilityTolerance <= row[i] && row[i] <= 1+probabilityTolerance) {
				return nil, fmt.Errorf("%w: %s makes the network give %g for a probability; end with sigmoid or softmax, or give the Loss a Proba",
					ErrOutputs, b.d.Place(rows[j]), row[i])
			}
			row[i] = min(max(row[i], 0), 1)
		}
		list = append(list, row)
	}
	return list, nil
}

// errNoLoss is the error of a formula that only predicts.
var errNoLoss = errors.New("the formula has neither a Loss nor a Cost")
