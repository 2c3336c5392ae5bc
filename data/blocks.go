package data

import "slices"

// A blocks is a list that grows without being copied: values stay in blocks, which are joined at the end. The built-in
// append would leave behind old arrays of several times the final size.
type blocks[T any] struct {
	full [][]T
	last []T
	size int // of the full ones
}

func (b *blocks[T]) len() int { return b.size + len(b.last) }

func (b *blocks[T]) append(v T) { b.more(1)[0] = v }

// more appends n values, side by side, and returns them, to be set.
func (b *blocks[T]) more(n int) []T {
	from := len(b.last)
	if from+n > cap(b.last) {
		b.full, b.size = append(b.full, b.last), b.size+from
		b.last, from = make([]T, 0, n*max(1, min(max(64, b.size/4), 1<<17)/n)), 0
	}
	b.last = b.last[:from+n]
	return b.last[from:]
}

// join returns all of it as one slice, and leaves b empty.
func (b *blocks[T]) join() []T {
	all := slices.Concat(append(b.full, b.last)...)
	*b = blocks[T]{}
	return all
}

// reset leaves b empty, with room in one block for as much as there was.
func (b *blocks[T]) reset() {
	if b.size > 0 {
		b.last = make([]T, 0, b.len())
	}
	*b = blocks[T]{last: b.last[:0]}
}
