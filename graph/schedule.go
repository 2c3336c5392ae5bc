package graph

import "slices"

// split sorts the nodes that are needed into leaves, values that are the same in every
// Run, and values that are not. (The first are constant folding, done when N is known.)
// What took the place of a node is computed where that was. In the step of a loop, only what
// has examples varies.
func (s *scheduled) split() error {
	varies := make([]bool, s.g.Len()) // by id
	s.run = s.live[:0]                // what varies, in the same array
	if s.order != nil && !slices.IsSortedFunc(s.live, s.order) {
		slices.SortStableFunc(s.live, s.order)
	}
	leaves := 0
	for _, n := range s.live {
		if n.op == nil {
			leaves++
		}
	}
	s.leaves = make([]*Node, 0, leaves)
	var last Shape // most nodes have the shape of one before
	for _, n := range s.live {
		s.top = max(s.top, n.id)
		if n.kind == Examples || n.shape != last && n.shape.Symbolic() {
			s.symbols, last = n.symbols(s.symbols), n.shape
		}
		if n.op == nil {
			varies[n.id] = n.kind.varies() && (!s.step || n.shape.Holds(Batch))
			s.leaves = append(s.leaves, n)
			if n.isFed() {
				s.inputs = append(s.inputs, n)
			}
			continue
		}
		for _, x := range s.ids(n) {
			varies[n.id] = varies[n.id] || varies[x]
		}
		if varies[n.id] {
			s.run = append(s.run, n)
		} else {
			s.once = append(s.once, n)
		}
	}
	s.live = nil
	return nil
}

// varies reports whether leaves of a kind are not the same in every Run.
func (k Kind) varies() bool { return k == Input || k == Random || k == Param || k == State }

// symbols appends the symbols of a node that a list does not have yet.
func (n *Node) symbols(list []int) []int {
	if n.kind == Examples {
		return symbolsOf(list, n.extent)
	}
	for _, d := range n.shape.dims(&few{}) {
		list = symbolsOf(list, d)
	}
	return list
}
