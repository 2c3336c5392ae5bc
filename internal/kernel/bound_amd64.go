//go:build amd64 && !noasm

package kernel

import "unsafe"

// calls are the calls of the assembly that make up a product: copies of B, if there are
// any, and then those of one kind.
type calls struct {
	copies []copyCall
	outers []outerArgs
	dots   []dotArgs

	// The number of entries of the copies. They are gone after the product, so that all
	// products may have the same memory; b of outers is then nil, and moved the distance
	// in bytes from its beginning.
	scratch int
}

// A copyCall is one of copyRows or of transpose, to a distance from the beginning of
// the scratch.
type copyCall struct {
	packArgs
	at         int
	transposes bool
}

// noteWork is the number of multiplications up to which it counts what it takes to
// prepare the calls of the assembly.
const noteWork = 1 << 16

// note returns the calls that compute a product, or none if they are too many to
// matter, or are not all.
func note[T Float](p *Product, c, cin, a, b []T) calls {
	if p.M*p.N*p.K > noteWork || p.K == 0 || p.Cin.Col > 1 || p.twice(cin != nil) {
		return calls{}
	}
	return formOf(p, c, cin, a, b).at(&bases{inC: pointer(c, 0), inCin: pointer(cin, 0), inA: pointer(a, 0), inB: pointer(b, 0)})
}

// any reports whether there are calls.
func (q *calls) any() bool { return q.scratch > 0 || len(q.outers)+len(q.dots) > 0 }

// doCalls makes the calls.
func doCalls[T Float](q *calls) {
	if q.scratch > 0 {
		doCopying[T](q)
		return
	}
	for i := range q.outers {
		callAgain(sizeof[T](), &q.outers[i])
	}
	for i := range q.dots {
		t := q.dots[i] // the assembly counts in it
		callDot(sizeof[T](), &t)
	}
}

// doCopying makes the calls of a product that copies.
func doCopying[T Float](q *calls) {
	s := takeScratch[T](q.scratch)
	defer s.free()
	to := pointer(s.buf, 0)
	for i := range q.copies {
		t := q.copies[i].packArgs
		if t.dst = unsafe.Add(to, q.copies[i].at); q.copies[i].transposes {
			callTranspose(sizeof[T](), &t)
		} else {
			callCopyRows(sizeof[T](), &t)
		}
	}
	for i := range q.outers {
		t := &q.outers[i]
		moved := t.moved
		t.b, t.moved = unsafe.Add(to, moved), 0
		callAgain(sizeof[T](), t)
		t.b, t.moved = nil, moved
	}
}

// callAgain is callOuter, and then sets t back to what it was: the assembly counts in it.
func callAgain(size int, t *outerArgs) {
	panels, moved, ahead := t.panels, t.moved, t.ahead
	callOuter(size, t)
	t.panels, t.moved, t.ahead, t.cinMoved, t.listed = panels, moved, ahead, 0, 0
}
