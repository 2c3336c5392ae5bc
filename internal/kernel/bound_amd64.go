//go:build amd64 && !noasm

package kernel

import (
	"slices"
	"sync"
)

// calls are the calls of the assembly that make up a product, of one kind.
type calls struct {
	outers []outerArgs
	dots   []dotArgs
}

// A noter notes the calls of a product.
type noter struct {
	calls
	no bool // they cannot be noted
}

func (n *noter) outer(t outerArgs) { n.outers = append(n.outers, t) }
func (n *noter) dot(t dotArgs)     { n.dots = append(n.dots, t) }
func (n *noter) copies() bool      { n.no = true; return false }

// note returns the calls that compute a product, or none if they are too many to
// matter, or read copies, or are not all.
func note[T Float](p *Product, c, cin, a, b []T) calls {
	if p.M*p.N*p.K > noteWork || p.K == 0 || p.Cin.Col > 1 {
		return calls{}
	}
	n := noters.Get().(*noter)
	defer n.free()
	if gemmVector(n, p, c, cin, a, b, 0, p.M, 0, p.N); n.no {
		return calls{}
	}
	return calls{slices.Clone(n.outers), slices.Clone(n.dots)}
}

func (n *noter) free() {
	clear(n.outers)
	clear(n.dots)
	n.outers, n.dots, n.no = n.outers[:0], n.dots[:0], false
	noters.Put(n)
}

// noters are for use again: a program has many products.
var noters = sync.Pool{New: func() any { return new(noter) }}

// doCalls makes the calls, or reports that there are none.
func doCalls[T Float](q *calls) bool {
	for i := range q.outers {
		t := q.outers[i] // the assembly counts in it
		callOuter[T](&t)
	}
	for i := range q.dots {
		t := q.dots[i]
		callDot[T](&t)
	}
	return len(q.outers)+len(q.dots) > 0
}
