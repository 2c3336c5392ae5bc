package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Training is a training in progress, as a Callback sees it. The model that is being
// fitted does not change until it has ended.
type Training struct {
	scorer  *fitted // the formula that is trained, in a graph of its own
	opt     *optim.Optimizer
	options FitOptions
	train   *data.Dataset
	batches *data.Batches
	feeding feeding
	batch   []int       // that is cut into parts
	rest    *graph.Node // of the cost, that does not depend on the batch; nil for none

	history  *History
	epoch    int           // epochs completed
	moving   []*graph.Node // the parameters, then the states
	finite   values        // of moving, to restore after a divergence: those of the last epoch
	averages averages
	ended    bool
	kept     map[int]values  // of moving by epoch, of a training that is resumed
	digest   string          // of the rows, once it was asked for
	made     []*data.Dataset // for this training, and closed with it
}

// History returns the history so far.
func (t *Training) History() *History { return t.history }

// Rate returns the learning rate of the next step.
func (t *Training) Rate() float64 { return t.opt.Rate() }

// ScaleRate multiplies the rate of all steps that follow, besides what the Schedule says. It
// is kept in snapshots. The error wraps ErrOption if by is not a positive number.
func (t *Training) ScaleRate(by float64) error {
	if factor := cmp.Or(t.opt.Factor, 1) * by; factor > 0 && factor <= 1e300 {
		t.opt.Factor = factor
		return nil
	}
	return fmt.Errorf("%w: a rate scaled by %g", ErrOption, by)
}

// Weights returns copies of what the training moves: the parameters, in the order of
// [Roles].Params, then the states.
func (t *Training) Weights() []*tensor.Dense { return valuesOf(t.moving) }

// SetWeights sets what the training moves to copies of w. The error wraps ErrWeights if they
// do not fit, hold NaN or infinity, or the training has ended; then nothing has changed.
func (t *Training) SetWeights(w []*tensor.Dense) error {
	if t.ended {
		return fmt.Errorf("%w: the training is over", ErrWeights)
	}
	return setWeights(t.moving, w)
}

// run trains, and calls the Callbacks and the Progress.
func (t *Training) run(ctx context.Context) error {
	err := t.agree(t.begin())
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
	if failure := t.end(); failure != nil {
		err = errors.Join(err, failure)
	}
	if err == nil {
		t.warn(t.baselineWarning())
	}
	t.ended = true
	t.options.Progress.End(t.history, err)
	return err
}

// closeMade closes rows that were made for a training, if they are a file, and returns err, or else why that failed.
func closeMade(err error, made bool, d *data.Dataset) error {
	if !made {
		return err
	}
	return cmp.Or(err, d.Close())
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

// end calls End of the Callbacks, and returns their errors.
func (t *Training) end() error {
	var failures []error
	for _, c := range t.options.Callbacks {
		failures = append(failures, c.End(t))
	}
	return t.agree(errors.Join(failures...))
}

// epochs trains for the epochs that are left.
func (t *Training) epochs(ctx context.Context) error {
	for t.epoch < t.options.Epochs {
		start := time.Now()
		e := Epoch{Number: t.epoch + 1}
		t.averages.leave(t.scorer.formula.Params)
		err := t.trainEpoch(ctx, &e)
		if err != nil && !allFinite(t.moving) {
			t.finite.restore(t.moving)
			return err
		}
		t.averages.enter(t.scorer.formula.Params)
		if err == nil {
			err = t.score(ctx, &e)
		}
		if err != nil {
			return err
		}
		t.finite.take(t.moving)
		e.Duration = time.Since(start)
		if err := t.agree(t.complete(e)); err != nil {
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
	if a := t.feeding.augmented; a != nil {
		order = a.ahead(order, uint64(t.history.Steps))
	}
	loss := 0.0
	for i, rows := range order {
		if ctx.Err() != nil && !t.inParts() {
			return cancelled(ctx)
		}
		e.Rate = t.opt.Rate()
		var err error
		if loss, err = t.step(ctx, rows); err != nil {
			return divergedIn(e, err)
		}
		t.history.Steps++
		t.averages.add(t.scorer.formula.Params)
		e.Loss += float64(len(rows)) / float64(t.train.Rows()) * loss
		t.options.Progress.Step(i, loss)
	}
	if !allFinite(t.moving) {
		return &DivergedError{Epoch: e.Number, Step: t.history.Steps, Loss: loss, Rate: e.Rate}
	}
	return nil
}

// divergedIn returns the error of a step, which says the epoch if the step diverged.
func divergedIn(e *Epoch, err error) error {
	var diverged *DivergedError
	if !errors.As(err, &diverged) {
		return err
	}
	diverged.Epoch = e.Number
	return diverged
}

// score fills in the scores of an epoch. Weights that are finite but make the
// network give NaN or infinity have diverged too.
func (t *Training) score(ctx context.Context, e *Epoch) (err error) {
	by := sharing{t.options.Parts, t.options.Group}
	if t.options.TrainScores {
		e.Train, err = t.scorer.evaluate(ctx, t.train, by)
	}
	if t.options.Validation != nil && err == nil {
		e.Validation, err = t.scorer.evaluate(ctx, t.options.Validation, by)
	}
	if errors.Is(err, data.ErrNotFinite) {
		t.finite.restore(t.moving)
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
