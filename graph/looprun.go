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

// A boundSteps is a loop that takes one step after the other, bound to its tensors. Place k of a
// round is that of its step k.
type boundSteps[T compute.Float] struct {
	plan   *plan
	start  []T
	states [][]T // what the first step of a round reads, and what each computes
	in     []windows[T]
	out    []windows[T]
	final  [][]T         // where the last state goes
	steps  [][]step      // by place
	copies []rootCopy[T] // values of steps that no kernel computes into their place
	times  int
	back   bool
}

// A rootCopy is a value of steps that has to be copied, by place.
type rootCopy[T compute.Float] struct{ to, from [][]T }

func bindSteps[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result, h *home) *boundSteps[T] {
	n, times := at.number(l.Body.in[0].shape.Dim(l.Body.in[0].shape.Rank()-1)), 0
	for i, x := range x {
		if d := x.Shape(); l.timed(i) {
			times = d[len(d)-2]
		}
	}
	round, _ := l.round(at, times)
	b := bind(l.code, at, &home{leaf: func(leaf *Node, made *denses) *tensor.Dense {
		switch {
		case leaf.kind == Examples:
			return leaf.size(at, made)
		case leaf.kind == Const:
			return leaf.value
		case !leaf.shape.Holds(Batch):
			return x[l.input(leaf)]
		}
		return made.zero(l.g.dtype, leaf.shape.dimsAt(at, &few{})...)
	}})
	q := &boundSteps[T]{plan: b.plan, start: compute.Data[T](x[0]), times: times, back: l.Back}
	over := func(all *tensor.Dense, memory []T) windows[T] {
		w := windows[T]{all: compute.Data[T](all), copies: memory, size: len(memory) / round, n: n, row: times * n, times: times, back: l.Back}
		if d := all.Dims(); d > 2 {
			w.row = all.Strides()[d-3]
		}
		if h != nil && slices.Contains(h.among, all) {
			w.home = h
		}
		return w
	}
	var reads, writes [][]*tensor.Dense // of windowed, and of the roots: by place
	for _, leaf := range l.windowed() {
		memory, tensors, _ := copiesOf[T](b, leaf, at, round)
		reads = append(reads, tensors)
		q.in = append(q.in, over(x[l.input(leaf)], memory))
	}
	memory, states, data := copiesOf[T](b, l.roots[0], at, round+1)
	q.states = data
	for i, root := range l.roots {
		memory, tensors, data := memory[len(data[0]):], states[1:], data[1:]
		if i > 0 {
			memory, tensors, data = copiesOf[T](b, root, at, round)
		}
		writes = append(writes, tensors)
		for _, r := range results {
			switch {
			case r.value == 0 && i == 0:
				q.final = append(q.final, compute.Data[T](r.y))
			case r.value > 0 && l.rootOf(r.value) == i:
				q.out = append(q.out, over(r.y, memory))
			}
		}
		if !l.computes(i) {
			q.copies = append(q.copies, rootCopy[T]{to: data})
		}
	}
	for k := range round {
		b.atPlace(l, k, states[k], reads, writes)
		copied := 0
		for i, root := range l.roots {
			if !l.computes(i) {
				q.copies[copied].from = append(q.copies[copied].from, compute.Data[T](b.plan.value[root.id]))
				copied++
			}
		}
		steps := make([]step, len(l.ends))
		for i, group := range l.groups() {
			steps[i] = b.step(group)
		}
		q.steps = append(q.steps, steps)
	}
	return q
}

// copiesOf makes room for a node's values at the places of a round, one after the other.
func copiesOf[T compute.Float](b *binder, of *Node, at sizes, count int) (all []T, tensors []*tensor.Dense, data [][]T) {
	dims := of.shape.dimsAt(at, &few{})
	size := tensor.Shape(dims).TotalSize()
	memory := b.made.zero(of.g.dtype, size*count)
	for k := range count {
		v := b.made.part(memory, k*size, dims...)
		tensors, data = append(tensors, v), append(data, compute.Data[T](v))
	}
	return compute.Data[T](memory), tensors, data
}

// computes reports whether a kernel computes value i of a step into its place: not that of a leaf,
// what is the same in all steps, or a value before it.
func (l *loopCode) computes(i int) bool {
	root := l.roots[i]
	return slices.Contains(l.run, root) && !slices.Contains(l.roots[:i], root)
}

// atPlace makes the values of a step those of a place: the state, what it reads, by windowed leaf,
// and what it writes, by root.
func (b *binder) atPlace(l *loopCode, k int, state *tensor.Dense, reads, writes [][]*tensor.Dense) {
	for i, leaf := range l.windowed() {
		b.plan.value[leaf.id] = reads[i][k]
	}
	for _, leaf := range l.leaves {
		if l.input(leaf) == 0 {
			b.plan.value[leaf.id] = state
		}
	}
	for i, root := range l.roots {
		if l.computes(i) {
			b.plan.value[root.id] = writes[i][k]
		}
	}
	b.parts = nil // of the values that are in other places now
}

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
		count = min(len(q.steps), q.times-done)
		for i := range q.in {
			q.in[i].load(done, count)
		}
		for k := range count {
			if err := q.step(k, t); err != nil {
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
		copy(c.to[place], c.from[place])
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

// Windows are a tensor (…, T, N), and copies (…, N) of it at the times of a round, one after the
// other.
type windows[T compute.Float] struct {
	all, copies []T
	size        int   // of a copy
	n           int   // of examples
	row         int   // from one row of the tensor to the next
	home        *home // which says where the times begin, if they lie in a tensor of more
	times       int
	back        bool
}

// pieces are those of count times of the tensor, from a step on, and where they begin.
func (w *windows[T]) pieces(step, count int) (p kernel.Pieces, begin int) {
	p = kernel.Pieces{Rows: w.size / w.n, Parts: count, Len: w.n, Row: w.row, Part: w.n, ToRow: w.n, ToPart: w.size}
	begin = step * w.n
	if w.back {
		begin, p.Part = (w.times-1-step)*w.n, -w.n
	}
	if w.home != nil {
		begin += w.home.origin
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
