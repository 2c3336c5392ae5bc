package graph

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

// A boundLoop is a loop bound to its tensors. Place k of a stretch is that of its step k.
type boundLoop[T compute.Float] struct {
	plan   *plan
	once   []func() error // what is the same at all times
	start  []T
	states [][]T // what the first step of a stretch reads, and what each computes
	in     []windows[T]
	out    []windows[T]
	steps  [][]step      // by place
	copies []rootCopy[T] // values of steps that no kernel computes into their place
	times  int
	back   bool
}

// A rootCopy is a value of steps that has to be copied, by place.
type rootCopy[T compute.Float] struct{ to, from [][]T }

// A loopRunner is a boundLoop of either type.
type loopRunner interface {
	run(t *team.Team) error
	shared() bool
}

// bindLoop binds the loop that computes y from x, where symbols of the step are these numbers.
// What is in y after the first has the first rows of that.
func bindLoop[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, y ...*tensor.Dense) *boundLoop[T] {
	d := y[0].Shape()
	times, n := d[len(d)-2], d[len(d)-1]
	stretch, _ := l.stretch(at, times)
	b := bind(l.code, at, func(leaf *Node, made *denses) *tensor.Dense {
		switch i := l.place(leaf); {
		case leaf.kind == Examples:
			return leaf.size(at, made)
		case leaf.kind == Const:
			return leaf.value
		case !leaf.shape.Holds(Batch):
			return x[i]
		}
		return made.zero(l.g.dtype, leaf.shape.dimsAt(at, &few{})...)
	})
	q := &boundLoop[T]{plan: b.plan, once: b.plan.once, start: compute.Data[T](x[0]), times: times, back: l.Back}
	copies := func(of *Node, count int) (all []T, tensors []*tensor.Dense, data [][]T) {
		dims := of.shape.dimsAt(at, &few{})
		size := tensor.Shape(dims).TotalSize()
		memory := b.made.zero(l.g.dtype, size*count)
		for k := range count {
			v := b.made.part(memory, k*size, dims...)
			tensors, data = append(tensors, v), append(data, compute.Data[T](v))
		}
		return compute.Data[T](memory), tensors, data
	}
	var reads, writes [][]*tensor.Dense // of windowed, and of the roots: by place
	for _, leaf := range l.windowed() {
		memory, tensors, _ := copies(leaf, stretch)
		reads = append(reads, tensors)
		q.in = append(q.in, windows[T]{compute.Data[T](x[l.place(leaf)]), memory, len(memory) / stretch, n, times, l.Back})
	}
	memory, states, data := copies(l.roots[0], stretch+1)
	q.states = data
	from := 0
	for i, root := range l.roots {
		size, memory, tensors, data := len(data[0]), memory[len(data[0]):], states[1:], data[1:]
		if i > 0 {
			memory, tensors, data = copies(root, stretch)
			size = len(data[0])
		}
		writes = append(writes, tensors)
		for _, y := range y {
			if all := compute.Data[T](y); from < len(all) {
				q.out = append(q.out, windows[T]{all[from:], memory, size, n, times, l.Back})
			}
		}
		from += size * times
		if !l.computes(i) {
			q.copies = append(q.copies, rootCopy[T]{to: data})
		}
	}
	for k := range stretch {
		b.atPlace(l, k, states[k], reads, writes)
		copied := 0
		for i, root := range l.roots {
			if !l.computes(i) {
				q.copies[copied].from = append(q.copies[copied].from, compute.Data[T](b.plan.value[root.id]))
				copied++
			}
		}
		steps := make([]step, len(l.groups))
		for i, group := range l.groups {
			steps[i] = b.step(group)
		}
		q.steps = append(q.steps, steps)
	}
	return q
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
		if l.place(leaf) == 0 {
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
func (q *boundLoop[T]) shared() bool {
	return slices.ContainsFunc(q.steps[0], func(s step) bool { return s.shared() })
}

// run computes the trajectory, or returns why a step refuses a value.
func (q *boundLoop[T]) run(t *team.Team) error {
	for _, do := range q.once {
		if err := do(); err != nil {
			return err
		}
	}
	copy(q.states[0], q.start)
	for done, count := 0, 0; done < q.times; done += count {
		count = min(len(q.steps), q.times-done)
		for i := range q.in {
			q.in[i].load(done, count)
		}
		for k := range count {
			if err := q.step(k, t); err != nil {
				return fmt.Errorf("at time %d: %w", q.out[0].time(done+k), err)
			}
		}
		for i := range q.out {
			q.out[i].store(done, count)
		}
		copy(q.states[0], q.states[count])
	}
	return nil
}

// step does the step at a place.
func (q *boundLoop[T]) step(place int, t *team.Team) error {
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

// refused sets the trajectory to NaN.
func (q *boundLoop[T]) refused() {
	for _, w := range q.out {
		for i := range w.all[:w.size*w.times] {
			w.all[i] = T(math.NaN())
		}
	}
}

// Windows are a tensor (…, T, N), and copies (…, N) of it at the times of a stretch, one after the
// other.
type windows[T compute.Float] struct {
	all, copies []T
	size        int // of a copy
	n           int // of examples
	times       int
	back        bool
}

// time returns the time of a step, counted from the first that is done.
func (w *windows[T]) time(step int) int {
	if w.back {
		return w.times - 1 - step
	}
	return step
}

// pieces are those of count times of the tensor, of which the rows are times·n entries.
func (w *windows[T]) pieces(count int) kernel.Pieces {
	p := kernel.Pieces{Rows: w.size / w.n, Parts: count, Len: w.n, Row: w.times * w.n, Part: w.n, ToRow: w.n, ToPart: w.size}
	if w.back {
		p.Part = -w.n
	}
	return p
}

// load sets the copies to what is of so many steps from one on.
func (w *windows[T]) load(step, count int) {
	kernel.CopyPieces(w.copies, 0, w.all, w.time(step)*w.n, w.pieces(count))
}

// store is the inverse of load.
func (w *windows[T]) store(step, count int) {
	p := w.pieces(count)
	p.Row, p.Part, p.ToRow, p.ToPart = p.ToRow, p.ToPart, p.Row, p.Part
	kernel.CopyPieces(w.all, w.time(step)*w.n, w.copies, 0, p)
}
