package models

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"
)

// partRows is how many rows of a file the cost is evaluated on at once.
const partRows = 1 << 16

// solve is Fit by LBFGS or FISTA.
func (m *Logistic) solve(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	if o.Epochs != 0 || o.Batch != 0 || o.Average != 0 || o.Rule != nil || o.Schedule != nil || o.Clip != (optim.Clip{}) || o.Callbacks != nil || o.Resume != nil || o.Augment != nil {
		return nil, together(o.Group, fmt.Errorf("%w: LBFGS has no epochs, batches, rules, callbacks, snapshots or changes of examples; they go with Solver: models.Descent", ErrOption))
	}
	o.FullBatch = true
	if d.Mapped != nil && o.Parts == 0 {
		o.Parts = (d.Rows() + partRows - 1) / partRows
	}
	t, err := m.deep(d).prepare(ctx, d, o, m.options())
	if err != nil {
		return nil, err
	}
	t.options.Progress.Begin(1, 1)
	err = m.minimize(ctx, t)
	t.ended = true
	t.options.Progress.End(t.history, err)
	return t.history, m.publish(t, err)
}

// minimize moves the weights to the minimum and records it in the history.
func (m *Logistic) minimize(ctx context.Context, t *Training) error {
	start := time.Now()
	if t.inParts() {
		if err := t.split(ctx, t.all()); err != nil {
			return err
		}
	} else if err := t.feedAll(); err != nil {
		return err
	}
	r, err := m.search(ctx, t)
	h := t.history
	h.Steps, h.Iterations, h.Converged, h.GradientNorm = r.Iterations, r.Iterations, r.Converged, r.GradientNorm
	h.Costs = []float64{r.Loss}
	var diverged *DivergedError
	switch {
	case errors.As(err, &diverged):
		diverged.Epoch = 1
		return diverged
	case err != nil && ctx.Err() != nil:
		return fmt.Errorf("%w: %w", errCancelled, err)
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

// memory is the number of recent steps from which L-BFGS knows the curvature. The ten
// of other libraries are too few for features of very different scales.
const memory = 64

// search moves the weights to the minimum of the cost of all rows, which were fed.
func (m *Logistic) search(ctx context.Context, t *Training) (r optim.Result, err error) {
	tolerance := cmp.Or(m.Tolerance, 1e-8)
	if m.Float32 {
		tolerance = cmp.Or(m.Tolerance, 1e-5)
	}
	tolerance *= t.meanWeight()
	standardized, err := m.coordinates(t)
	if err != nil {
		return r, err
	}
	if t.scorer.network.spec.acts == bySolver {
		r, err = optim.FISTA{
			L1: m.Lambda / (2 * float64(t.train.Rows())), On: []*graph.Node{t.scorer.formula.Params[0]},
			Tolerance: tolerance, MaxIterations: m.MaxIterations, Standardized: standardized,
		}.Minimize(ctx, t.opt.Objective)
	} else {
		r, err = optim.LBFGS{
			Tolerance: tolerance, MaxIterations: m.MaxIterations, Memory: memory, Standardized: standardized,
		}.Minimize(ctx, t.opt.Objective)
	}
	if t.history.Stopped = r.Stopped; r.Stopped != "" {
		t.history.Stopped += m.cure()
	}
	if err != nil || !r.Converged || m.Penalty != NoPenalty && m.Lambda > 0 || t.train.Mapped != nil {
		return r, err
	}
	t.feeding.rows = t.all()
	separable, err := t.isSeparable(ctx, tolerance, standardized)
	err = t.agree(err) // each process has computed it for itself
	if separable {
		r.Converged, t.history.Stopped = false, noMinimum
	}
	return r, err
}

// cure says what to do about a search that did not converge.
func (m *Logistic) cure() string {
	if m.Standardize {
		return ": allow more MaxIterations, a larger Tolerance, or add a penalty"
	}
	return ": set Standardize, or allow more MaxIterations or a larger Tolerance"
}

// coordinates returns the coordinates to search in: the weights of standardised
// features, with scales that allow for an L2 penalty. They are nil if features are
// standardised already.
//
// With respect to the weight ω of a standardised feature, the mean log-loss has a
// curvature of at most ¼, and the penalty one of λ/(Nσ²). With σ² + 4λ/N in place of
// σ² the two add up to at most ¼.
func (m *Logistic) coordinates(t *Training) (*optim.Standardized, error) {
	if m.Standardize {
		return nil, nil
	}
	s, err := data.FitScaler(t.train)
	if err != nil {
		return nil, err
	}
	t.addLevels(s)
	for j, σ := range s.Scale {
		if σ == 1 { // as a constant feature has it, of whatever size
			s.Scale[j] = max(1, math.Abs(s.Mean[j]))
		}
		if m.Penalty == L2 {
			s.Scale[j] = math.Hypot(s.Scale[j], 2*math.Sqrt(m.Lambda/float64(t.train.Rows())))
		}
	}
	return &optim.Standardized{Weights: t.scorer.formula.Params[0], Bias: t.scorer.formula.Params[1], Mean: s.Mean, Scale: s.Scale}, nil
}

// addLevels replaces the one-hot columns of a scaler of the training rows, which are the last, by those that they stand for:
// the mean of each is the share p of the rows that have its level, and the deviation √(p(1−p)).
func (t *Training) addLevels(s *data.Scaler) {
	levels := t.scorer.network.spec.levels
	n := len(t.train.Features)
	numbers := n - len(levels)
	s.Mean, s.Scale = s.Mean[:numbers:numbers], s.Scale[:numbers:numbers]
	for i, k := range levels {
		share := make([]float64, k+1)
		for row := range t.train.Rows() {
			share[int(t.train.X[row*n+numbers+i])] += 1 / float64(t.train.Rows())
		}
		for _, p := range share[:k] {
			σ := math.Sqrt(p * max(1-p, 0))
			if σ == 0 { // constant
				σ = 1
			}
			s.Mean, s.Scale = append(s.Mean, p), append(s.Scale, σ)
		}
	}
}

// meanWeight returns the mean of the weights of the rows, with which J and its gradient
// scale.
func (t *Training) meanWeight() float64 {
	if t.feeding.weights == nil {
		return 1
	}
	mean := 0.0
	for _, w := range t.feeding.weights {
		mean += w / float64(len(t.feeding.weights))
	}
	return mean
}
