package graph

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
	"adjoint/internal/team"
)

// A blockPlan computes the results of a blocked over the examples of a plan. How they
// are cut depends on shapes alone, and so do the bits of the sums.
type blockPlan[T compute.Float] struct {
	mean  []bool
	parts []*blockPart[T]
	sums  [][]T // where they go
	n     int
	back  bool // whether the next run, if one thread does it, begins with the last part
}

// A blockPart is some neighbouring blocks. They share the memory of one.
type blockPart[T compute.Float] struct {
	from, to   int       // examples
	full, last *block[T] // last is for fewer examples, or is full
	sums       [][]T     // over the blocks of this part
	err        error     // why there are none
}

// bindBlocks binds b to the values of p. It returns the step of the blocks, that of
// adding up what they come to, and what is to be done once before.
func bindBlocks[T compute.Float](b *blocked, p *plan) (blocks, add step, once func() error) {
	n, size := p.at.of(b.symbol), b.size(p.at)
	count := (n + size - 1) / size
	q := &blockPlan[T]{mean: b.mean, parts: make([]*blockPart[T], b.parts(p.at)), n: n}
	for _, y := range b.sums {
		q.sums = append(q.sums, compute.Data[T](p.value[y.id]))
	}
	for i := range q.parts {
		from, to := i*count/len(q.parts)*size, min((i+1)*count/len(q.parts)*size, n)
		rest := (to - from) % size
		part := &blockPart[T]{from: from, to: to, full: newBlock[T](b, p, from, to-rest, size)}
		part.last = part.full
		if rest > 0 {
			part.last = newBlock[T](b, p, to-rest, to, rest)
		}
		for _, y := range q.sums {
			part.sums = append(part.sums, make([]T, len(y)))
		}
		q.parts[i] = part
	}
	blocks.work = team.Job{Parts: len(q.parts), Do: q.do}
	add = step{work: team.Job{Parts: 1, Do: func(int, int) { q.add() }}, more: &moreWork{valid: q.valid}}
	return blocks, add, q.once
}

// once computes what is the same in all blocks.
func (q *blockPlan[T]) once() error {
	for _, part := range q.parts {
		for _, b := range []*block[T]{part.full, part.last} {
			if err := b.plan.doOnce(); err != nil {
				return err
			}
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
		part.err = q.part(part)
	}
	if all {
		q.back = !q.back
	}
}

// part computes the sums of a part.
func (q *blockPlan[T]) part(part *blockPart[T]) error {
	for at := part.from; at < part.to; at += part.full.width {
		b := part.full
		if at+b.width > part.to {
			b = part.last
		}
		if err := b.run(at); err != nil {
			return err
		}
		for i, sum := range part.sums {
			accumulate(sum, b.sums[i], q.weight(i, b.width), at == part.from)
		}
	}
	return nil
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
			accumulate(sum, part.sums[i], 1, k == 0)
		}
	}
}

// weight is what the sum i over some examples counts in that over all.
func (q *blockPlan[T]) weight(i, examples int) T {
	if q.mean[i] {
		return T(float64(examples) / float64(q.n))
	}
	return 1
}

// accumulate adds weight·x to the sum, or begins it.
func accumulate[T compute.Float](sum, x []T, weight T, begin bool) {
	if begin {
		kernel.Scale(sum, x, weight)
	} else {
		kernel.Axpy(sum, x, weight)
	}
}
