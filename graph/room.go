package graph

// A room hands out slices of large arrays, in place of many small ones for things
// that live as long as each other. Each array is twice as large as the one before,
// up to a limit. The zero room is ready.
type room[T any] struct {
	free []T
	size int // of the last array
}

const smallestRoom, largestRoom = 8, 512

// take returns n zero entries that nobody else has.
func (r *room[T]) take(n int) []T {
	if n > len(r.free) {
		r.size = min(max(2*r.size, smallestRoom), largestRoom)
		r.free = make([]T, max(n, r.size))
	}
	taken := r.free[:n:n]
	r.free = r.free[n:]
	return taken
}
