package models

import (
	"context"
	"fmt"

	"adjoint/data"
	"adjoint/optim"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// A Solver is how logistic regression finds its weights.
type Solver int

// The solvers.
const (
	// LBFGS finds the minimum of the cost over all rows, as scikit-learn does. Of
	// FitOptions it uses the weights, the validation and the Progress. With an L1
	// penalty it is FISTA, which sets weights to exactly 0.
	LBFGS Solver = iota

	// Descent is w := w − rJ(α), as in 1.2, or the rule and batches of FitOptions.
	Descent
)

// Logistic is logistic regression (section 1): a = σ(wx + b) for two classes,
// a = softmax(wx + b) for more. Its cost is
//
//	J = (1/N) Σ L(aⱼ, yⱼ) + λ/(2N)·Σ|w|ᵖ
//
// over the N training rows, with p = 1 or 2, or without penalty. b has no penalty.
// scikit-learn's C is 1/λ for L2 and 2/λ for L1, so its LogisticRegression() is
// Logistic{Penalty: L2, Lambda: 1}.
//
// Predict, Evaluate and the like may be called from any number of goroutines,
// also while Fit runs.
type Logistic struct {
	Penalty Penalty // on the weights, with Lambda
	Lambda  float64

	Solver        Solver
	Tolerance     float64 // of LBFGS, for the norm of the gradient, times the mean weight of the rows; 0 is 1e-8, in float32 1e-5
	MaxIterations int     // of LBFGS; 0 is 10 000
	Init          Init    // of w; nil is Normal(0.01) for Descent, as in 1.2, else Zeros

	Prepare     *prepare.Columns // how columns of text and gaps are prepared, before Standardize; nil is a table of numbers
	Standardize bool             // scale features by the mean and deviation of the training rows
	Float32     bool             // compute in float32
	Seed        uint64           // of weights and batches

	published
}

// Fit finds the weights for the rows of d, which must not change meanwhile.
//
// For LBFGS the History has one Epoch, and Converged, Iterations, GradientNorm and
// Costs[0], the cost at the end, are set. It is not an error if the search did not
// converge: the model gets the best weights found, and Stopped says why and what to
// do. On linearly separable data the cost has no minimum without a penalty; Stopped
// says that too, except of rows of a file (data.OpenRows), where it is not looked for. On such
// rows the cost is evaluated in Parts of 65 536 rows, unless FitOptions says otherwise.
//
// The search goes along the weights that standardised features would have, and
// GradientNorm is the norm of the gradient with respect to those. So the scale of the
// features does not matter. The weights found are those of the features as given.
//
// For Descent the options that are not set are those of 1.2: the full batch, rate
// 0.1, 10 000 epochs.
//
// What happens to the model on an error is said at [Deep.Fit].
func (m *Logistic) Fit(ctx context.Context, d *data.Dataset, o FitOptions) (*History, error) {
	if err := m.check(d); err != nil {
		return nil, together(o.Group, err)
	}
	if m.Solver == LBFGS {
		return m.solve(ctx, d, o)
	}
	t, err := m.deep(d).prepare(ctx, d, documentDefaults(o), m.options())
	if err != nil {
		return nil, err
	}
	return t.history, m.publish(t, t.run(ctx))
}

// logisticOptions are the fields of a Logistic that say how its weights are found.
type logisticOptions struct {
	solver        Solver
	tolerance     float64
	maxIterations int
}

func (m *Logistic) options() *logisticOptions {
	return &logisticOptions{m.Solver, m.Tolerance, m.MaxIterations}
}

func (m *Logistic) check(d *data.Dataset) error {
	switch {
	case d == nil:
		return fmt.Errorf("%w: nil data set", data.ErrEmpty)
	case m.Solver != LBFGS && m.Solver != Descent:
		return fmt.Errorf("%w: solver %d", ErrOption, int(m.Solver))
	case !(m.Tolerance >= 0) || m.MaxIterations < 0:
		return fmt.Errorf("%w: tolerance %g, %d iterations", ErrOption, m.Tolerance, m.MaxIterations)
	case d.Classes == nil || d.Y == nil:
		return d.CheckClasses() // where there are classes, a Fit checks them with its options
	}
	return nil
}

// deep returns the model as a network of one layer.
func (m *Logistic) deep(d *data.Dataset) *Deep {
	layer, loss := Dense{Units: 1, Activation: Sigmoid, Init: m.Init}, LogLoss
	if k := len(d.Classes); k > 2 {
		layer.Units, layer.Activation, loss = k, Softmax, CrossEntropy
	}
	if layer.Init == nil && m.Solver == Descent {
		layer.Init = Normal(0.01)
	} else if layer.Init == nil {
		layer.Init = Zeros
	}
	return &Deep{
		Layers: []Layer{layer}, Loss: loss, Penalty: m.Penalty, Lambda: m.Lambda,
		Prepare: m.Prepare, Standardize: m.Standardize, Float32: m.Float32, Seed: m.Seed,
	}
}

// documentDefaults fills in the settings of 1.2.
func documentDefaults(o FitOptions) FitOptions {
	o.FullBatch = o.FullBatch || o.Batch == 0
	if o.Epochs == 0 {
		o.Epochs = 10000
	}
	if o.Rule == nil {
		o.Rule = optim.SGD{Rate: 0.1}
	}
	return o
}

// Coefficients returns copies of w, (1, n) or (k, n), and b, (1, 1) or (k, 1), on
// the scale of the features that the network sees: standardised, if Standardize. With
// Prepare, n is that of prepared rows whose one-hot columns are written out, in the order of
// data.Dataset.Dense.
func (m *Logistic) Coefficients() (w, b *tensor.Dense, err error) {
	f, err := m.get()
	if err != nil {
		return nil, nil, err
	}
	c := valuesOf(f.formula.Params)
	return c[0], c[1], nil
}
