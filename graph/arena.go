package graph

import "reflect"

// An arena hands out slices of large arrays, in place of many small ones for things
// that live as long as each other. Each array is twice as large as the one before,
// up to one that is no large object to Go, which are slow to make. A slice that would fill
// the next, or a quarter of the largest, has an array of its own. The zero arena is ready.
type arena[T any] struct {
	free []T
	size int // of the last array
}

const (
	smallestArray = 8          // entries, if they are small
	smallestBytes = 1 << 10    // else so many of them
	largestArray  = 32<<10 - 8 // bytes
)

// roomFor returns an arena that begins with room for n entries, or for as many as there are
// in its largest array.
func roomFor[T any](n int) arena[T] {
	return arena[T]{free: make([]T, min(n, largestOf[T]()))}
}

// largestOf returns the entries of the largest array.
func largestOf[T any]() int { return largestArray / int(reflect.TypeFor[T]().Size()) }

// smallestOf returns the entries of the first array.
func smallestOf[T any]() int {
	return min(smallestArray, smallestBytes/int(reflect.TypeFor[T]().Size()))
}

// take returns n zero entries that nobody else has.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		largest := largestOf[T]()
		if n > largest/4 {
			return make([]T, n)
		}
		if a.size = min(max(2*a.size, smallestOf[T]()), largest); n >= a.size {
			return make([]T, n)
		}
		a.free = make([]T, a.size)
	}
	taken := a.free[:n:n]
	a.free = a.free[n:]
	return taken
}
