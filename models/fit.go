package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"
	"adjoint/prepare"

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

// ready checks what is common to all models, and prepares the training of the formula
// that build makes for the training rows, prepared as columns says.
func ready(ctx context.Context, d *data.Dataset, o FitOptions, dtype tensor.Dtype, columns *prepare.Columns, build func(*data.Dataset, FitOptions) (*fitted, error)) (*Training, error) {
	t, err := readyAlone(ctx, d, o, dtype, columns, build)
	if err := together(o.Group, err); err != nil {
		return nil, err
	}
	return t, t.alike()
}

// readyAlone is ready without a word to the other processes of a group.
func readyAlone(ctx context.Context, d *data.Dataset, o FitOptions, dtype tensor.Dtype, columns *prepare.Columns, build func(*data.Dataset, FitOptions) (*fitted, error)) (*Training, error) {
	switch {
	case ctx == nil:
		return nil, fmt.Errorf("%w: nil context", ErrOption)
	case d == nil:
		return nil, fmt.Errorf("%w: nil data set", data.ErrEmpty)
	}
	if err := d.CheckNames(); err != nil {
		return nil, err
	}
	if err := checkRows(d, columns, dtype); err != nil {
		return nil, err
	}
	o, err := o.withDefaults(d)
	if err != nil {
		return nil, err
	}
	if o, d, err = o.split(d); err != nil {
		return nil, err
	}
	if d.Classes != nil {
		if err := d.CheckClasses(); err != nil {
			return nil, err
		}
	}
	p, d, err := preparedBy(columns, d, dtype)
	if err != nil {
		return nil, err
	}
	f, err := build(d, o)
	if err != nil {
		return nil, closeMade(err, p != nil, d)
	}
	f.takes(p)
	t, err := newTraining(f, d, o)
	if err != nil {
		return nil, closeMade(err, p != nil, d)
	}
	if p != nil && t.train == d {
		t.made = append(t.made, d)
	}
	return t, closeMade(nil, p != nil && t.train != d, d)
}

// newTraining prepares a formula for its first epoch on the rows of d, which are checked, and
// which it was built for.
func newTraining(f *fitted, d *data.Dataset, o FitOptions) (t *Training, err error) {
	if f.formula.Cost == nil {
		return nil, fmt.Errorf("%w: %w", ErrRoles, errNoLoss)
	}
	f.metrics = o.Metrics
	t = &Training{
		scorer: f, options: o, history: &History{Rows: d.Rows()},
		moving: slices.Concat(f.formula.Params, f.formula.States),
	}
	t.finite = valuesOf(t.moving)
	t.warn(numericClassesWarning(d.Classes))
	if t.train, err = f.standardized(d); err != nil {
		return nil, err
	}
	if t.train != d {
		t.made = append(t.made, t.train)
	}
	if o.Validation != nil {
		if t.options.Validation, err = f.preparedToScore(o.Validation); err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		if t.options.Validation != o.Validation {
			t.made = append(t.made, t.options.Validation)
		}
		t.warn(missingClassesWarning(d, o.Validation))
	}
	size := o.Batch
	if o.FullBatch {
		size = d.Rows()
	}
	if t.batches, err = t.train.BatchesWithin(cmp.Or(o.Window, d.Rows()), size, f.formula.Seed); err != nil {
		return nil, err
	}
	if t.feeding, err = newFeeding(f, t.train, o.weights(d)); err != nil {
		return nil, err
	}
	cost := f.cost(t.feeding.weight)
	if t.inParts() {
		if cost, t.rest, err = f.costInParts(t.feeding.weight); err != nil {
			return nil, err
		}
	}
	if t.opt, err = optim.Minimize(cost, o.Rule, f.formula.Params...); err != nil {
		return nil, err
	}
	if err := f.shrink(t.opt); err != nil {
		return nil, err
	}
	t.opt.Schedule, t.opt.Clip = o.Schedule, o.Clip
	t.feeding.random = t.opt.Random()
	t.averages = averages{decay: o.Average}
	return t, t.resume(o.Resume)
}

// cost returns what a training minimises, with the weight of each example, if it is not nil.
func (f *fitted) cost(weight *graph.Node) *graph.Node {
	if r := &f.formula.Roles; r.custom() {
		return r.Cost
	}
	return f.formula.costOf(weight, f.penaltyActs())
}

// penaltyActs says how the penalty acts.
func (f *fitted) penaltyActs() penaltyMode {
	if f.network == nil {
		return byGradient
	}
	return f.network.spec.acts
}

// shrink makes the steps of an Optimizer proximal, if the penalty acts in that way.
func (f *fitted) shrink(opt *optim.Optimizer) error {
	n := f.network
	if n == nil || n.spec.acts != bySteps || n.formula.Penalty == nil {
		return nil
	}
	return opt.Shrink(n.spec.lambda/(2*float64(n.spec.rows)), n.weights...)
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
	loss := 0.0
	for i, rows := range order {
		if ctx.Err() != nil && !t.inParts() {
			return cancelled(ctx)
		}
		e.Rate = t.opt.Rate()
		var err error
		var diverged *DivergedError
		if loss, err = t.step(ctx, rows); errors.As(err, &diverged) {
			diverged.Epoch = e.Number
			return diverged
		} else if err != nil {
			return err
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
