package graph

import (
	"adjoint/compute"
	"adjoint/internal/team"
)

// A portion is code bound to some neighbours of what a symbol counts: the examples of a block, the times
// of a stretch of a loop, or a round of its steps. It copies what the code reads of them, or has it read
// where it lies; runs the code; copies what that computes of them to where all is; adds up the rest; and
// carries on what the next portion begins with.
type portion[T compute.Float] struct {
	plan    *plan
	width   int                           // how many neighbours there are
	lists   [][]step                      // what is done for each after the other, in turn
	each    int                           // how many a list is done for: all of them, or one
	back    bool                          // they are done from the last to the first
	before  []func(from, count int)       // copy what is of the neighbours from one on
	moves   []func(at, list int)          // have a list read where the neighbours from one on lie
	after   []func(from, count int)       // copy what is computed of them
	sums    []portionSum[T]               // over portions
	state   []T                           // what is carried on; nil for nothing
	next    [][]T                         // where that is after each list
	refused func(at int, err error) error // says which neighbours a value was refused for
}

// A portionSum is a value of a portion, and where what it comes to is added up.
type portionSum[T compute.Float] struct {
	sum, of []T
	weight  T
}

// run computes count neighbours from one on, before which so many were done, or returns why an op refuses
// a value.
func (p *portion[T]) run(from, count, done int, t *team.Team) error {
	for _, load := range p.before {
		load(from, count)
	}
	each := min(p.each, count)
	for k := 0; k < count; k += each {
		at, list := from+k, (done+k)%len(p.lists)
		if p.back {
			at = from + count - k - each
		}
		for _, move := range p.moves {
			move(at, list)
		}
		steps := p.lists[list]
		for i := range steps {
			if err := steps[i].do(t, true); err != nil {
				return p.refused(at, err)
			}
			if invariants {
				p.plan.poison(i)
			}
		}
	}
	for _, store := range p.after {
		store(from, count)
	}
	for _, s := range p.sums {
		accumulate(s.sum, s.of, s.weight, done == 0)
	}
	if p.state != nil {
		copy(p.state, p.next[min(count, len(p.next))-1])
	}
	return nil
}

// Portions are neighbours from ≤ i < to, a portion after the other.
type portions[T compute.Float] struct {
	from, to   int
	full, last *portion[T] // last is of fewer, or is full
}

// portionsOf cuts neighbours into portions of a width, of which bind binds some that follow each other.
func portionsOf[T compute.Float](from, to, width int, bind func(from, to, width int) *portion[T]) portions[T] {
	rest := (to - from) % width
	q := portions[T]{from: from, to: to, full: bind(from, to-rest, width)}
	if q.last = q.full; rest > 0 {
		q.last = bind(to-rest, to, rest)
	}
	return q
}

// once computes what is the same in all portions.
func (q *portions[T]) once() error {
	err := q.full.plan.doOnce()
	if err == nil && q.last != q.full {
		err = q.last.plan.doOnce()
	}
	return err
}

// run computes all, or returns why an op refuses a value.
func (q *portions[T]) run(t *team.Team) error {
	for done, count := 0, 0; q.from+done < q.to; done += count {
		p := q.full
		if count = min(p.width, q.to-q.from-done); count < p.width {
			p = q.last
		}
		from := q.from + done
		if p.back {
			from = q.to - done - count
		}
		if err := p.run(from, count, done, t); err != nil {
			return err
		}
	}
	return nil
}
