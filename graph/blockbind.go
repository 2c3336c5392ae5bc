package graph

import (
	"fmt"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// A block is the inner code, bound for a number of examples, and for where they lie.
type block[T compute.Float] struct {
	plan   *plan
	from   int // the first example
	width  int
	inputs []window[T] // what it copies before
	kept   []window[T] // and after
	moves  []move
	sums   [][]T
}

// A move is a step that reads examples where they lie: it is bound for each block.
type move struct {
	at    int // among the steps of the plan
	steps []step
}

// newBlock binds the inner code for p's examples from ≤ j < to, a whole number of
// blocks.
func newBlock[T compute.Float](b *blocked, p *plan, from, to, width int) *block[T] {
	q, at := &block[T]{from: from, width: width}, p.at.with(b.symbol, width)
	var inPlace []*Node
	binder := bind(b.inner, at, &home{leaf: func(x *Node, made *denses) *tensor.Dense {
		all := p.value[x.id]
		if !x.shape.Holds(b.symbol) {
			return all
		}
		if !b.inner.inOrder(x) && (b.inPlace || !rowMajor(all)) {
			inPlace = append(inPlace, x)
			return examplesIn(made, x, b.symbol, all, from, at)
		}
		v := made.zero(b.inner.g.dtype, x.shape.dimsAt(at, &few{})...)
		q.inputs = append(q.inputs, newWindow(x, b.symbol, width, p.at, compute.Data[T](all), compute.Data[T](v)))
		return v
	}})
	q.plan = binder.plan
	for i, group := range b.inner.groups() {
		if b.inner.readsAny(group[0], inPlace) {
			q.moves = append(q.moves, move{i, []step{q.plan.steps[i]}})
		}
	}
	for first := from + width; first < to; first += width {
		for _, x := range inPlace {
			q.plan.value[x.id] = examplesIn(&binder.made, x, b.symbol, p.value[x.id], first, at)
		}
		for i := range q.moves {
			m := &q.moves[i]
			m.steps = append(m.steps, binder.step(b.inner.groupAt(m.at)))
		}
	}
	for _, y := range b.sums {
		q.sums = append(q.sums, compute.Data[T](q.plan.value[y.id]))
	}
	for _, y := range b.kept {
		all, part := compute.Data[T](p.value[y.id]), compute.Data[T](q.plan.value[y.id])
		q.kept = append(q.kept, newWindow(y, b.symbol, width, p.at, all, part))
	}
	return q
}

// examplesIn returns examples of a leaf's tensor where they lie, from an index on: as many as
// its symbol says.
func examplesIn(made *denses, x *Node, symbol int, all *tensor.Dense, from int, at sizes) *tensor.Dense {
	l, _ := x.shape.layoutOf(symbol)
	shape := made.extents.take(all.Dims())
	copy(shape, x.shape.dimsAt(at, &few{}))
	return made.strided(all, from*at.number(l.each)*all.Strides()[l.axis], shape, all.Strides())
}

// run computes the block whose first example is at, or returns why an op refuses it.
func (b *block[T]) run(at int) error {
	for i := range b.inputs {
		b.inputs[i].load(at)
	}
	moves := b.moves
	for i := range b.plan.steps {
		s := &b.plan.steps[i]
		if len(moves) > 0 && moves[0].at == i {
			s, moves = &moves[0].steps[(at-b.from)/b.width], moves[1:]
		}
		if err := s.do(nil, true); err != nil {
			return fmt.Errorf("examples from %d on: %w", at, err)
		}
		if invariants {
			b.plan.poison(i)
		}
	}
	for i := range b.kept {
		b.kept[i].store(at)
	}
	return nil
}
