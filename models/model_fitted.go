package models

import (
	"errors"
	"fmt"
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

// keep takes a scaler that was there before, for the features that there are now.
func (f *fitted) keep(s *data.Scaler) error {
	if s == nil {
		return nil
	}
	if err := data.CheckFeatures(s.Features, f.features); err != nil {
		return err
	}
	f.scaler = &data.Scaler{Features: f.features, Mean: s.Mean, Scale: s.Scale}
	return nil
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

// errNoLoss is the error of a formula that only predicts.
var errNoLoss = errors.New("the formula has neither a Loss nor a Cost")
