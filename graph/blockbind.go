package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// A block is the inner code, bound for a number of examples, and for where they lie.
type block[T compute.Float] struct {
	plan   *plan
	from   int // the first example
	width  int
	copies []blockInput[T]
	moves  []move
	sums   [][]T
}

// A blockInput is an input, of all examples, and the copy of a block's.
type blockInput[T compute.Float] struct {
	all, copy []T
	apart     int // from one entry of an example to the next
}

// A move is a step that reads examples where they lie: it is bound for each block.
type move struct {
	at    int // among the steps of the plan
	steps []step
}

// newBlock binds the inner code for p's examples from ≤ j < to, a whole number of
// blocks.
func newBlock[T compute.Float](b *blocked, p *plan, from, to, width int) *block[T] {
	q := &block[T]{from: from, width: width}
	var inPlace []*Node
	at := bind(b.inner, examples(width), func(x *Node, made *denses) *tensor.Dense {
		all := p.value[x.id]
		if !x.shape.Symbolic() {
			return all
		}
		if !b.inner.inOrder.get(x) && (b.inPlace || !rowMajor(all)) {
			inPlace = append(inPlace, x)
			return window[T](made, all, from, width)
		}
		v := made.zero(b.inner.g.dtype, x.shape.dimsAt(examples(width), &few{})...)
		q.copies = append(q.copies, blockInput[T]{compute.Data[T](all), compute.Data[T](v), p.at.of(Batch)})
		return v
	})
	q.plan = at.plan
	for i, group := range b.inner.groups {
		reads := b.inner.reads.get(group[0])
		if slices.ContainsFunc(reads, func(x operand) bool { return slices.Contains(inPlace, x.n) }) {
			q.moves = append(q.moves, move{i, []step{q.plan.steps[i]}})
		}
	}
	for first := from + width; first < to; first += width {
		for _, x := range inPlace {
			at.plan.value[x.id] = window[T](&at.made, p.value[x.id], first, width)
		}
		for i := range q.moves {
			m := &q.moves[i]
			m.steps = append(m.steps, at.step(b.inner.groups[m.at]))
		}
	}
	for _, y := range b.sums {
		q.sums = append(q.sums, compute.Data[T](q.plan.value[y.id]))
	}
	return q
}

// window returns the columns from ≤ j < from+width of a tensor, where they lie.
func window[T compute.Float](made *denses, all *tensor.Dense, from, width int) *tensor.Dense {
	last := len(all.Shape()) - 1
	shape := made.extents.take(last + 1)
	copy(shape, all.Shape())
	shape[last] = width
	return made.strided(compute.Data[T](all)[from*all.Strides()[last]:], shape, all.Strides())
}

// run computes the block whose first example is at, or returns why an op refuses it.
func (b *block[T]) run(at int) error {
	for _, x := range b.copies {
		for i, from := 0, at; i < len(x.copy); i, from = i+b.width, from+x.apart {
			copy(x.copy[i:i+b.width], x.all[from:])
		}
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
	return nil
}
