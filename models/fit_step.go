package models

import "context"

// step moves the parameters once, along the gradient of the cost of these rows, and returns
// the cost.
func (t *Training) step(ctx context.Context, rows []int) (float64, error) {
	if err := t.use(ctx, rows); err != nil {
		return 0, err
	}
	return t.opt.StepLoss()
}

// use has the cost be that of these rows from now on.
func (t *Training) use(ctx context.Context, rows []int) error {
	if t.inParts() {
		return t.split(ctx, rows)
	}
	return t.feed(rows)
}

// feed gathers rows into the inputs. If they are all there are, and nothing random changes
// from step to step, once is enough.
func (t *Training) feed(rows []int) error {
	f := &t.feeding
	all := len(rows) == t.train.Rows() && t.batches.Len() == 1 && len(f.random) == 0 && f.augmented == nil
	if all && f.rows != nil {
		return nil
	}
	f.rows, f.step = rows, uint64(t.history.Steps)
	if all && len(t.train.X) < lendFrom {
		return t.feedAll()
	}
	return f.to(t.opt)
}
