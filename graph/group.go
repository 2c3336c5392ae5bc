package graph

import (
	"iter"
	"slices"
)

// group puts neighbours together that one kernel computes, or that are pointwise and of
// one volume. The latter are computed a tile at a time: kernel after kernel on the first
// entries, then on the next. It changes no value, in whatever slots they are, since an
// entry of a value depends on the same entry of others.
func (s *scheduled) group() error {
	s.ends = make([]int32, 0, len(s.run))
	s.groupFrom(0, len(s.run))
	return nil
}

// groupFrom groups the nodes of run with indices from ≤ i < to.
func (s *scheduled) groupFrom(from, to int) {
	for end := from + 1; from < to; from, end = end, end+1 {
		for end < to && s.together(s.run[end-1], s.run[end]) && !s.judges(s.run[end], s.run[from:end]) {
			end++
		}
		s.pairChain(s.run[from:end])
		s.ends = append(s.ends, int32(end))
	}
}

// groups returns the groups, in order.
func (s *scheduled) groups() iter.Seq2[int, []*Node] {
	return func(yield func(int, []*Node) bool) {
		for i := range s.ends {
			if !yield(i, s.groupAt(i)) {
				return
			}
		}
	}
}

// groupAt returns group i.
func (s *scheduled) groupAt(i int) []*Node {
	from := 0
	if i > 0 {
		from = int(s.ends[i-1])
	}
	return s.run[from:s.ends[i]]
}

// together reports whether neighbours can be in one group.
func (l *lowered) together(a, b *Node) bool {
	if l.entrywise(a) {
		return !l.separate && l.entrywise(b) && a.sameVolume(b)
	}
	return l.pairs(a) && l.beside(a, b)
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
