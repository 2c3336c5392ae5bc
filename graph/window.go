package graph

import "adjoint/compute"

// A window is a copy of some examples of a tensor: they are a run of entries in each row of
// that, and the rows of the copy.
type window[T compute.Float] struct {
	all, part []T
	from, row int // entries of one example in a row, and of all
	width     int // entries of a row of the copy
}

// newWindow returns the window of width examples, of those that a symbol counts, of a node's
// value. It is all where symbols are the numbers of at.
func newWindow[T compute.Float](n *Node, symbol, width int, at sizes, all, part []T) window[T] {
	l, _ := n.shape.layoutOf(symbol)
	run := l.run(at, n.shape.dimsAt(at, &few{}))
	return window[T]{all, part, run, run * at.of(symbol), run * width}
}

// load copies the examples from an index on.
func (w *window[T]) load(at int) {
	for i, k := 0, at*w.from; i < len(w.part); i, k = i+w.width, k+w.row {
		copy(w.part[i:i+w.width], w.all[k:])
	}
}

// store copies them back.
func (w *window[T]) store(at int) {
	for i, k := 0, at*w.from; i < len(w.part); i, k = i+w.width, k+w.row {
		copy(w.all[k:k+w.width], w.part[i:])
	}
}
