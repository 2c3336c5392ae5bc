package graph

import (
	"errors"
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// stretchBytes is what a stretch takes, more or less, or twice as much as what every stretch reads and
// adds up again, if that is more: the second cache holds it.
const stretchBytes = 768 << 10

// width returns how many times there are in a stretch.
func (l *loopCode) width(at sizes) int {
	times, shared := at.of(l.Times), 0
	for _, n := range slices.Concat(l.leaves, l.roots) {
		if !n.shape.Holds(l.Times) {
			shared += volumeOf(n.shape).at(at) * int(l.g.dtype.Size())
		}
	}
	w := max(1, max(stretchBytes, 2*shared)/max(1, l.costOf(l.Times, at).all))
	if w >= times {
		return max(1, times)
	}
	count := (times + w - 1) / w
	return (times + count - 1) / count
}

// inPlace reports whether a value of a stretch is read and computed by nothing but loops, one time
// after the other, so that it may lie among those of all times.
func (l *loopCode) inPlace(n *Node) bool {
	loop := l.loopOf.get(n)
	if !n.shape.Holds(l.Times) || n.op != nil && (loop == nil || loop.Times != 0 || loop.Value == 0) {
		return false
	}
	for _, list := range [][]*Node{l.once, l.run} {
		for _, y := range list {
			for i, x := range l.reads(y) {
				if x.n != n {
					continue
				}
				if inner := l.loopOf.get(y); x.input != n || inner == nil || inner.Times != 0 || !inner.timed(i) {
					return false
				}
			}
		}
	}
	return true
}

// isCopied reports whether a stretch has a copy of what a leaf is of all times.
func (l *loopCode) isCopied(leaf *Node) bool {
	i := l.input(leaf)
	return i > 0 && l.timed(i) && (i == 1 && l.Ahead || !l.inPlace(leaf))
}

// stretchBytes returns the size of a stretch of so many times, with the copies of what it reads.
func (l *loopCode) stretchBytes(at sizes, width int) uint64 {
	at = at.with(l.Times, width)
	total := l.computedBytes(at)
	for _, x := range l.leaves {
		if l.isCopied(x) {
			total = sum(total, l.volumeBytes(x, at))
		}
	}
	return total
}

// bindStretches binds a loop over stretches. Threads share the work within one.
func bindStretches[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result) portions[T] {
	state := oneDense().zero(l.g.dtype, x[0].Shape()...)
	return portionsOf(0, at.of(l.Times), l.width(at), func(_, _, width int) *portion[T] {
		return newStretch[T](l, at, width, state, x, results)
	})
}

// newStretch binds the code to so many times.
func newStretch[T compute.Float](l *loopCode, at sizes, width int, state *tensor.Dense, x []*tensor.Dense, results []result) *portion[T] {
	q := &portion[T]{width: width, each: width, back: l.Back, state: compute.Data[T](state), refused: refusedFrom}
	inside, h := at.with(l.Times, width), &home{}
	among := func(n *Node, all *tensor.Dense, made *denses) *tensor.Dense {
		v := made.strided(all, 0, n.shape.dimsAt(inside, &few{}), all.Strides())
		h.among = append(h.among, v)
		return v
	}
	h.leaf = func(leaf *Node, made *denses) *tensor.Dense {
		if v := l.fixed(leaf, inside, x, made); v != nil {
			return v
		}
		i := l.input(leaf)
		from, ahead := x[l.place(i)], i == 1 && l.Ahead
		switch {
		case i == 0:
			return state
		case !l.isCopied(leaf):
			return among(leaf, from, made)
		}
		v := made.zero(l.g.dtype, leaf.shape.dimsAt(inside, &few{})...)
		w := newWindow(leaf, l.Times, width, at, compute.Data[T](from), compute.Data[T](v))
		if ahead {
			a := &aheadWindow[T]{w, compute.Data[T](x[1]), l.Back}
			q.before = append(q.before, a.load)
		} else {
			q.before = append(q.before, w.load)
		}
		return v
	}
	h.value = func(y *Node, made *denses) *tensor.Dense {
		of := slices.DeleteFunc(slices.Clone(results), func(r result) bool { return l.root(r.value) != y })
		if len(of) != 1 || !l.inPlace(y) {
			return nil // several results are copies of one
		}
		return among(y, of[0].y, made)
	}
	q.plan = bind(l.code, inside, h).plan
	q.before = append(q.before, func(from, _ int) { h.origin = from })
	q.lists, q.next = [][]step{q.plan.steps}, [][]T{compute.Data[T](q.plan.value[l.root(0).id])}
	for _, r := range results {
		root := l.root(r.value)
		to, of := compute.Data[T](r.y), compute.Data[T](q.plan.value[root.id])
		switch {
		case r.value == 0 || &to[0] == &of[0]:
		case root.shape.Holds(l.Times):
			w := newWindow(root, l.Times, width, at, to, of)
			q.after = append(q.after, w.store)
		default:
			q.sums = append(q.sums, portionSum[T]{to, of, 1})
		}
	}
	return q
}

// refusedFrom says for which stretch a value was refused, that of the times from one on.
func refusedFrom(from int, err error) error {
	if e := new(stepError); errors.As(err, &e) {
		e.time += from
		return err
	}
	return fmt.Errorf("times from %d on: %w", from, err)
}
