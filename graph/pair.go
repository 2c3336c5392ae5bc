package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

// pair moves the nodes that an op computes beside its own value: they come next to it.
func (s *scheduled) pair() error {
	order := s.run[:0]              // nodes move towards the front only
	companions := map[*Node]*Node{} // by their first input
	for _, n := range s.run {
		at, by := len(order), s.by(n)
		if len(by.in) > 0 {
			x := by.in[0]
			if first := companions[x]; first != nil && s.beside(first, n) != nil {
				at = slices.Index(order, first) + 1
				delete(companions, x)
			} else if _, ok := by.op.(Companion); ok {
				companions[x] = n
			}
		}
		order = slices.Insert(order, at, n)
	}
	return nil
}

// beside returns the Bind of the kernel of a that computes b too, or nil.
func (l *lowered) beside(a, b *Node) func(y, v *tensor.Dense, x ...*tensor.Dense) func() {
	f, g := l.by(a), l.by(b)
	op, ok := f.op.(Companion)
	if !ok || l.separate || !slices.Equal(f.in, g.in) {
		return nil
	}
	return op.Beside(g.op)
}
