package ops

import "adjoint/compute"

// A room is what a kernel takes to work in, which it has piece by piece. A room without entries
// counts what would be taken.
type room[T compute.Float] struct {
	free  []T
	taken int
}

// roomLine is a number of entries, of either type, that fills a cache line or two.
const roomLine = 16

// take returns the next n entries, from a cache line on, with any values.
func (r *room[T]) take(n int) []T {
	from := r.taken
	r.taken += (n + roomLine - 1) / roomLine * roomLine
	if r.free == nil {
		return nil
	}
	return r.free[from : from+n : from+n]
}

// room returns how many entries a conv takes, for y and x of these extents.
func (op conv) room(y []int, x ...[]int) int {
	r := &room[float64]{}
	if op.to == toWeights {
		newWeights(op, y, imageLike[float64](x[0]), imageLike[float64](x[1])).lay(r)
	} else {
		newRuns(op, y, filterLike[float64](x[0], op.Window), imageLike[float64](x[1])).lay(r)
	}
	return r.taken
}
