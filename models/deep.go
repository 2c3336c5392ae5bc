package models

import (
	"context"
	"fmt"

	"adjoint/data"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Deep is a network of layers (section 3). Set its fields, then Fit it:
//
//	m := &models.Deep{Layers: []models.Layer{
//		models.Dense{Units: 32, Activation: models.ReLU},
//		models.Dense{Units: 1, Activation: models.Sigmoid},
//	}}
//	history, err := m.Fit(ctx, train, models.FitOptions{Epochs: 150})
//
// The last layer has one output for two classes, one for each class, or one for
// the number of a regression. Predict, Evaluate and the like may be called from
// any number of goroutines, also while Fit runs.
type Deep struct {
	Layers  []Layer
	Loss    Loss    // the zero value is the one that fits the last layer
	Penalty Penalty // on the weights, with Lambda
	Lambda  float64

	Standardize bool // scale features by the mean and deviation of the training rows
	Float32     bool // compute in float32
	Seed        uint64

	classification bool // numbers are no targets

	published
}

// Fit trains the network from new weights on the rows of d. The model changes
// when training ends: at its end, or earlier because a Callback, ctx or
// ErrDiverged says so, with the weights there were then. A cancelled ctx ends it
// within a batch, and the error is context.Cause. On any other error the model
// stays as it was.
//
// The History is not nil once training has begun.
func (m *Deep) Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	t, err := m.prepare(d, o)
	if err != nil {
		return nil, err
	}
	return t.history, m.publish(t, t.run(ctx))
}

// prepare checks everything and builds the network.
func (m *Deep) prepare(d *data.Dataset, o FitOptions) (*Training, error) {
	if err := checkTraining(d, m.dtype(), m.classification); err != nil {
		return nil, err
	}
	o, err := o.withDefaults(d)
	if err != nil {
		return nil, err
	}
	if err := checkPenalty(m.Penalty, m.Lambda); err != nil {
		return nil, err
	}
	if o, d, err = o.split(d); err != nil {
		return nil, err
	}
	var scaler *data.Scaler
	if m.Standardize {
		if scaler, err = data.FitScaler(d); err != nil {
			return nil, err
		}
	}
	weights := o.weights(d)
	net, err := spec{
		layers: m.Layers, loss: m.Loss, penalty: m.Penalty, lambda: m.Lambda,
		features: len(d.Features), rows: d.Rows(), weighted: weights != nil, dtype: m.dtype(), seed: m.Seed,
		outputs: func(units int) (target, error) { return targetOf(d, units) },
	}.build()
	if err != nil {
		return nil, err
	}
	return newTraining(net, scaler, d, o, weights, m.Seed)
}

func (m *Deep) dtype() tensor.Dtype {
	if m.Float32 {
		return tensor.Float32
	}
	return tensor.Float64
}

// split parts off the validation rows, with the weights that go with the rows.
func (o FitOptions) split(d *data.Dataset) (FitOptions, *data.Dataset, error) {
	if o.ValidationSplit == 0 {
		return o, d, nil
	}
	train, validation, err := d.SplitLast(o.ValidationSplit)
	if err != nil {
		return o, nil, err
	}
	o.Validation = validation
	if o.SampleWeights != nil {
		o.SampleWeights = o.SampleWeights[:train.Rows()]
	}
	return o, train, nil
}

func checkTraining(d *data.Dataset, dtype tensor.Dtype, classification bool) error {
	if d == nil || d.Rows() == 0 {
		return fmt.Errorf("%w: nothing to train on", data.ErrEmpty)
	}
	if d.Y == nil {
		return fmt.Errorf("%w: no targets to train on", data.ErrLabel)
	}
	if err := check(d, dtype); err != nil {
		return err
	}
	if d.Classes != nil || classification {
		return d.CheckClasses()
	}
	return nil
}

// newTraining readies a network for its first epoch. d and the validation rows
// are taken as they are if scaler is nil.
func newTraining(net *network, scaler *data.Scaler, d *data.Dataset, o FitOptions, weights []float64, seed uint64) (*Training, error) {
	t := &Training{net: net, options: o, weights: weights, seed: seed, feeds: feeds{}, history: &History{Rows: d.Rows()}}
	var err error
	if t.scorer, err = newFitted(net, scaler, d); err != nil {
		return nil, err
	}
	if t.train, err = t.scorer.prepared(d); err != nil {
		return nil, err
	}
	if o.Validation != nil {
		if err := t.scorer.matches(o.Validation); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		if t.options.Validation, err = t.scorer.prepared(o.Validation); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
	}
	size := o.Batch
	if o.FullBatch {
		size = d.Rows()
	}
	if t.batches, err = t.train.Batches(size, seed); err != nil {
		return nil, err
	}
	if t.opt, err = optim.Minimize(net.cost, o.Rule, net.Params...); err != nil {
		return nil, err
	}
	t.opt.Schedule, t.opt.Clip = o.Schedule, o.Clip
	return t, nil
}
