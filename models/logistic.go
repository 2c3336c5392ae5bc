package models

import (
	"context"
	"errors"
	"fmt"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A Solver is how logistic regression finds its weights.
type Solver int

// The solvers. LBFGS takes no batches, epochs or rules from FitOptions; with an
// L1 penalty it is FISTA, so that weights that are 0 are 0. Descent is
// w := w − rJ(α), as in 1.2, or whatever FitOptions say.
const (
	LBFGS Solver = iota
	Descent
)

// Logistic is logistic regression (section 1): a = σ(wx + b) for two classes,
// a = softmax(wx + b) for more. Its cost is
//
//	J = (1/N) Σ L(aⱼ, yⱼ) + λ/(2N)·Σ|w|ᵖ
//
// over the N training rows, with p = 1, 2 or no penalty; b is free. scikit-learn's
// C is 1/λ: its LogisticRegression() is Logistic{Penalty: L2, Lambda: 1}.
//
// Predict, Evaluate and the like may be called from any number of goroutines,
// also while Fit runs.
type Logistic struct {
	Penalty Penalty
	Lambda  float64

	Solver        Solver
	Tolerance     float64 // of LBFGS, for the norm of the gradient; 0 is 1e-8
	MaxIterations int     // of LBFGS; 0 is 10 000
	Init          Init    // of w; nil is Normal(0.01) for Descent, as in 1.2, else Zeros

	Standardize bool // scale features by the mean and deviation of the training rows
	Float32     bool // compute in float32
	Seed        uint64

	published
}

// Fit finds the weights for the rows of d. For LBFGS the History has Converged,
// Iterations, GradientNorm and Costs[0], the cost at the end; Converged is false
// if it gave up, as it does on data that a plane parts and no penalty holds. For
// Descent the options that are not set are those of 1.2: the full batch, rate
// 0.1, 10 000 epochs.
//
// What happens to the model on an error is said at Deep.Fit.
func (m *Logistic) Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	if m.Solver == Descent {
		t, err := m.deep(d).prepare(d, documentDefaults(o))
		if err != nil {
			return nil, err
		}
		return t.history, m.publish(t, t.run(ctx))
	}
	if err := m.checkSolver(o); err != nil {
		return nil, err
	}
	deep := m.deep(d)
	if m.Penalty == L1 { // FISTA adds it to the smooth part
		deep.Penalty = NoPenalty
	}
	t, err := deep.prepare(d, FitOptions{
		FullBatch: true, SampleWeights: o.SampleWeights, ClassWeights: o.ClassWeights,
		Validation: o.Validation, ValidationSplit: o.ValidationSplit, TrainScores: o.TrainScores, Progress: o.Progress,
	})
	if err != nil {
		return nil, err
	}
	if err := checkPenalty(m.Penalty, m.Lambda); err != nil {
		return nil, err
	}
	return t.history, m.publish(t, m.solve(ctx, t))
}

// deep returns the network of one layer that the model is.
func (m *Logistic) deep(d *data.Dataset) *Deep {
	layer := Dense{Units: 1, Activation: Sigmoid, Init: m.Init}
	if d != nil && len(d.Classes) > 2 {
		layer.Units, layer.Activation = len(d.Classes), Softmax
	}
	if layer.Init == nil && m.Solver == Descent {
		layer.Init = Normal(0.01)
	} else if layer.Init == nil {
		layer.Init = Zeros
	}
	loss := LogLoss
	if layer.Units > 1 {
		loss = CrossEntropy
	}
	return &Deep{
		Layers: []Layer{layer}, Loss: loss, Penalty: m.Penalty, Lambda: m.Lambda,
		Standardize: m.Standardize, Float32: m.Float32, Seed: m.Seed, classification: true,
	}
}

// documentDefaults fills in the settings of 1.2.
func documentDefaults(o FitOptions) FitOptions {
	if o.Batch == 0 {
		o.FullBatch = true
	}
	if o.Epochs == 0 {
		o.Epochs = 10000
	}
	if o.Rule == nil {
		o.Rule = optim.SGD{Rate: 0.1}
	}
	return o
}

func (m *Logistic) checkSolver(o FitOptions) error {
	switch {
	case m.Solver != LBFGS:
		return fmt.Errorf("%w: solver %d", ErrOption, int(m.Solver))
	case o.Epochs != 0 || o.Batch != 0 || o.Rule != nil || o.Schedule != nil || o.Clip != (optim.Clip{}) || o.Callbacks != nil:
		return fmt.Errorf("%w: LBFGS has no epochs, batches, rules or callbacks; they go with Solver: models.Descent", ErrOption)
	case !(m.Tolerance >= 0) || m.MaxIterations < 0:
		return fmt.Errorf("%w: tolerance %g, %d iterations", ErrOption, m.Tolerance, m.MaxIterations)
	}
	return nil
}

// solve minimises the cost over the whole batch.
func (m *Logistic) solve(ctx context.Context, t *Training) error {
	start := time.Now()
	rows := make([]int, t.train.Rows())
	for i := range rows {
		rows[i] = i
	}
	if err := t.feed(rows); err != nil {
		return err
	}
	result, err := m.minimize(ctx, t)
	if errors.Is(err, ErrDiverged) {
		return &DivergedError{Epoch: 1, Step: result.Iterations + 1, Loss: result.Loss}
	}
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("%w: %w", errCancelled, err)
	}
	h := t.history
	h.Steps, h.Iterations, h.Converged, h.GradientNorm = result.Iterations, result.Iterations, result.Converged, result.GradientNorm
	h.Costs = []float64{result.Loss}
	if err != nil {
		return err
	}
	e := Epoch{Number: 1, Loss: result.Loss}
	if err := t.score(&e); err != nil {
		return err
	}
	e.Duration = time.Since(start)
	h.Epochs = []Epoch{e}
	t.options.Progress.Begin(1, 1)
	t.options.Progress.Epoch(e)
	t.options.Progress.End(h, nil)
	return nil
}

func (m *Logistic) minimize(ctx context.Context, t *Training) (optim.Result, error) {
	if m.Penalty == L1 && m.Lambda > 0 {
		return optim.FISTA{
			L1: m.Lambda / (2 * float64(t.train.Rows())), On: []*graph.Node{t.net.Params[0]},
			Tolerance: m.Tolerance, MaxIterations: m.MaxIterations,
		}.Minimize(ctx, t.opt.Objective)
	}
	return optim.LBFGS{Tolerance: m.Tolerance, MaxIterations: m.MaxIterations}.Minimize(ctx, t.opt.Objective)
}

// Coefficients returns copies of w, (1, n) or (k, n), and b, (1, 1) or (k, 1), on
// the scale of the features that the network sees: standardised, if Standardize.
func (m *Logistic) Coefficients() (w, b *tensor.Dense, err error) {
	f, err := m.get()
	if err != nil {
		return nil, nil, err
	}
	c := copyWeights(f.net.Params)
	return c[0], c[1], nil
}
