package models

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Training is a network on its way: what a Callback sees. The model that is
// being fitted does not change until it is over.
type Training struct {
	net     *network
	opt     *optim.Optimizer
	options FitOptions
	history *History
	train   *data.Dataset
	scorer  *fitted // of the same parameters
	batches *data.Batches
	feeds   feeds
	weights []float64 // of the rows; nil if all are 1
	seed    uint64
	epoch   int             // epochs completed
	sound   []*tensor.Dense // finite weights, at the last epoch's end
}

// History returns what has happened so far.
func (t *Training) History() *History { return t.history }

// Weights returns copies of the parameters as they are.
func (t *Training) Weights() []*tensor.Dense { return copyWeights(t.net.Params) }

// SetWeights changes the parameters to copies of w.
func (t *Training) SetWeights(w []*tensor.Dense) error {
	if len(w) != len(t.net.Params) {
		return fmt.Errorf("%w: %d tensors for %d parameters", ErrWeights, len(w), len(t.net.Params))
	}
	for i, p := range t.net.Params {
		if graph.ShapeOf(w[i].Shape()...) != p.Shape() || w[i].Dtype() != p.Value().Dtype() {
			return fmt.Errorf("%w: %s has shape %v, not %v", ErrWeights, p.Name(), p.Shape(), w[i].Shape())
		}
	}
	for i, p := range t.net.Params {
		copyInto(p.Value(), w[i])
	}
	return nil
}

// run trains for the epochs that are left.
func (t *Training) run(ctx context.Context) error {
	for _, c := range t.options.Callbacks {
		if err := c.Begin(t); err != nil {
			return err
		}
	}
	t.options.Progress.Begin(t.options.Epochs, t.batches.Len())
	t.sound = t.Weights()
	err := t.epochs(ctx)
	t.options.Progress.End(t.history, err)
	if errors.Is(err, ErrStop) {
		t.history.Stopped, err = err.Error(), nil
	}
	for _, c := range t.options.Callbacks {
		err = errors.Join(err, c.End(t))
	}
	return err
}

func (t *Training) epochs(ctx context.Context) error {
	for t.epoch < t.options.Epochs {
		start := time.Now()
		e := Epoch{Number: t.epoch + 1}
		if err := t.pass(ctx, &e); err != nil {
			return errors.Join(err, t.settle())
		}
		t.epoch++
		if !allFinite(t.net.Params) {
			return errors.Join(&DivergedError{Epoch: e.Number, Step: t.history.Steps, Loss: e.Loss, Rate: e.Rate}, t.settle())
		}
		for i, p := range t.net.Params {
			copyInto(t.sound[i], p.Value())
		}
		if err := t.score(&e); err != nil {
			return err
		}
		e.Duration = time.Since(start)
		t.history.Epochs = append(t.history.Epochs, e)
		t.options.Progress.Epoch(e)
		for _, c := range t.options.Callbacks {
			if err := c.EpochEnd(t, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// settle goes back to weights that are finite, if these are not.
func (t *Training) settle() error {
	if allFinite(t.net.Params) {
		return nil
	}
	return t.SetWeights(t.sound)
}

func allFinite(params []*graph.Node) bool {
	for _, p := range params {
		for i := range p.Value().Shape().TotalSize() {
			if v := at(p.Value(), i); math.IsNaN(v) || math.IsInf(v, 0) {
				return false
			}
		}
	}
	return true
}

// pass moves the parameters once for each batch of an epoch.
func (t *Training) pass(ctx context.Context, e *Epoch) error {
	order := t.batches.Epoch(t.epoch)
	if t.options.NoShuffle {
		order = t.batches.InOrder()
	}
	total := 0.0
	for i, rows := range order {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", errCancelled, context.Cause(ctx))
		}
		if err := t.feed(rows); err != nil {
			return err
		}
		e.Rate = t.opt.Rate()
		loss, err := t.opt.StepLoss()
		if diverged := (*optim.DivergedError)(nil); errors.As(err, &diverged) {
			return &DivergedError{Epoch: e.Number, Step: diverged.Step, Loss: diverged.Loss, Rate: diverged.Rate}
		}
		if err != nil {
			return err
		}
		t.history.Steps++
		total += loss * float64(len(rows))
		t.options.Progress.Step(i, loss)
	}
	e.Loss = total / float64(t.train.Rows())
	return nil
}

// feed gathers the rows of a batch, as columns, into the inputs of the network.
func (t *Training) feed(rows []int) error {
	b := t.feeds.of(len(rows), t.net)
	if err := b.gather(t.train, rows, t.net.target); err != nil {
		return err
	}
	for i, m := range t.net.masks {
		b.fillMask(i, m.rate, t.seed, t.history.Steps)
	}
	if t.net.weight != nil {
		b.fillWeights(t.weights, rows)
	}
	return b.feed(t.opt.Feed, t.net)
}

// score fills in the scores of an epoch.
func (t *Training) score(e *Epoch) (err error) {
	if t.options.TrainScores {
		if e.Train, err = t.scorer.evaluate(t.train); err != nil {
			return err
		}
	}
	if t.options.Validation != nil {
		e.Validation, err = t.scorer.evaluate(t.options.Validation)
	}
	return err
}

func copyWeights(params []*graph.Node) []*tensor.Dense {
	w := make([]*tensor.Dense, len(params))
	for i, p := range params {
		w[i] = p.Value().Clone().(*tensor.Dense)
	}
	return w
}

func copyInto(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(dst.Float32s(), src.Float32s())
	} else {
		copy(dst.Float64s(), src.Float64s())
	}
}
