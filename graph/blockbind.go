package graph

import (
	"fmt"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// newBlock binds the inner code for p's examples from ≤ j < to, a whole number of blocks, and to what
// those of a part come to.
func newBlock[T compute.Float](b *blocked, p *plan, from, to, width int, sums []portionSum[T]) *portion[T] {
	q, at := &portion[T]{width: width, each: width, refused: refusedExamples}, p.at.with(b.symbol, width)
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
		w := newWindow(x, b.symbol, width, p.at, compute.Data[T](all), compute.Data[T](v))
		q.before = append(q.before, w.load)
		return v
	}})
	q.plan = binder.plan
	q.lists = [][]step{q.plan.steps}
	if moves := movesOf(binder, inPlace); moves != nil {
		for first := from + width; first < to; first += width {
			for _, x := range inPlace {
				q.plan.value[x.id] = examplesIn(&binder.made, x, b.symbol, p.value[x.id], first, at)
			}
			for _, m := range moves {
				m.steps = append(m.steps, binder.step(b.inner.groupAt(m.at)))
			}
		}
		for _, m := range moves {
			q.moves = append(q.moves, func(at, _ int) { q.plan.steps[m.at] = m.steps[(at-from)/width] })
		}
	}
	for i, y := range b.sums {
		s := sums[i]
		s.of, s.weight = compute.Data[T](q.plan.value[y.id]), 1
		if b.mean[i] {
			s.weight = T(float64(width) / float64(p.at.of(b.symbol)))
		}
		q.sums = append(q.sums, s)
	}
	for _, y := range b.kept {
		all, part := compute.Data[T](p.value[y.id]), compute.Data[T](q.plan.value[y.id])
		w := newWindow(y, b.symbol, width, p.at, all, part)
		q.after = append(q.after, w.store)
	}
	return q
}

// A move is a step that reads examples where they lie: it is bound for each block.
type move struct {
	at    int // among the steps of the plan
	steps []step
}

// movesOf returns the steps that read some leaves, bound for the first block.
func movesOf(b *binder, inPlace []*Node) (moves []*move) {
	for i, group := range b.code.groups() {
		if b.code.readsAny(group[0], inPlace) {
			moves = append(moves, &move{i, []step{b.plan.steps[i]}})
		}
	}
	return moves
}

// examplesIn returns examples of a leaf's tensor where they lie, from an index on: as many as
// its symbol says.
func examplesIn(made *denses, x *Node, symbol int, all *tensor.Dense, from int, at sizes) *tensor.Dense {
	l, _ := x.shape.layoutOf(symbol)
	shape := made.extents.take(all.Dims())
	copy(shape, x.shape.dimsAt(at, &few{}))
	return made.strided(all, from*at.number(l.each)*all.Strides()[l.axis], shape, all.Strides())
}

// refusedExamples says for which block a value was refused, that of the examples from one on.
func refusedExamples(from int, err error) error {
	return fmt.Errorf("examples from %d on: %w", from, err)
}
