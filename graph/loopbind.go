package graph

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"
	"adjoint/internal/team"

	"gorgonia.org/tensor"
)

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

// A stepBinder binds the steps of a loop, each to what it reads and computes. Step k of a round
// has place k of the copies. If some values are read or computed where they lie among all times, each
// step of the loop is bound, else those of a round.
type stepBinder[T compute.Float] struct {
	*binder
	*portion[T]
	loop   *loopCode
	outer  *home
	times  int
	n      int               // of examples
	bound  int               // how many steps are bound
	states []*tensor.Dense   // the state, by place
	reads  [][]*tensor.Dense // of windowed, by place or, where it lies among all times, by step
	writes [][]*tensor.Dense // of the roots
	moving []*moving[T]
	copies []rootCopy[T]
}

// A rootCopy is a value that no kernel computes into its place, the places by place of a round.
type rootCopy[T compute.Float] struct {
	root *Node
	to   [][]T
}

// bindSteps binds a loop that takes one step after the other.
func bindSteps[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result, h *home) portions[T] {
	times := 0
	for i, x := range x {
		if d := x.Shape(); l.timed(i) {
			times = d[len(d)-2]
		}
	}
	b := bindOnce(l.code, at, &home{leaf: func(leaf *Node, made *denses) *tensor.Dense {
		return l.fixed(leaf, at, x, made) // nil for what differs from step to step
	}})
	q := &portion[T]{plan: b.plan, each: 1, back: l.Back}
	q.width, _ = l.round(at, times)
	q.refused = func(at int, err error) error { return &stepError{at, err} }
	s := stepBinder[T]{binder: b, portion: q, loop: l, outer: h, times: times, n: x[0].Shape()[x[0].Dims()-1], bound: q.width}
	for _, leaf := range l.windowed() {
		s.read(leaf, x[l.input(leaf)])
	}
	for i := range l.roots {
		s.write(i, results)
	}
	for k := range s.bound {
		q.lists = append(q.lists, s.bindStep(k))
	}
	return portions[T]{to: times, full: q, last: q}
}

// windows returns the windows of what is of all times. Its copies are next to each other.
func (s *stepBinder[T]) windows(all *tensor.Dense) window[T] {
	d, strides := all.Dims(), all.Strides()
	rows := all.Shape().TotalSize() / (s.times * s.n)
	lies := kernel.Pieces{Rows: rows, Len: s.n, Row: s.n, Part: strides[d-2], ToRow: s.n, ToPart: rows * s.n}
	if rows > 1 {
		lies.Row = strides[d-3]
	}
	w := window[T]{all: compute.Data[T](all), lies: lies, turned: s.back}
	if s.outer != nil && slices.Contains(s.outer.among, all) {
		w.home = s.outer
	}
	return w
}

// together reports whether the rows of one time follow each other in all.
func (w *window[T]) together() bool { return w.lies.Row == w.lies.Len }

// stays reports whether steps may read or compute a value where it lies among all times: if that is the
// same memory in every Run and there are so few times that each step is bound, as then it is.
func (s *stepBinder[T]) stays(w window[T]) bool {
	if w.home != nil || s.times > maxRound {
		return false
	}
	s.bound = s.times
	return true
}

// read says what the steps read for a leaf, which has the values of all at their times.
func (s *stepBinder[T]) read(leaf *Node, all *tensor.Dense) {
	w := s.windows(all)
	if (w.together() || s.loop.readByStrides(leaf)) && s.stays(w) {
		s.reads = append(s.reads, s.views(leaf, w, s.times))
		return
	}
	if w.home != nil && w.together() && s.loop.readByEntries(leaf) {
		m := &moving[T]{window: w, leaf: leaf}
		s.reads, s.moving, s.moves = append(s.reads, s.views(leaf, w, 1)), append(s.moving, m), append(s.moves, m.to)
		return
	}
	memory, tensors, _ := s.copiesOf(leaf, s.width)
	w.copies = memory
	s.reads, s.before = append(s.reads, tensors), append(s.before, w.load)
}

// write says where the steps write root i, of which there may be results.
func (s *stepBinder[T]) write(i int, results []result) {
	root := s.loop.roots[i]
	var to []window[T]
	for _, r := range results {
		if r.value > 0 && s.loop.rootOf(r.value) == i {
			to = append(to, s.windows(r.y))
		}
	}
	computed := s.loop.computes(i)
	if i > 0 && computed && len(to) == 1 && (to[0].together() || s.code.kernel(root).IsPlaced() && s.loop.readByStrides(root)) && s.stays(to[0]) {
		s.writes = append(s.writes, s.views(root, to[0], s.times))
		return
	}
	places := s.width
	if i == 0 {
		places++ // what the first step of a round reads comes before
	}
	memory, tensors, data := s.copiesOf(root, places)
	if i == 0 {
		s.state, s.states = data[0], tensors
		memory, tensors, data = memory[len(data[0]):], tensors[1:], data[1:]
		s.next = data
	}
	s.writes = append(s.writes, tensors)
	for _, w := range to {
		w.copies = memory
		s.after = append(s.after, w.store)
	}
	if !computed {
		s.copies = append(s.copies, rootCopy[T]{root, data})
	}
}

// copiesOf makes room for copies of a node's values, one after the other.
func (s *stepBinder[T]) copiesOf(n *Node, count int) (all []T, tensors []*tensor.Dense, data [][]T) {
	dims := n.shape.dimsAt(s.binder.plan.at, &few{})
	size := tensor.Shape(dims).TotalSize()
	memory := s.made.zero(n.g.dtype, size*count)
	for k := range count {
		v := s.made.part(memory, k*size, dims...)
		tensors, data = append(tensors, v), append(data, compute.Data[T](v))
	}
	return compute.Data[T](memory), tensors, data
}

// views returns a node's values in some steps, where they lie among those of all times.
func (s *stepBinder[T]) views(n *Node, w window[T], steps int) []*tensor.Dense {
	views, lies := make([]*tensor.Dense, steps), w.lies
	for k := range views {
		begin := k * lies.Part
		if s.back {
			begin = (s.times - 1 - k) * lies.Part
		}
		end := begin + (lies.Rows-1)*lies.Row + lies.Len
		v := over(&s.made, w.all[begin:end:end], n.shape.dimsAt(s.binder.plan.at, &few{})...)
		for i, stride := v.Dims()-2, lies.Row; i >= 0; i-- {
			v.Strides()[i] = stride
			stride *= v.Shape()[i]
		}
		views[k] = v
	}
	return views
}

// bindStep binds the kernels of step k.
func (s *stepBinder[T]) bindStep(k int) []step {
	value := s.binder.plan.value
	for i, leaf := range s.loop.windowed() {
		value[leaf.id] = s.reads[i][k%len(s.reads[i])]
	}
	for _, leaf := range s.loop.leaves {
		if s.loop.input(leaf) == 0 {
			value[leaf.id] = s.states[k%s.width]
		}
	}
	for i, root := range s.loop.roots {
		if s.loop.computes(i) {
			value[root.id] = s.writes[i][k%len(s.writes[i])]
		}
	}
	s.parts = nil // of the values that are in other places now
	for _, m := range s.moving {
		m.read = append(m.read, nil)
	}
	t := s.tiling().(*tilerOf[T])
	t.reads = s.note
	defer func() { t.reads = nil }()
	var steps []step
	for _, group := range s.loop.groups() {
		steps = append(steps, s.binder.step(group))
	}
	if len(s.copies) > 0 {
		steps = append(steps, s.copyStep(k))
	}
	return steps
}

// copyStep returns the step that copies to the places of step k what no kernel computes there.
func (s *stepBinder[T]) copyStep(k int) step {
	from := make([][]T, len(s.copies))
	for i, c := range s.copies {
		from[i] = compute.Data[T](s.binder.plan.value[c.root.id])
	}
	copies, place := s.copies, k%s.width
	return step{work: team.Job{Parts: 1, Do: func(int, int) {
		for i, c := range copies {
			copy(c.to[place], from[i])
		}
	}}}
}

// computes reports whether a kernel computes value i of a step into its place: not that of a leaf,
// what is the same in all steps, or a value before it.
func (l *loopCode) computes(i int) bool {
	root := l.roots[i]
	return slices.Contains(l.run, root) && !slices.Contains(l.roots[:i], root)
}
