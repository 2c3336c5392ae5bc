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
)

// solve is Fit by LBFGS or FISTA.
func (m *Logistic) solve(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	if o.Epochs != 0 || o.Batch != 0 || o.Rule != nil || o.Schedule != nil || o.Clip != (optim.Clip{}) || o.Callbacks != nil || o.Resume != nil {
		return nil, fmt.Errorf("%w: LBFGS has no epochs, batches, rules, callbacks or snapshots; they go with Solver: models.Descent", ErrOption)
	}
	o.FullBatch = true
	t, err := m.deep(d).prepare(ctx, d, o, m.Penalty == L1)
	if err != nil {
		return nil, err
	}
	t.net.spec.logistic = m.solving()
	t.options.Progress.Begin(1, 1)
	err = m.minimize(ctx, t)
	t.over = true
	t.options.Progress.End(t.history, err)
	return t.history, m.publish(t, err)
}

// minimize goes to the minimum and notes the way in the history.
func (m *Logistic) minimize(ctx context.Context, t *Training) error {
	start := time.Now()
	if err := t.feedAll(); err != nil {
		return err
	}
	r, err := m.search(ctx, t)
	h := t.history
	h.Steps, h.Iterations, h.Converged, h.GradientNorm = r.Iterations, r.Iterations, r.Converged, r.GradientNorm
	h.Costs = []float64{r.Loss}
	var diverged *optim.DivergedError
	switch {
	case errors.As(err, &diverged):
		return &DivergedError{Epoch: 1, Step: diverged.Step, Loss: diverged.Loss}
	case err != nil && ctx.Err() != nil:
		return cancelled(ctx)
	case err != nil:
		return err
	}
	e := Epoch{Number: 1, Loss: r.Loss}
	if err := t.score(ctx, &e); err != nil {
		return err
	}
	e.Duration = time.Since(start)
	t.options.Progress.Step(0, r.Loss)
	return t.complete(e)
}

// memory is how many steps tell L-BFGS the curvature. The ten of other libraries
// are too few for features of very different scales.
const memory = 64

func (m *Logistic) search(ctx context.Context, t *Training) (optim.Result, error) {
	tolerance := cmp.Or(m.Tolerance, 1e-8)
	if m.Float32 {
		tolerance = cmp.Or(m.Tolerance, 1e-5)
	}
	if t.net.spec.proximal {
		return optim.FISTA{
			L1: m.Lambda / (2 * float64(t.train.Rows())), On: []*graph.Node{t.net.Params[0]},
			Tolerance: tolerance, MaxIterations: m.MaxIterations,
		}.Minimize(ctx, t.opt.Objective)
	}
	r, err := optim.LBFGS{Tolerance: tolerance, MaxIterations: m.MaxIterations, Memory: memory}.Minimize(ctx, t.opt.Objective)
	if err != nil || !r.Converged || m.Penalty != NoPenalty && m.Lambda > 0 {
		return r, err
	}
	parted, err := t.parted(ctx, tolerance)
	if parted {
		r.Converged, t.history.Stopped = false, noMinimum
	}
	return r, err
}
