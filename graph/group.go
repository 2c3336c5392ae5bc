package graph

import "slices"

// group puts neighbours together that one kernel computes, or that are pointwise and of
// one volume. The latter are computed a tile at a time: kernel after kernel on the first
// entries, then on the next. It changes no value, in whatever slots they are, since an
// entry of a value depends on the same entry of others.
func (s *scheduled) group() error {
	s.groups = s.grouped(s.run)
	return nil
}

// grouped returns nodes, in order, in groups.
func (l *lowered) grouped(run []*Node) [][]*Node {
	groups := make([][]*Node, 0, len(run))
	for from, to := 0, 1; from < len(run); from, to = to, to+1 {
		for to < len(run) && l.together(run[to-1], run[to]) && !l.judges(run[to], run[from:to]) {
			to++
		}
		groups = append(groups, run[from:to])
	}
	return groups
}

// together reports whether neighbours can be in one group.
func (l *lowered) together(a, b *Node) bool {
	if l.entrywise(a) {
		return !l.separate && l.entrywise(b) && a.sameVolume(b)
	}
	return l.beside(a, b)
}

// sameVolume reports whether values have the same number of entries, whatever symbols are.
func (n *Node) sameVolume(m *Node) bool {
	return n.shape == m.shape || volumeOf(n.shape) == volumeOf(m.shape)
}

// judges reports whether n may refuse a value of a group: it looks at values before the
// group that it is in is computed.
func (l *lowered) judges(n *Node, group []*Node) bool {
	return slices.ContainsFunc(l.judged(n), func(x operand) bool { return slices.Contains(group, x.n) })
}
