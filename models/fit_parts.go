package models

import (
	"context"
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/optim"
)

// inParts reports whether batches are cut into parts.
func (t *Training) inParts() bool { return t.options.Parts > 1 || t.options.Group != nil }

// costInParts returns the cost of a part of a batch, and what is added once for the whole of
// it: a penalty that does not depend on the examples, nil for none.
func (f *fitted) costInParts(weight *graph.Node) (cost, rest *graph.Node, err error) {
	r := &f.formula.Roles
	if r.custom() {
		return nil, nil, fmt.Errorf("%w: the cost is no mean over examples, with a penalty, and so it has no Parts", ErrOption)
	}
	mean, penalty := r.terms(weight, f.penaltyActs())
	if penalty == nil || slices.ContainsFunc(graph.Cone(penalty), isFed) {
		return f.cost(weight), nil, nil
	}
	return mean, penalty, nil
}

// isFed reports whether a node is a leaf that each part feeds.
func isFed(n *graph.Node) bool { return n.Kind() == graph.Input || n.Kind() == graph.Random }

// split has the cost be evaluated on the parts of these rows from now on.
func (t *Training) split(ctx context.Context, rows []int) error {
	cut := t.batch != nil
	t.batch = rows
	if cut {
		return nil
	}
	return t.opt.Split(optim.Parts{
		Count: t.options.Parts, Group: t.options.Group,
		Feed: func(part int) (float64, error) { return t.feedPart(ctx, part) },
	}, t.rest)
}

// feedPart feeds a part of the batch, and returns its share of the batch: 0 for a part
// without rows, as a small last batch has.
func (t *Training) feedPart(ctx context.Context, part int) (float64, error) {
	if ctx.Err() != nil {
		return 0, cancelled(ctx)
	}
	n := len(t.batch)
	from, to := cut(n, part, t.options.Parts)
	if from == to {
		return 0, nil
	}
	return float64(to-from) / float64(n), t.feed(t.batch[from:to])
}

// cut returns where piece i of n rows, in so many pieces, begins and ends.
func cut(n, i, pieces int) (from, to int) { return i * n / pieces, (i + 1) * n / pieces }
