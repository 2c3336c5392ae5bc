package graph

// An arena hands out slices of large arrays, in place of many small ones for things
// that live as long as each other. Each array is twice as large as the one before,
// up to a limit. The zero arena is ready.
type arena[T any] struct {
	free []T
	size int // of the last array
}

const smallestArray, largestArray = 8, 512

// take returns n zero entries that nobody else has.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		a.size = min(max(2*a.size, smallestArray), largestArray)
		a.free = make([]T, max(n, a.size))
	}
	taken := a.free[:n:n]
	a.free = a.free[n:]
	return taken
}
