package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"adjoint/compute"
	"adjoint/data"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Training is a training in progress, as a Callback sees it. The model that is being
// fitted does not change until it has ended.
type Training struct {
	net     *network
	opt     *optim.Optimizer
	options FitOptions
	train   *data.Dataset
	weights []float64 // of the rows; nil if all are 1
	batches *data.Batches
	inputs  []batchInput
	rows    []int         // of the batch that was fed last
	inPlace *tensor.Dense // the features of all rows, as a transposed view, if they are lent
	scorer  *fitted       // shares the parameters of net
	seed    uint64

	history    *History
	epoch      int             // epochs completed
	lastFinite []*tensor.Dense // finite weights to restore after a divergence, of the last epoch
	ended      bool
	kept       map[int][]*tensor.Dense // weights by epoch, of a training that is resumed
	digest     string                  // of the rows, once it was asked for
}

// newTraining prepares a network for its first epoch. If scaler is not nil it is applied
// to d and to the validation rows.
func newTraining(net *network, scaler *data.Scaler, d *data.Dataset, o FitOptions) (t *Training, err error) {
	t = &Training{
		net: net, options: o, weights: o.weights(d), seed: net.spec.seed,
		history: &History{Rows: d.Rows()}, lastFinite: weightsOf(net.Params),
	}
	if t.weights != nil && slices.Max(t.weights) == 0 {
		return nil, fmt.Errorf("%w: SampleWeights and ClassWeights make the weight of every training row 0", ErrWeights)
	}
	t.warn(numericClassesWarning(d.Classes))
	if t.scorer, err = newFitted(net, scaler, d); err != nil {
		return nil, err
	}
	if t.train, err = t.scorer.prepared(d); err != nil {
		return nil, err
	}
	if o.Validation != nil {
		if t.options.Validation, err = t.scorer.prepared(o.Validation); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		if err := t.scorer.checkTargets(o.Validation); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		t.warn(missingClassesWarning(d, o.Validation))
	}
	size := o.Batch
	if o.FullBatch {
		size = d.Rows()
	}
	if t.batches, err = t.train.Batches(size, t.seed); err != nil {
		return nil, err
	}
	if t.opt, err = optim.Minimize(net.cost, o.Rule, net.Params...); err != nil {
		return nil, err
	}
	if net.shrinks != nil {
		if err := t.opt.Shrink(net.spec.lambda/(2*float64(net.spec.rows)), net.shrinks...); err != nil {
			return nil, err
		}
	}
	t.opt.Schedule, t.opt.Clip = o.Schedule, o.Clip
	t.inputs = t.batchInputs()
	return t, t.resume(o.Resume)
}

// History returns the history so far.
func (t *Training) History() *History { return t.history }

// Weights returns copies of the parameters, in the order of [Formula].Params.
func (t *Training) Weights() []*tensor.Dense { return weightsOf(t.net.Params) }

// SetWeights sets the parameters to copies of w. The error wraps ErrWeights if they do
// not fit, hold NaN or infinity, or the training has ended; then nothing has changed.
func (t *Training) SetWeights(w []*tensor.Dense) error {
	if t.ended {
		return fmt.Errorf("%w: the training is over", ErrWeights)
	}
	return setWeights(t.net.Params, w)
}

// run trains, and calls the Callbacks and the Progress.
func (t *Training) run(ctx context.Context) error {
	err := t.begin()
	if err != nil && !errors.Is(err, ErrStop) {
		return err
	}
	t.options.Progress.Begin(t.options.Epochs, t.batches.Len())
	if err == nil {
		err = t.epochs(ctx)
	}
	if errors.Is(err, ErrStop) {
		t.history.Stopped, err = err.Error(), nil
	}
	for _, c := range t.options.Callbacks {
		if failure := c.End(t); failure != nil {
			err = errors.Join(err, failure)
		}
	}
	if err == nil {
		t.warn(t.baselineWarning())
	}
	t.ended = true
	t.options.Progress.End(t.history, err)
	return err
}

// begin calls Begin of the Callbacks. It returns ErrStop for a training that is resumed
// after an epoch at which it stops.
func (t *Training) begin() (stop error) {
	for _, c := range t.options.Callbacks {
		err := c.Begin(t)
		if err != nil && !errors.Is(err, ErrStop) {
			return err
		}
		stop = cmp.Or(stop, err)
	}
	return stop
}

// epochs trains for the epochs that are left.
func (t *Training) epochs(ctx context.Context) error {
	for t.epoch < t.options.Epochs {
		start := time.Now()
		e := Epoch{Number: t.epoch + 1}
		if err := t.trainEpoch(ctx, &e); err != nil {
			if !allFinite(t.net.Params) {
				copyWeights(t.net.Params, t.lastFinite)
			}
			return err
		}
		if err := t.score(ctx, &e); err != nil {
			return err
		}
		for i, p := range t.net.Params {
			compute.Copy(t.lastFinite[i], p.Value())
		}
		e.Duration = time.Since(start)
		if err := t.complete(e); err != nil {
			return err
		}
	}
	return nil
}

// trainEpoch moves the parameters once for each batch of an epoch.
func (t *Training) trainEpoch(ctx context.Context, e *Epoch) error {
	order := t.batches.Epoch(t.epoch)
	if t.options.NoShuffle || t.batches.Len() == 1 {
		order = t.batches.InOrder()
	}
	loss := 0.0
	for i, rows := range order {
		if ctx.Err() != nil {
			return cancelled(ctx)
		}
		if err := t.feed(rows); err != nil {
			return err
		}
		e.Rate = t.opt.Rate()
		var err error
		if loss, err = t.opt.StepLoss(); errors.Is(err, ErrDiverged) {
			return &DivergedError{Epoch: e.Number, Step: t.history.Steps + 1, Loss: loss, Rate: e.Rate}
		} else if err != nil {
			return err
		}
		t.history.Steps++
		e.Loss += float64(len(rows)) / float64(t.train.Rows()) * loss
		t.options.Progress.Step(i, loss)
	}
	if !allFinite(t.net.Params) {
		return &DivergedError{Epoch: e.Number, Step: t.history.Steps, Loss: loss, Rate: e.Rate}
	}
	return nil
}

// score fills in the scores of an epoch. Weights that are finite but make the
// network give NaN or infinity have diverged too.
func (t *Training) score(ctx context.Context, e *Epoch) (err error) {
	if t.options.TrainScores {
		e.Train, err = t.scorer.evaluate(ctx, t.train)
	}
	if t.options.Validation != nil && err == nil {
		e.Validation, err = t.scorer.evaluate(ctx, t.options.Validation)
	}
	if errors.Is(err, data.ErrNotFinite) {
		copyWeights(t.net.Params, t.lastFinite)
		return fmt.Errorf("%w: %w", &DivergedError{Epoch: e.Number, Step: t.history.Steps, Loss: e.Loss, Rate: e.Rate}, err)
	}
	return err
}

// complete records an epoch, and calls the Progress and the Callbacks.
func (t *Training) complete(e Epoch) error {
	t.epoch++
	t.history.Epochs = append(t.history.Epochs, e)
	t.options.Progress.Epoch(e)
	for _, c := range t.options.Callbacks {
		if err := c.EpochEnd(t, e); err != nil {
			return err
		}
	}
	return nil
}

// cancelled returns the error of a training or a prediction that ctx has ended.
func cancelled(ctx context.Context) error {
	return fmt.Errorf("%w: %w", errCancelled, context.Cause(ctx))
}
