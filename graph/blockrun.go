package graph

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
	"adjoint/internal/team"
)

// A blockPlan computes the results of a blocked over the examples of a plan. How they
// are cut depends on shapes alone, and so do the bits of the sums.
type blockPlan[T compute.Float] struct {
	parts []*blockPart[T]
	sums  [][]T // where they go
	back  bool  // whether the next run, if one thread does it, begins with the last part
}

// A blockPart is some neighbouring blocks.
type blockPart[T compute.Float] struct {
	portions[T]
	sums []portionSum[T] // over the blocks of this part
	err  error           // why there are none
}

// bindBlocks binds b to the values of p. It returns the step of the blocks, that of
// adding up what they come to, and what is to be done once before.
func bindBlocks[T compute.Float](b *blocked, p *plan) (blocks, add step, once func() error) {
	n, size := p.at.of(b.symbol), b.size(p.at)
	count := (n + size - 1) / size
	q := &blockPlan[T]{parts: make([]*blockPart[T], b.parts(p.at))}
	for _, y := range b.sums {
		q.sums = append(q.sums, compute.Data[T](p.value[y.id]))
	}
	for i := range q.parts {
		from, to := i*count/len(q.parts)*size, min((i+1)*count/len(q.parts)*size, n)
		part := &blockPart[T]{}
		for _, y := range q.sums {
			part.sums = append(part.sums, portionSum[T]{sum: make([]T, len(y))})
		}
		part.portions = portionsOf(from, to, size, func(from, to, width int) *portion[T] {
			return newBlock(b, p, from, to, width, part.sums)
		})
		q.parts[i] = part
	}
	blocks.work = team.Job{Parts: len(q.parts), Do: q.do}
	add = step{work: team.Job{Parts: 1, Do: func(int, int) { q.add() }}, more: &moreWork{valid: q.valid}}
	return blocks, add, q.once
}

// once computes what is the same in all blocks.
func (q *blockPlan[T]) once() error {
	for _, part := range q.parts {
		if err := part.once(); err != nil {
			return err
		}
	}
	return nil
}

// do computes the sums of some parts. When one thread does all, it goes to and fro, run
// by run: then a cache that does not hold all examples still has those that came last.
func (q *blockPlan[T]) do(from, to int) {
	all := to-from == len(q.parts)
	for i := from; i < to; i++ {
		part := q.parts[i]
		if all && q.back {
			part = q.parts[to-1-i]
		}
		part.err = part.run(nil)
	}
	if all {
		q.back = !q.back
	}
}

// valid returns why an op refused the first examples that it did.
func (q *blockPlan[T]) valid() error {
	for _, part := range q.parts {
		if part.err != nil {
			return part.err
		}
	}
	return nil
}

// add adds up the sums of the parts.
func (q *blockPlan[T]) add() {
	for k, part := range q.parts {
		for i, sum := range q.sums {
			accumulate(sum, part.sums[i].sum, 1, k == 0)
		}
	}
}

// accumulate adds weight·x to the sum, or begins it.
func accumulate[T compute.Float](sum, x []T, weight T, begin bool) {
	if begin {
		kernel.Scale(sum, x, weight)
	} else {
		kernel.Axpy(sum, x, weight)
	}
}
