package graph

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// A window is some neighbours of what a tensor has along an axis, examples or times, and a copy of them.
type window[T compute.Float] struct {
	all, copies []T
	lies        kernel.Pieces // one of them in all, and in the copies
	turned      bool          // the copies begin with the last
	home        *home         // which says where the times begin, if they lie in a tensor of more; or nil
}

// newWindow returns the window of width examples, of those that a symbol counts, of a node's
// value. It is all where symbols are the numbers of at.
func newWindow[T compute.Float](n *Node, symbol, width int, at sizes, all, copies []T) window[T] {
	l, _ := n.shape.layoutOf(symbol)
	run := l.run(at, n.shape.dimsAt(at, &few{})) // entries of one of them that follow each other
	lies := kernel.Pieces{Rows: len(copies) / (run * width), Len: run, Row: run * at.of(symbol), Part: run, ToRow: run * width, ToPart: run}
	return window[T]{all: all, copies: copies, lies: lies}
}

// begin returns where one of them begins.
func (w *window[T]) begin(at int) int {
	if w.home != nil {
		at += w.home.origin
	}
	return at * w.lies.Part
}

// pieces returns count of them from one on, and where they begin.
func (w *window[T]) pieces(from, count int) (p kernel.Pieces, begin int) {
	p, begin = w.lies, w.begin(from)
	p.Parts = count
	if w.turned {
		begin, p.Part = w.begin(from+count-1), -p.Part
	}
	return p, begin
}

// load sets the copies to count of them from one on.
func (w *window[T]) load(from, count int) {
	p, begin := w.pieces(from, count)
	kernel.CopyPieces(w.copies, 0, w.all, begin, p)
}

// store is the inverse of load.
func (w *window[T]) store(from, count int) {
	p, begin := w.pieces(from, count)
	p.Row, p.Part, p.ToRow, p.ToPart = p.ToRow, p.ToPart, p.Row, p.Part
	kernel.CopyPieces(w.all, begin, w.copies, 0, p)
}

// An aheadWindow is a window of what a loop comes to next, and at the end of what it starts from.
type aheadWindow[T compute.Float] struct {
	window[T]
	start []T
	back  bool
}

// load copies what is ahead of count times from one on.
func (w *aheadWindow[T]) load(from, count int) {
	ahead, place, last := from+1, 0, count-1 // of the copies, last is that of the time that comes last
	if w.back {
		ahead, last = from-1, 0
	}
	p, n := w.lies, w.lies.Len
	if times := p.Row / n; ahead < 0 || ahead+count > times {
		start := kernel.Pieces{Rows: p.Rows, Parts: 1, Len: n, Row: n, ToRow: p.ToRow}
		kernel.CopyPieces(w.copies, last*n, w.start, 0, start)
		count--
		if w.back {
			ahead, place = 0, 1
		}
	}
	p.Parts = count
	kernel.CopyPieces(w.copies, place*n, w.all, ahead*n, p)
}
