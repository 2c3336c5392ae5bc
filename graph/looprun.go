package graph

import (
	"fmt"
	"math"
	"slices"

	"adjoint/compute"
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
	out    windows[T]
	steps  [][]step // by place
	copied [][]T    // by place: the value of the step, if no kernel computes it into states
	times  int
	back   bool
}

// A loopRunner is a boundLoop of either type.
type loopRunner interface {
	run(t *team.Team) error
	shared() bool
}

// bindLoop binds the loop that computes y from x, where symbols of the step are these numbers.
func bindLoop[T compute.Float](l *loopCode, at sizes, y *tensor.Dense, x []*tensor.Dense) *boundLoop[T] {
	d := y.Shape()
	times, n := d[len(d)-2], d[len(d)-1]
	stretch, _ := l.stretch(at, times)
	b := bind(l.code, at, func(leaf *Node, made *denses) *tensor.Dense {
		switch i := l.place(leaf); {
		case leaf.kind == Examples:
			return leaf.size(at, made)
		case !leaf.shape.Holds(Batch):
			return x[i]
		}
		return made.zero(l.g.dtype, leaf.shape.dimsAt(at, &few{})...)
	})
	q := &boundLoop[T]{plan: b.plan, once: b.plan.once, start: compute.Data[T](x[0]), times: times, back: l.Back}
	copies := func(of *Node, count int) (tensors []*tensor.Dense, data [][]T) {
		for range count {
			v := b.made.zero(l.g.dtype, of.shape.dimsAt(at, &few{})...)
			tensors, data = append(tensors, v), append(data, compute.Data[T](v))
		}
		return tensors, data
	}
	root := l.roots[0]
	states, data := copies(root, stretch+1)
	q.states, q.out = data, windows[T]{compute.Data[T](y), data[1:], n, times, l.Back}
	placed := make([][]*tensor.Dense, stretch) // by place, those of windowed
	for _, leaf := range l.windowed() {
		w := windows[T]{all: compute.Data[T](x[l.place(leaf)]), n: n, times: times, back: l.Back}
		var at []*tensor.Dense
		at, w.copies = copies(leaf, stretch)
		for k := range placed {
			placed[k] = append(placed[k], at[k])
		}
		q.in = append(q.in, w)
	}
	computed := slices.Contains(l.run, root)
	for k := range stretch {
		for i, leaf := range l.windowed() {
			b.plan.value[leaf.id] = placed[k][i]
		}
		for _, leaf := range l.leaves {
			if l.place(leaf) == 0 {
				b.plan.value[leaf.id] = states[k]
			}
		}
		if computed {
			b.plan.value[root.id] = states[k+1]
		} else {
			q.copied = append(q.copied, compute.Data[T](b.plan.value[root.id]))
		}
		b.parts = nil // of the values that are in other places now
		steps := make([]step, len(l.groups))
		for i, group := range l.groups {
			steps[i] = b.step(group)
		}
		q.steps = append(q.steps, steps)
	}
	return q
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
				return fmt.Errorf("at time %d: %w", q.out.time(done+k), err)
			}
		}
		q.out.store(done, count)
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
	if q.copied != nil {
		copy(q.states[place+1], q.copied[place])
	}
	return nil
}

// refused sets the trajectory to NaN.
func (q *boundLoop[T]) refused() {
	for i := range q.out.all {
		q.out.all[i] = T(math.NaN())
	}
}

// Windows are a tensor (…, T, N), and copies (…, N) of it at the times of a stretch.
type windows[T compute.Float] struct {
	all    []T
	copies [][]T
	n      int // of examples
	times  int
	back   bool
}

// time returns the time of a step, counted from the first that is done.
func (w *windows[T]) time(step int) int {
	if w.back {
		return w.times - 1 - step
	}
	return step
}

// load sets the copies to what is of so many steps from one on.
func (w *windows[T]) load(step, count int) {
	for j, row := 0, 0; j < len(w.copies[0]); j, row = j+w.n, row+w.times*w.n {
		for k, c := range w.copies[:count] {
			from := row + w.time(step+k)*w.n
			if w.n == 1 {
				c[j] = w.all[from]
			} else {
				copy(c[j:j+w.n], w.all[from:])
			}
		}
	}
}

// store is the inverse of load.
func (w *windows[T]) store(step, count int) {
	for j, row := 0, 0; j < len(w.copies[0]); j, row = j+w.n, row+w.times*w.n {
		for k, c := range w.copies[:count] {
			to := row + w.time(step+k)*w.n
			if w.n == 1 {
				w.all[to] = c[j]
			} else {
				copy(w.all[to:to+w.n], c[j:])
			}
		}
	}
}
