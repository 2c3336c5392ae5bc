package graph

import (
	"slices"

	"adjoint/compute"
)

// A moving is a leaf that is not copied: each step reads it where it lies, and that moves with time.
type moving[T compute.Float] struct {
	window[T]
	leaf *Node
	read [][]movingRead[T] // by list
}

// A movingRead is what a call reads, from an entry of the leaf on.
type movingRead[T compute.Float] struct {
	entries *[]T
	from    int
}

// to moves what a list reads to a time.
func (m *moving[T]) to(time, list int) {
	begin := m.begin(time)
	for _, r := range m.read[list] {
		at := begin + r.from
		*r.entries = m.all[at : at+len(*r.entries)]
	}
}

// note notes what the step that is bound reads of a leaf that moves.
func (s *stepBinder[T]) note(x operand, entries *[]T, from int) {
	for _, m := range s.moving {
		if m.leaf == x.n {
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

// readByStrides reports whether whatever reads a value in a step does so by strides. A value that is copied
// to a place of the roots is read in order.
func (l *loopCode) readByStrides(x *Node) bool {
	for i, root := range l.roots {
		if root == x && !l.computes(i) {
			return false
		}
	}
	return !l.inOrder(x) && !l.isJudged(x)
}

// isJudged reports whether a step asks whether a value is refused.
func (l *loopCode) isJudged(x *Node) bool {
	return slices.ContainsFunc(l.run, func(y *Node) bool {
		return slices.ContainsFunc(l.judged(y), func(o operand) bool { return o.n == x })
	})
}
