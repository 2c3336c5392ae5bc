package graph

import "reflect"

// An arena hands out slices of large arrays, in place of many small ones for things
// that live as long as each other. Each array is twice as large as the one before,
// up to one that is no large object to Go, which are slow to make. A slice that is larger than
// that next array, or than a quarter of the largest, has an array of its own. The zero arena is ready.
type arena[T any] struct {
	free []T
	size int // of the last array
}

const smallestArray, largestArray = 8, 32<<10 - 8 // entries, bytes

// roomFor returns an arena that begins with room for n entries.
func roomFor[T any](n int) arena[T] { return arena[T]{free: make([]T, n)} }

// take returns n zero entries that nobody else has.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		largest := largestArray / int(reflect.TypeFor[T]().Size())
		a.size = min(max(2*a.size, smallestArray), largest)
		if n > min(a.size, largest/4) {
			return make([]T, n)
		}
		a.free = make([]T, a.size)
	}
	taken := a.free[:n:n]
	a.free = a.free[n:]
	return taken
}
