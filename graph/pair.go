package graph

import (
	"slices"

	"adjoint/compute"
)

// pair moves the nodes that are computed beside the value of an op: they come next to it.
func (s *scheduled) pair() error {
	order := s.run[:0]           // nodes move towards the front only
	var firsts map[*Node][]*Node // by their first input; nil in most formulas
	for _, n := range s.run {
		at, first := len(order), s.pairs(n) && !s.entrywise(n)
		if first && firsts == nil {
			firsts = map[*Node][]*Node{}
		}
		var in []*Node
		if firsts != nil {
			in = s.by(n).in
		}
		if len(in) > 0 {
			x := in[0]
			if k := slices.IndexFunc(firsts[x], func(first *Node) bool { return s.beside(first, n) }); k >= 0 {
				at = slices.Index(order, firsts[x][k]) + 1
				firsts[x] = slices.Delete(firsts[x], k, k+1)
			}
			if first {
				firsts[x] = append(firsts[x], n)
			}
		}
		order = inserted(order, at, n)
	}
	return nil
}

// pairChain moves, in a group that is computed a tile at a time, what is computed beside the value of an
// op next to that. Elsewhere it would have to be kept. Among the last lookBack values that might
// have one beside them it looks for the first.
func (l *lowered) pairChain(group []*Node) {
	if len(group) == 1 || !l.entrywise(group[0]) {
		return
	}
	var waiting [lookBack]*Node
	count := 0
	for i, n := range group {
		if k := slices.IndexFunc(waiting[:count], func(first *Node) bool { return l.beside(first, n) }); k >= 0 {
			at := slices.Index(group, waiting[k]) + 1
			copy(group[at+1:i+1], group[at:i])
			group[at] = n
			count = len(slices.Delete(waiting[:count], k, k+1))
		} else if l.pairs(n) {
			if count == len(waiting) {
				count = copy(waiting[:], waiting[1:])
			}
			waiting[count] = n
			count++
		}
	}
}

// inserted is slices.Insert of one node, most of which come last.
func inserted(order []*Node, at int, n *Node) []*Node {
	if at == len(order) {
		return append(order, n)
	}
	return slices.Insert(order, at, n)
}

// beside reports whether b is computed beside a: by one kernel, or as another value of the same loop.
func (l *lowered) beside(a, b *Node) bool {
	if l.separate || !slices.Equal(l.by(a).in, l.by(b).in) {
		return false
	}
	one, other := l.loopOf.get(a), l.loopOf.get(b)
	return one != nil && other != nil && one.valueOf(other.Loop) || !l.pairedKernel(a, b).IsZero()
}

// pairedKernel returns the kernel of a that computes b too, of the same inputs, or the zero Kernel.
func (l *lowered) pairedKernel(a, b *Node) compute.Kernel {
	op, ok := l.by(a).op.(Pairer)
	if !ok {
		return compute.Kernel{}
	}
	return op.PairedKernel(l.by(b).op)
}
