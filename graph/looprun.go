package graph

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A loopRunner is a loop bound to its tensors.
type loopRunner interface {
	run(t *team.Team) error
	shared() bool
}

// bindLoop binds a loop to its inputs and to where its values go, where symbols of the Body are
// these numbers. Inputs and values of all times may lie in others, as home says.
func bindLoop[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result, h *home) loopRunner {
	if l.Times == 0 {
		return bindSteps[T](l, at, x, results, h)
	}
	return bindStretches[T](l, at, x, results)
}

// roundBytes and maxRound bound a round. Some steps are done one after the other, a round: what they
// read is copied together, and so is what they compute, since a window of one time is in short pieces
// far from each other. The copies take roundBytes, more or less.
const (
	roundBytes = 384 << 10
	maxRound   = 16
)

// round returns how many steps of so many there are in a round, and how many entries the copies of
// one step have.
func (l *loopCode) round(at sizes, times int) (steps, entries int) {
	for _, x := range slices.Concat(l.roots, l.windowed()) {
		entries += volumeOf(x.shape).at(at)
	}
	return max(1, min(roundBytes/(entries*int(l.g.dtype.Size())), maxRound, times)), entries
}

// windowed returns the leaves that differ from step to step, but for the state.
func (l *loopCode) windowed() []*Node {
	return slices.DeleteFunc(slices.Clone(l.leaves), func(x *Node) bool { return !x.shape.Holds(Batch) || l.input(x) == 0 })
}

// A boundSteps is a loop that takes one step after the other, bound to its tensors. Step k of a round
// has place k of the copies. If some values are read or computed where they lie among all times, each
// step of the loop is bound, else those of a round.
type boundSteps[T compute.Float] struct {
	plan   *plan
	start  []T
	states [][]T // what the first step of a round reads, and what each computes
	in     []windows[T]
	out    []windows[T]
	moving []moving[T]
	final  [][]T         // where the last state goes
	steps  [][]step      // that are bound
	copies []rootCopy[T] // values of steps that no kernel computes into their place
	round  int
	times  int
	back   bool
}

// A rootCopy is a value of steps that has to be copied, by the steps that are bound.
type rootCopy[T compute.Float] struct{ to, from [][]T }

// shared reports whether threads may share some work.
func (q *boundSteps[T]) shared() bool {
	return slices.ContainsFunc(q.steps[0], func(s step) bool { return s.shared() })
}

// run computes the trajectory, or returns why a step refuses a value.
func (q *boundSteps[T]) run(t *team.Team) error {
	if err := q.plan.doOnce(); err != nil {
		return err
	}
	copy(q.states[0], q.start)
	for done, count := 0, 0; done < q.times; done += count {
		count = min(q.round, q.times-done)
		for i := range q.in {
			q.in[i].load(done, count)
		}
		for k := range count {
			bound := (done + k) % len(q.steps)
			for i := range q.moving {
				q.moving[i].to(done+k, bound)
			}
			if err := q.step(bound, t); err != nil {
				return &stepError{q.time(done + k), err}
			}
		}
		for i := range q.out {
			q.out[i].store(done, count)
		}
		copy(q.states[0], q.states[count])
	}
	for _, y := range q.final {
		copy(y, q.states[0])
	}
	return nil
}

// step does the step at a place.
func (q *boundSteps[T]) step(place int, t *team.Team) error {
	for i := range q.steps[place] {
		if err := q.steps[place][i].do(t, true); err != nil {
			return err
		}
		if invariants {
			q.plan.poison(i)
		}
	}
	for _, c := range q.copies {
		copy(c.to[place%q.round], c.from[place])
	}
	return nil
}

// time returns the time of a step, counted from the first that is done.
func (q *boundSteps[T]) time(step int) int {
	if q.back {
		return q.times - 1 - step
	}
	return step
}

// A moving is a leaf that is not copied: each step reads it where it lies, and that moves with time.
type moving[T compute.Float] struct {
	windows[T]
	leaf *Node
	read [][]movingRead[T] // by the steps that are bound
}

// A movingRead is what a call reads, from an entry of the leaf on.
type movingRead[T compute.Float] struct {
	entries *[]T
	from    int
}

// to moves what a bound step reads to a step of the loop.
func (m *moving[T]) to(step, bound int) {
	_, begin := m.pieces(step, 1)
	for _, r := range m.read[bound] {
		at := begin + r.from
		*r.entries = m.all[at : at+len(*r.entries)]
	}
}

// Windows are a tensor (…, T, N), and copies (…, N) of it at the times of a round, one after the
// other.
type windows[T compute.Float] struct {
	all, copies []T
	size        int   // of a copy
	n           int   // of examples
	row         int   // from one row of the tensor to the next
	time        int   // and from one time to the next
	home        *home // which says where the times begin, if they lie in a tensor of more
	times       int
	back        bool
}

// pieces are those of count times of the tensor, from a step on, and where they begin.
func (w *windows[T]) pieces(step, count int) (p kernel.Pieces, begin int) {
	p = kernel.Pieces{Rows: w.size / w.n, Parts: count, Len: w.n, Row: w.row, Part: w.time, ToRow: w.n, ToPart: w.size}
	begin = step * w.time
	if w.back {
		begin, p.Part = (w.times-1-step)*w.time, -w.time
	}
	if w.home != nil {
		begin += w.home.origin * w.time
	}
	return p, begin
}

// load sets the copies to what is of so many steps from one on.
func (w *windows[T]) load(step, count int) {
	p, begin := w.pieces(step, count)
	kernel.CopyPieces(w.copies, 0, w.all, begin, p)
}

// store is the inverse of load.
func (w *windows[T]) store(step, count int) {
	p, begin := w.pieces(step, count)
	p.Row, p.Part, p.ToRow, p.ToPart = p.ToRow, p.ToPart, p.Row, p.Part
	kernel.CopyPieces(w.all, begin, w.copies, 0, p)
}
