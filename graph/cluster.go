package graph

// lookBack is how many nodes an entrywise node may be moved forward.
const lookBack = 8

// cluster moves entrywise nodes next to others of their volume if those are computed
// just before: so that L(σ(z), y) and (σ(z) − y)⊙ζ are one group, although the mean of
// L is older than the latter.
func (s *scheduled) cluster() error {
	order := s.run[:0] // nodes move towards the front only
	for _, n := range s.run {
		at, first := len(order), len(order)
		if s.entrywise(n) {
			first = max(0, at-lookBack)
		}
		for i := at - 1; i >= first; i-- {
			if s.together(order[i], n) {
				at = i + 1
				break
			}
			if s.readsAny(n, order[i:i+1]) {
				break
			}
		}
		order = inserted(order, at, n)
	}
	return nil
}
