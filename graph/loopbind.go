package graph

import (
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// A stepBinder binds the steps of a loop, each to what it reads and computes.
type stepBinder[T compute.Float] struct {
	*binder
	*boundSteps[T]
	loop   *loopCode
	outer  *home
	n      int               // of examples
	bound  int               // how many steps are bound
	before []*tensor.Dense   // the state, by place
	reads  [][]*tensor.Dense // of windowed, by place or, where it lies among all times, by step
	writes [][]*tensor.Dense // of the roots
}

func bindSteps[T compute.Float](l *loopCode, at sizes, x []*tensor.Dense, results []result, h *home) *boundSteps[T] {
	times := 0
	for i, x := range x {
		if d := x.Shape(); l.timed(i) {
			times = d[len(d)-2]
		}
	}
	b := bindOnce(l.code, at, &home{leaf: func(leaf *Node, made *denses) *tensor.Dense {
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
	q.round, _ = l.round(at, times)
	s := stepBinder[T]{binder: b, boundSteps: q, loop: l, outer: h, n: x[0].Shape()[x[0].Dims()-1], bound: q.round}
	for _, leaf := range l.windowed() {
		s.read(leaf, x[l.input(leaf)])
	}
	for i := range l.roots {
		s.write(i, results)
	}
	for k := range s.bound {
		s.steps = append(s.steps, s.bindStep(k))
	}
	return q
}

// windows returns the windows of what is of all times.
func (s *stepBinder[T]) windows(all *tensor.Dense) windows[T] {
	d, strides := all.Dims(), all.Strides()
	w := windows[T]{all: compute.Data[T](all), n: s.n, row: s.n, time: strides[d-2], times: s.times, back: s.back}
	if d > 2 && tensor.Shape(all.Shape()[:d-2]).TotalSize() > 1 {
		w.row = strides[d-3]
	}
	if s.outer != nil && slices.Contains(s.outer.among, all) {
		w.home = s.outer
	}
	return w
}

// stays reports whether steps may read or compute a value where it lies among all times: if that is the
// same memory in every Run and there are so few times that each step is bound, as then it is.
func (s *stepBinder[T]) stays(w windows[T]) bool {
	if w.home != nil || s.times > maxRound {
		return false
	}
	s.bound = s.times
	return true
}

// read says what the steps read for a leaf, which has the values of all at their times.
func (s *stepBinder[T]) read(leaf *Node, all *tensor.Dense) {
	w := s.windows(all)
	if (w.row == w.n || s.loop.readByStrides(leaf)) && s.stays(w) {
		s.reads = append(s.reads, s.views(leaf, w, s.times))
		return
	}
	if w.home != nil && w.row == w.n && s.loop.readByEntries(leaf) {
		s.reads, s.moving = append(s.reads, s.views(leaf, w, 1)), append(s.moving, moving[T]{windows: w, leaf: leaf})
		return
	}
	memory, tensors, data := s.copiesOf(leaf, s.round)
	w.copies, w.size = memory, len(data[0])
	s.reads, s.in = append(s.reads, tensors), append(s.in, w)
}

// write says where the steps write root i, of which there may be results.
func (s *stepBinder[T]) write(i int, results []result) {
	root := s.loop.roots[i]
	var to []windows[T]
	for _, r := range results {
		switch {
		case r.value == 0 && i == 0:
			s.final = append(s.final, compute.Data[T](r.y))
		case r.value > 0 && s.loop.rootOf(r.value) == i:
			to = append(to, s.windows(r.y))
		}
	}
	computed := s.loop.computes(i)
	if i > 0 && computed && len(to) == 1 && (to[0].row == s.n || s.code.kernel(root).IsPlaced() && s.loop.readByStrides(root)) && s.stays(to[0]) {
		s.writes = append(s.writes, s.views(root, to[0], s.times))
		return
	}
	places := s.round
	if i == 0 {
		places++ // what the first step of a round reads comes before
	}
	memory, tensors, data := s.copiesOf(root, places)
	if i == 0 {
		s.states, s.before = data, tensors
		memory, tensors, data = memory[len(data[0]):], tensors[1:], data[1:]
	}
	s.writes = append(s.writes, tensors)
	for _, w := range to {
		w.copies, w.size = memory, len(data[0])
		s.out = append(s.out, w)
	}
	if !computed {
		s.copies = append(s.copies, rootCopy[T]{to: data})
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
func (s *stepBinder[T]) views(n *Node, w windows[T], steps int) []*tensor.Dense {
	views := make([]*tensor.Dense, steps)
	for k := range views {
		_, begin := w.pieces(k, 1)
		dims := n.shape.dimsAt(s.binder.plan.at, &few{})
		end := begin + (tensor.Shape(dims).TotalSize()/w.n-1)*w.row + w.n
		v := over(&s.made, w.all[begin:end:end], dims...)
		for i, stride := v.Dims()-2, w.row; i >= 0; i-- {
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
			value[leaf.id] = s.before[k%s.round]
		}
	}
	copied := 0
	for i, root := range s.loop.roots {
		if s.loop.computes(i) {
			value[root.id] = s.writes[i][k%len(s.writes[i])]
			continue
		}
		c := &s.copies[copied]
		c.from, copied = append(c.from, compute.Data[T](value[root.id])), copied+1
	}
	s.parts = nil // of the values that are in other places now
	for i := range s.moving {
		s.moving[i].read = append(s.moving[i].read, nil)
	}
	t := s.tiling().(*tilerOf[T])
	t.reads = s.note
	defer func() { t.reads = nil }()
	var steps []step
	for _, group := range s.loop.groups() {
		steps = append(steps, s.binder.step(group))
	}
	return steps
}

// note notes what the step that is bound reads of a leaf that moves.
func (s *stepBinder[T]) note(x operand, entries *[]T, from int) {
	for i := range s.moving {
		if m := &s.moving[i]; m.leaf == x.n {
			last := len(m.read) - 1
			m.read[last] = append(m.read[last], movingRead[T]{entries, s.begins(x) + from})
		}
	}
}

// begins returns at which entry of its node an operand begins that lies there in one piece.
func (b *binder) begins(o operand) int {
	if o.input == o.n {
		return 0
	}
	from, _ := o.input.op.Kernel().Part(o.input.in[0].shape.dimsAt(b.plan.at, &few{}))
	return b.begins(o.within()) + from
}

// readByEntries reports whether whatever reads a leaf in a step computes entry by entry, where the leaf lies.
func (l *loopCode) readByEntries(leaf *Node) bool {
	if slices.Contains(l.roots, leaf) {
		return false
	}
	for _, y := range l.run {
		for _, x := range l.reads(y) {
			if x.n == leaf && (!l.entrywise(y) || x.byRows() || !x.inOnePiece()) {
				return false
			}
		}
	}
	return !l.isJudged(leaf)
}

// readByStrides reports whether whatever reads a value in a step does so by strides.
func (l *loopCode) readByStrides(x *Node) bool {
	return !l.inOrder(x) && !l.isJudged(x)
}

// isJudged reports whether a step asks whether a value is refused.
func (l *loopCode) isJudged(x *Node) bool {
	return slices.ContainsFunc(l.run, func(y *Node) bool {
		return slices.ContainsFunc(l.judged(y), func(o operand) bool { return o.n == x })
	})
}

// computes reports whether a kernel computes value i of a step into its place: not that of a leaf,
// what is the same in all steps, or a value before it.
func (l *loopCode) computes(i int) bool {
	root := l.roots[i]
	return slices.Contains(l.run, root) && !slices.Contains(l.roots[:i], root)
}
