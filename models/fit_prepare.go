package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/optim"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

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
		scorer: f, options: o, history: &History{Rows: d.Rows(), Kernels: graph.Kernels()},
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
	if err := t.augment(); err != nil {
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
