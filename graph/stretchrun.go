package graph

import (
	"errors"
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/internal/team"

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

// A boundStretches is a loop over stretches bound to its tensors. It is no blockPlan, with which it
// shares windows and how sums are added up: stretches come one after the other, as each begins where
// the one before ended, and threads share the work within one; blocks come in any order, and each
// thread has some to itself.
type boundStretches[T compute.Float] struct {
	full, last *stretch[T] // last is of fewer times, or is full
	start      []T         // what is carried into the first
	carried    []T
	final      [][]T // where it goes after the last
	times      int
	back       bool
}

// A stretch is the code of one, bound to some times.
type stretch[T compute.Float] struct {
	plan   *plan
	width  int
	inputs []window[T]     // what it copies before
	kept   []window[T]     // and after
	ahead  *aheadWindow[T] // nil if there is none
	home   *home           // of what lies among all times
	sums   []rootSum[T]
	next   []T // what is carried on
}

// A rootSum is a value of a stretch, and the sum over them.
type rootSum[T compute.Float] struct{ sum, of []T }

func bindStretches[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result) *boundStretches[T] {
	q := &boundStretches[T]{start: compute.Data[T](x[0]), times: at.of(l.Times), back: l.Back}
	state := oneDense().zero(l.g.dtype, x[0].Shape()...)
	q.carried = compute.Data[T](state)
	for _, r := range results {
		if r.value == 0 {
			q.final = append(q.final, compute.Data[T](r.y))
		}
	}
	w := l.width(at)
	q.full = newStretch[T](l, at, w, state, x, results)
	q.last = q.full
	if rest := q.times % w; rest > 0 {
		q.last = newStretch[T](l, at, rest, state, x, results)
	}
	return q
}

// newStretch binds the code to so many times.
func newStretch[T compute.Float](l *loopCode, at sizes, width int, state *tensor.Dense, x []*tensor.Dense, results []result) *stretch[T] {
	inside := at.with(l.Times, width)
	q := &stretch[T]{width: width}
	among := func(n *Node, all *tensor.Dense, made *denses) *tensor.Dense {
		v := made.strided(all, 0, n.shape.dimsAt(inside, &few{}), all.Strides())
		q.home.among = append(q.home.among, v)
		return v
	}
	q.home = &home{}
	q.home.leaf = func(leaf *Node, made *denses) *tensor.Dense {
		switch leaf.kind {
		case Examples:
			return leaf.size(inside, made)
		case Const:
			return leaf.value
		}
		i := l.input(leaf)
		from, ahead := x[l.place(i)], i == 1 && l.Ahead
		switch {
		case i == 0:
			return state
		case !l.timed(i):
			return from
		case !ahead && l.inPlace(leaf):
			return among(leaf, from, made)
		}
		v := made.zero(l.g.dtype, leaf.shape.dimsAt(inside, &few{})...)
		w := newWindow(leaf, l.Times, width, at, compute.Data[T](from), compute.Data[T](v))
		if ahead {
			q.ahead = &aheadWindow[T]{w, compute.Data[T](x[1]), l.Back}
		} else {
			q.inputs = append(q.inputs, w)
		}
		return v
	}
	q.home.value = func(y *Node, made *denses) *tensor.Dense {
		of := slices.DeleteFunc(slices.Clone(results), func(r result) bool { return l.root(r.value) != y })
		if len(of) != 1 || !l.inPlace(y) {
			return nil // several results are copies of one
		}
		return among(y, of[0].y, made)
	}
	q.plan = bind(l.code, inside, q.home).plan
	q.next = compute.Data[T](q.plan.value[l.root(0).id])
	for _, r := range results {
		root := l.root(r.value)
		v := q.plan.value[root.id]
		to, from := compute.Data[T](r.y), compute.Data[T](v)
		switch {
		case r.value == 0 || &to[0] == &from[0]:
		case root.shape.Holds(l.Times):
			q.kept = append(q.kept, newWindow(root, l.Times, width, at, to, from))
		default:
			q.sums = append(q.sums, rootSum[T]{to, from})
		}
	}
	return q
}

// shared reports whether threads may share some work.
func (q *boundStretches[T]) shared() bool {
	return slices.ContainsFunc(q.full.plan.steps, func(s step) bool { return s.shared() })
}

// run computes the results, or returns why an op refuses a value.
func (q *boundStretches[T]) run(t *team.Team) error {
	for _, s := range []*stretch[T]{q.full, q.last} {
		if err := s.plan.doOnce(); err != nil {
			return err
		}
	}
	copy(q.carried, q.start)
	count := (q.times + q.full.width - 1) / q.full.width
	for k := range count {
		i := k
		if q.back {
			i = count - 1 - k
		}
		s, from := q.full, i*q.full.width
		if from+s.width > q.times {
			s = q.last
		}
		if err := s.run(from, k == 0, t); err != nil {
			return err
		}
		copy(q.carried, s.next)
	}
	for _, y := range q.final {
		copy(y, q.carried)
	}
	return nil
}

// run computes the stretch that begins at a time.
func (s *stretch[T]) run(from int, first bool, t *team.Team) error {
	for i := range s.inputs {
		s.inputs[i].load(from)
	}
	if s.ahead != nil {
		s.ahead.load(from)
	}
	s.home.origin = from
	for i := range s.plan.steps {
		if err := s.plan.steps[i].do(t, true); err != nil {
			if e := new(stepError); errors.As(err, &e) {
				e.time += from
				return err
			}
			return fmt.Errorf("times from %d on: %w", from, err)
		}
		if invariants {
			s.plan.poison(i)
		}
	}
	for i := range s.kept {
		s.kept[i].store(from)
	}
	for _, r := range s.sums {
		accumulate(r.sum, r.of, 1, first)
	}
	return nil
}

// A stepError is that of a step of a loop.
type stepError struct {
	time int
	err  error
}

func (e *stepError) Error() string { return fmt.Sprintf("at time %d: %v", e.time, e.err) }
func (e *stepError) Unwrap() error { return e.err }

// An aheadWindow is a window of what a loop comes to next, and at the end of what it starts from.
type aheadWindow[T compute.Float] struct {
	window[T]
	start []T
	back  bool
}

// load copies what is ahead of the times from one on.
func (w *aheadWindow[T]) load(at int) {
	n := w.from
	times, width := w.row/n, w.width/n
	for i, row := 0, 0; i < len(w.part); i, row = i+w.width, row+1 {
		to, all, start := w.part[i:i+w.width], w.all[row*w.row:(row+1)*w.row], w.start[row*n:(row+1)*n]
		switch {
		case w.back && at == 0:
			copy(to, start)
			copy(to[n:], all)
		case w.back:
			copy(to, all[(at-1)*n:])
		case at+width == times:
			copy(to, all[(at+1)*n:])
			copy(to[w.width-n:], start)
		default:
			copy(to, all[(at+1)*n:])
		}
	}
}
