package optim

import (
	"context"
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// Parts cuts the examples over which an Objective is a mean into parts, each of which is
// one run of a program. The parts are added along a fixed tree, and so
//
//	J = Σₚ shareₚ·Jₚ + rest
//
// has the same bits however many processes compute it. Where states move is a mean over the
// parts in the same way.
type Parts struct {
	// Count is the number of parts, at least that of the processes.
	Count int

	// Feed feeds the inputs of the Objective with the examples of a part, from 0 to
	// Count-1, and returns its share of all examples: the weight of its mean. It is
	// called before each run, for the parts of this process. A part without examples has
	// share 0, and is not run.
	Feed func(part int) (share float64, err error)

	// Group is the processes that compute the parts. nil is this process alone.
	Group Group
}

// A split is an Objective's J in parts.
type split struct {
	parts Parts
	tree  *tree
	rest  *Objective // nil for none
}

// Split has J, a mean over examples, be evaluated in parts from now on. rest is a scalar
// that is added once, a penalty for example; nil is none. Every process of the group takes
// the same steps then. The error wraps ErrOption if there are fewer parts than processes,
// or is that of NewObjective for rest.
func (o *Objective) Split(p Parts, rest *graph.Node) error {
	rank, size := 0, 1
	if p.Group != nil {
		rank, size = p.Group.Rank(), p.Group.Size()
	}
	if p.Count < size || p.Count < 1 {
		return fmt.Errorf("%d parts for %d processes, of which each needs one: %w", p.Count, size, ErrOption)
	}
	s := &split{parts: p, tree: newTree(p.Count, rank, size)}
	if rest != nil {
		var err error
		if s.rest, err = NewObjective(rest, o.params...); err != nil {
			return err
		}
	}
	o.split = s
	for i := range o.formulas {
		o.formulas[i].inParts = nil
	}
	return nil
}

// evaluate runs a formula of the objective, or, if it is split, the parts of it. The error is
// the cause of ctx if that is done. Of a split objective all ranks have an error then.
func (o *Objective) evaluate(ctx context.Context, which evaluation) ([]*tensor.Dense, error) {
	f := &o.formulas[which]
	if o.split == nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return f.run(o.inputs, o.moves)
	}
	if f.inParts == nil {
		if f.outputs[0].Graph().Dtype() == tensor.Float32 {
			f.inParts = newPartSums[float32](o, f, (*tensor.Dense).Float32s)
		} else {
			f.inParts = newPartSums[float64](o, f, (*tensor.Dense).Float64s)
		}
	}
	v, err := f.inParts.sum(ctx)
	if err != nil || o.split.rest == nil {
		return v, err
	}
	if which >= ofStep {
		which -= ofStep - ofGradient // the rest is added to whole gradients
	}
	rest, err := o.split.rest.evaluate(context.Background(), which)
	if err != nil {
		return nil, err
	}
	f.inParts.plus(rest[:len(rest)-len(o.split.rest.nextOf(which))])
	return v, nil
}

// badPart returns the error of a part of which J, its gradient or a state is not finite, if
// there is one, the same on all ranks. It is nil for an Objective that no group shares.
func (o *Objective) badPart() error {
	if o.split == nil || o.split.parts.Group == nil {
		return nil
	}
	var bad error
	for _, m := range o.split.tree.moves {
		if m.kind > addLeaf || bad != nil {
			continue
		}
		share, err := o.split.parts.Feed(m.at)
		if bad = err; share == 0 || bad != nil {
			continue
		}
		outputs, err := o.formulas[ofBoth].run(o.inputs, o.moves)
		if bad = err; err == nil && slices.ContainsFunc(outputs, func(v *tensor.Dense) bool { return !isFinite(sumOf(v)) }) {
			bad = fmt.Errorf("on part %d of the batch, of %d, J or its gradient is not finite", m.at+1, o.split.parts.Count)
		}
	}
	return o.split.parts.Group.Agree(bad)
}

// summed computes the outputs of a formula as sums over parts.
type summed interface {
	sum(ctx context.Context) ([]*tensor.Dense, error)
	plus([]*tensor.Dense)
}

// A partSums has the outputs, one after the other, as one vector.
type partSums[T float32 | float64] struct {
	*summer[T]
	of      *Objective
	formula *formula
	entries func(*tensor.Dense) []T
	values  []*tensor.Dense // the outputs, which lie in the sum
	scaled  [1024]T
	ctx     context.Context // of the sum that is being computed
}

func newPartSums[T float32 | float64](o *Objective, f *formula, entries func(*tensor.Dense) []T) *partSums[T] {
	length := 0
	for _, n := range f.outputs {
		length += sizeOf(n)
	}
	return &partSums[T]{summer: newSummer[T](o.split.tree, o.split.parts.Group, length), of: o, formula: f, entries: entries}
}

// sum returns Σₚ shareₚ·(the outputs for part p).
func (p *partSums[T]) sum(ctx context.Context) ([]*tensor.Dense, error) {
	p.ctx = ctx
	total, err := p.summer.sum(p.leaf)
	if err != nil {
		return nil, err
	}
	if p.values == nil {
		for _, n := range p.formula.outputs {
			v := total[:sizeOf(n)]
			total = total[len(v):]
			p.values = append(p.values, tensor.New(tensor.WithShape(n.Shape().Dims()...), tensor.WithBacking(v)))
		}
	}
	return p.values, nil
}

// leaf writes the outputs for a part, times its share, to into, or adds them to it.
func (p *partSums[T]) leaf(part int, into []T, plus bool) error {
	if p.ctx.Err() != nil {
		return context.Cause(p.ctx)
	}
	share, err := p.of.split.parts.Feed(part)
	switch {
	case err != nil:
		return err
	case share == 0 && plus:
		kernel.Shift(into, into, 0) // −0 + 0 is 0, as it is where another rank adds it
		return nil
	case share == 0:
		clear(into)
		return nil
	}
	outputs, err := p.formula.run(p.of.inputs, p.of.moves)
	if err != nil {
		return err
	}
	for _, v := range outputs {
		v := p.entries(v)
		if plus {
			p.addScaled(into[:len(v)], v, T(share))
		} else {
			kernel.Scale(into[:len(v)], v, T(share))
		}
		into = into[len(v):]
	}
	return nil
}

// addScaled adds share·v to sum. The products are rounded first, as they are where another
// rank adds them: so it is no kernel.Axpy. They are few at a time, which stay in the cache.
func (p *partSums[T]) addScaled(sum, v []T, share T) {
	for len(v) > 0 {
		n := min(len(v), len(p.scaled))
		kernel.Scale(p.scaled[:n], v[:n], share)
		add(sum[:n], p.scaled[:n])
		sum, v = sum[n:], v[n:]
	}
}

// plus adds rest to the first outputs.
func (p *partSums[T]) plus(rest []*tensor.Dense) {
	for i, v := range rest {
		add(p.entries(p.values[i]), p.entries(v))
	}
}

// sizeOf returns the number of entries of J, of a gradient or of a state.
func sizeOf(n *graph.Node) int { return tensor.Shape(n.Shape().Dims()).TotalSize() }
