package models

import (
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/random"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A feeding is what the inputs of a training are fed: rows of a data set, their weights, and
// the random numbers of a step.
type feeding struct {
	readers []reader
	weights []float64   // of the rows; nil if all are 1
	weight  *graph.Node // the weight of each example, (1, N); nil if all are 1
	random  []*graph.Node
	seed    uint64

	fed       []fedLeaf  // all that is fed, once something was
	rows      []int      // that were fed last
	step      uint64     // of the random numbers
	augmented *augmented // what changes the examples; nil for nothing
	columns   *[]float64 // memory of what is lent; nil for none
}

// newFeeding prepares to feed rows of d, which is prepared, with these weights.
func newFeeding(f *fitted, d *data.Dataset, weights []float64) (feeding, error) {
	b, err := f.bind(d, true)
	if err != nil {
		return feeding{}, err
	}
	t := feeding{readers: slices.Concat(b.inputs, b.targets), weights: weights, seed: f.formula.Seed}
	switch {
	case weights == nil:
		return t, nil
	case slices.Max(weights) == 0:
		return t, fmt.Errorf("%w: SampleWeights and ClassWeights make the weight of every training row 0", ErrWeights)
	case f.formula.custom():
		return t, fmt.Errorf("%w: a Cost of one's own knows no weights of examples; give Loss and Penalty in its place", ErrWeights)
	}
	t.weight = f.formula.Loss.Graph().Input("weight", 1, graph.Batch)
	return t, nil
}

// custom reports whether the cost is not that of the loss and the penalty.
func (r *Roles) custom() bool { return r.Loss == nil || r.Cost != r.costOf(nil, byGradient) }

// costOf returns the mean of the losses, each with its weight if there is one, and the
// penalty as it acts.
func (r *Roles) costOf(weight *graph.Node, acts penaltyMode) *graph.Node {
	mean, penalty := r.terms(weight, acts)
	if penalty == nil {
		return mean
	}
	return ops.Add(mean, penalty)
}

// terms returns what costOf adds up. The penalty is nil if there is none.
func (r *Roles) terms(weight *graph.Node, acts penaltyMode) (mean, penalty *graph.Node) {
	l := r.Loss
	if weight != nil {
		l = ops.Mul(weight, l)
	}
	mean = ops.Mean(l)
	switch {
	case r.Penalty == nil || acts == bySolver:
		return mean, nil
	case acts == bySteps:
		return mean, ops.StopGradient(r.Penalty)
	}
	return mean, r.Penalty
}

// A fedLeaf is a leaf and what feeds it the rows of a feeding.
type fedLeaf struct {
	leaf *graph.Node
	feed func(f feeder) error
	lent *tensor.Dense // its value for all rows, if that is lent; else nil
}

// leaves returns all that is fed. They are made once, so that a step allocates nothing.
func (t *feeding) leaves() []fedLeaf {
	if t.fed != nil {
		return t.fed
	}
	for i := range t.readers {
		r := &t.readers[i]
		fill := func(v *tensor.Dense) error { return r.fill(v, t.rows) }
		if i == 0 && t.augmented != nil {
			fill = func(v *tensor.Dense) error { return t.augmented.fill(v, t.rows) }
		}
		t.fed = append(t.fed, fedLeaf{leaf: r.leaf, feed: func(f feeder) error { return r.feed(f, t.rows, fill) }})
	}
	add := func(leaf *graph.Node, write func(v *tensor.Dense) error) {
		t.fed = append(t.fed, fedLeaf{leaf: leaf, feed: func(f feeder) error { return f.FeedBy(leaf, len(t.rows), write) }})
	}
	if t.weight != nil {
		add(t.weight, func(v *tensor.Dense) error {
			set(v, func(i int) float64 { return t.weights[t.rows[i]] })
			return nil
		})
	}
	for i, u := range t.random {
		add(u, func(v *tensor.Dense) error {
			t.draw(v, u, uint64(i))
			return nil
		})
	}
	return t.fed
}

// to feeds the rows to a program of the graph.
func (t *feeding) to(f feeder) error {
	for _, l := range t.leaves() {
		if err := l.to(f); err != nil {
			return err
		}
	}
	return nil
}

// to feeds or lends the value of the leaf.
func (l *fedLeaf) to(f feeder) error {
	if l.lent != nil {
		return f.Lend(l.leaf, l.lent)
	}
	return l.feed(f)
}

// draw fills v, of the random leaf u, which is number i. What an example gets depends on the
// seed, the step, the leaf and the row of the example. A leaf without examples has a stream
// for each step.
func (t *feeding) draw(v *tensor.Dense, u *graph.Node, i uint64) {
	n := 1
	if u.Shape().HasBatch() {
		n = len(t.rows)
	}
	single := v.Dtype() == tensor.Float32
	for j := range n {
		row := uint64(0)
		if u.Shape().HasBatch() {
			row = uint64(t.rows[j])
		}
		s := random.Of(t.seed, random.ForDropout, t.step, i, row)
		for k := j; k < v.Size(); k += n {
			if single {
				v.Float32s()[k] = s.Uniform32()
			} else {
				v.Float64s()[k] = s.Uniform()
			}
		}
	}
}
