package models

import (
	"context"

	"adjoint/optim"
)

// step moves the parameters once, along the gradient of the cost of these rows, and returns
// the cost.
func (t *Training) step(ctx context.Context, rows []int) (float64, error) {
	parts := min(t.options.Parts, len(rows))
	if parts == 1 && t.parts == 0 {
		if err := t.feed(rows); err != nil {
			return 0, err
		}
		return t.opt.StepLoss()
	}
	t.batch = rows
	if parts != t.parts {
		t.parts = parts
		if err := t.opt.Split(optim.Parts{Count: parts, Feed: func(part int) (float64, error) { return t.feedPart(ctx, part) }}, nil); err != nil {
			return 0, err
		}
	}
	return t.opt.StepLoss()
}

// feedPart feeds a part of the batch, and returns its share of the batch.
func (t *Training) feedPart(ctx context.Context, part int) (float64, error) {
	if ctx.Err() != nil {
		return 0, cancelled(ctx)
	}
	n := len(t.batch)
	rows := t.batch[part*n/t.parts : (part+1)*n/t.parts]
	return float64(len(rows)) / float64(n), t.feed(rows)
}

// feed gathers rows into the inputs. If they are all there are, and nothing random changes
// from step to step, once is enough.
func (t *Training) feed(rows []int) error {
	f := &t.feeding
	if len(rows) == t.train.Rows() && t.batches.Len() == 1 && f.rows != nil && len(f.random) == 0 {
		return nil
	}
	f.rows, f.step = rows, uint64(t.history.Steps)
	return f.to(t.opt)
}
