package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/prepare"

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
// The last layer has one output for two classes, or one for each class, or one for
// the number of a regression. If a data set has several targets in the place of its label,
// in a data set "y" beside it, the last layer has an output for each: these are numbers, or
// labels, any number of which may apply to a row, if the last layer is a sigmoid or the Loss
// is a log-loss. Predict, Evaluate and the like may be called from any number of goroutines,
// also while Fit runs.
type Deep struct {
	Layers []Layer
	Loss   Loss // the zero value is the one that fits the last layer

	// Penalty is the penalty on the weights, with factor Lambda. If the rule is one
	// of package optim, L1 acts by proximal steps, as optim.Optimizer.Shrink says,
	// and sets weights to exactly 0. It sets most of them if batches are large, or
	// all rows: in small batches the noise of the gradients outweighs λ/(2N). With
	// another rule it acts by its derivative ±λ/(2N), and weights only come near 0.
	Penalty Penalty
	Lambda  float64

	// Standardize scales features by the mean and the standard deviation of the
	// training rows. It scales the targets of a regression too, if the last layer is
	// linear and the Loss is SquaredError, AbsoluteError or HuberLoss. The losses in
	// the History, Scores.Loss and the cost are then those of scaled targets, and the
	// δ of HuberLoss is in standard deviations of the targets. Predictions, MSE, MAE
	// and R2 are in the units of the data.
	Standardize   bool
	NoScaleTarget bool // leave the targets as they are

	Prepare *prepare.Columns // how columns of text and gaps are prepared, before Standardize; nil is a table of numbers
	Float32 bool             // compute in float32
	Seed    uint64           // of weights, batches and dropout

	published
}

// Fit trains the network from new weights on the rows of d, which must not change
// meanwhile. The model changes when the training has ended:
//
//   - If it came to its end, or a Callback stopped it, the model gets its last
//     weights.
//   - If ctx is done, training ends within a batch, and the error wraps that of
//     context.Cause. The model gets the weights so far. But a model that was fitted
//     before stays unchanged if no step was taken.
//   - If it diverged, the error is a *DivergedError. A model that was not fitted
//     before gets the last weights that were finite; otherwise it stays unchanged.
//   - On any other error the model stays unchanged.
//
// The History is not nil once training has begun. Errors wrap an error of this
// package or of packages data, graph or optim.
func (m *Deep) Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	t, err := m.prepare(ctx, d, o, nil)
	if err != nil {
		return nil, err
	}
	return t.history, m.publish(t, t.run(ctx))
}

// prepare checks everything and builds the network. The options of a Logistic are nil
// for a Deep.
func (m *Deep) prepare(ctx context.Context, d *data.Dataset, o FitOptions, logistic *logisticOptions) (*Training, error) {
	return ready(ctx, d, o, m.dtype(), m.Prepare, func(d *data.Dataset, o FitOptions) (*fitted, error) {
		if err := m.Penalty.check(m.Lambda); err != nil {
			return nil, err
		}
		aim := targetsOf(d)
		if aim == nil {
			return nil, fmt.Errorf("%w: no targets to train on: %s was read or made without labels", data.ErrLabel, cmp.Or(d.Source, "the data set"))
		}
		var scaler *data.Scaler
		var targets *scaling
		var err error
		if m.Standardize {
			if scaler, err = data.FitScaler(d); err != nil {
				return nil, err
			}
		}
		if m.Standardize && !m.NoScaleTarget && d.Classes == nil {
			if targets, err = scalingOf(aim); err != nil {
				return nil, err
			}
		}
		search := logistic != nil && logistic.solver == LBFGS
		net, err := spec{
			layers: slices.Clone(m.Layers), loss: m.Loss,
			penalty: m.Penalty, lambda: m.Lambda, acts: m.Penalty.mode(o.Rule, search),
			rowKind: rowKind{len(d.Features), levelsOf(d), d.Sparse != nil}, classes: len(d.Classes), several: namesOfSeveral(d), rows: d.Rows(), targets: targets,
			dtype: m.dtype(), seed: m.Seed, logistic: logistic,
		}.build(false)
		if err != nil {
			return nil, err
		}
		if err := net.trainable(d); err != nil {
			return nil, err
		}
		return net.fitted(scaler, d)
	})
}

func (m *Deep) dtype() tensor.Dtype {
	if m.Float32 {
		return tensor.Float32
	}
	return tensor.Float64
}
