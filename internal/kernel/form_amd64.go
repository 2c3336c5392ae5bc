//go:build amd64 && !noasm

package kernel

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// A form is what the calls of a product depend on besides where its matrices are.
type form struct {
	Product
	size   int // of an entry
	addend bool
	level  level
}

// formCalls are the calls of the products of a form: none if they cannot be noted. Where a
// pointer would be is a spot.
type formCalls struct {
	form
	calls
	ofCopies []spot
	ofOuters []spots
	ofDots   []spots
}

// Spots are those of the matrices in the arguments of a call.
type spots struct{ a, b, c, cin spot }

// A spot is a distance in bytes from the beginning of a matrix, or nowhere.
type spot struct {
	in matrix
	at int
}

// A matrix is one of those of a product.
type matrix uint8

const (
	nowhere matrix = iota
	inC
	inCin
	inA
	inB
	matrices
)

// bases are where the matrices of a product begin.
type bases [matrices]unsafe.Pointer

func (b *bases) at(s spot) unsafe.Pointer { return unsafe.Add(b[s.in], s.at) }

// at returns the calls where the matrices begin there.
func (f *formCalls) at(b *bases) calls {
	q := f.calls
	q.copies, q.outers, q.dots = slices.Clone(q.copies), slices.Clone(q.outers), slices.Clone(q.dots)
	for i, s := range f.ofCopies {
		q.copies[i].src = b.at(s)
	}
	for i, s := range f.ofOuters {
		t := &q.outers[i]
		t.a, t.b, t.c, t.cin = b.at(s.a), b.at(s.b), b.at(s.c), b.at(s.cin)
	}
	for i, s := range f.ofDots {
		t := &q.dots[i]
		t.a, t.b, t.c, t.cin = b.at(s.a), b.at(s.b), b.at(s.c), b.at(s.cin)
	}
	return q
}

// forms are those that were noted last, two of each hash: a program of thousands of products has few.
var forms [1 << formBits][2]atomic.Pointer[formCalls]

const formBits = 6

func (f *form) hash() uint64 {
	h := uint64(f.size)
	for _, v := range [...]int{f.M, f.N, f.K, f.A.Row, f.A.Col, f.B.Row, f.B.Col, f.Cin.Row, f.LDC} {
		h = (h ^ uint64(v)) * 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio: it mixes the upper bits
	}
	return h >> (64 - formBits)
}

// formOf returns the calls of the form of a product.
func formOf[T Float](p *Product, c, cin, a, b []T) *formCalls {
	f := form{*p, sizeof[T](), cin != nil, inUse}
	if cin == nil {
		f.Cin = Layout{}
	}
	last := &forms[f.hash()]
	for i := range last {
		if l := last[i].Load(); l != nil && l.form == f {
			return l
		}
	}
	known := &formCalls{form: f}
	n := noter{formCalls: known, of: [matrices]extent{inC: extentOf(c), inCin: extentOf(cin), inA: extentOf(a), inB: extentOf(b)}}
	if gemmVector(&n, p, c, cin, a, b, 0, p.M, 0, p.N); n.no {
		*known = formCalls{form: f}
	}
	if !n.overlap() {
		last[1].Store(last[0].Load())
		last[0].Store(known)
	}
	return known
}

// A noter notes the calls of a product.
type noter struct {
	*formCalls
	of [matrices]extent
	to unsafe.Pointer // the scratch
	no bool           // they cannot be noted
}

// An extent is the addresses of a matrix, from ≤ p < to.
type extent struct{ from, to uintptr }

func extentOf[T Float](s []T) extent {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(s)))
	return extent{from, from + uintptr(len(s)*sizeof[T]())}
}

// overlap reports whether matrices have entries in common, so that a spot may be in another
// matrix than is meant.
func (n *noter) overlap() bool {
	for i, x := range n.of {
		for _, y := range n.of[:i] {
			if x.from < y.to && y.from < x.to {
				return true
			}
		}
	}
	return false
}

// spot returns where p is, and sets it to nil.
func (n *noter) spot(p *unsafe.Pointer) spot {
	at := uintptr(*p)
	*p = nil
	for in, x := range n.of {
		if x.from <= at && at < x.to {
			return spot{matrix(in), int(at - x.from)}
		}
	}
	n.no = n.no || at != 0
	return spot{}
}

func (n *noter) outer(t outerArgs) {
	if n.to != nil {
		t.b, t.moved = nil, n.distance(t.b)
	}
	n.ofOuters = append(n.ofOuters, spots{n.spot(&t.a), n.spot(&t.b), n.spot(&t.c), n.spot(&t.cin)})
	n.outers = append(n.outers, t)
}

func (n *noter) dot(t dotArgs) {
	n.ofDots = append(n.ofDots, spots{n.spot(&t.a), n.spot(&t.b), n.spot(&t.c), n.spot(&t.cin)})
	n.dots = append(n.dots, t)
}

func (n *noter) copyRows(t packArgs)  { n.copy(t, false) }
func (n *noter) transpose(t packArgs) { n.copy(t, true) }
func (n *noter) refuse()              { n.no = true }

func (n *noter) copiesB(to unsafe.Pointer, entries int) { n.to, n.scratch = to, entries }

func (n *noter) copy(t packArgs, transposes bool) {
	at := n.distance(t.dst)
	t.dst = nil
	n.ofCopies = append(n.ofCopies, n.spot(&t.src))
	n.copies = append(n.copies, copyCall{t, at, transposes})
}

// distance is that from the beginning of the scratch, in bytes.
func (n *noter) distance(p unsafe.Pointer) int { return int(uintptr(p) - uintptr(n.to)) }
