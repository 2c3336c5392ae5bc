//go:build amd64 && !noasm

package kernel

import "unsafe"

// gemmVector computes a block of C with the assembly in use, by one of two kernels:
//
//   - outer multiplies vectors of a row of B by entries of A. The rows of B must be
//     contiguous; they are copied if they are not.
//   - dot multiplies vectors along k, where the rows of A and the columns of B are
//     contiguous, as in ABᵀ and in a matrix times a vector. Nothing is copied, but
//     the lanes must be added up for every entry of C.
//
// They add in different orders. So the choice is made from the form of the whole
// product, and the bits of an entry do not depend on how C is cut.
func gemmVector[T Float](to taker, p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	if p.K == 0 {
		begin(p, c, cin, i0, i1, j0, j1)
		return
	}
	q := *p
	if cin == nil {
		q.Cin = Layout{}
	} else if q.Cin.Col > 1 && q.N > 1 { // neither kernel reads it like this
		begin(p, c, cin, i0, i1, j0, j1)
		cin, q.Cin = c, RowMajor(q.LDC)
	}
	switch {
	case q.byDots(sizeof[T]()):
		gemmDot(to, &q, c, cin, a, b, i0, i1, j0, j1)
	case q.N == 1 && q.A.Row == 1 && q.LDC == 1 && q.Cin.Row <= 1:
		// A column of C is contiguous: Cᵀ = BᵀAᵀ is one row, and fills vectors.
		q.M, q.N = q.N, q.M
		q.A, q.B = q.B.transposed(), q.A.transposed()
		q.Cin, q.LDC = q.Cin.transposed(), q.N
		gemmOuter(to, &q, c, cin, b, a, j0, j1, i0, i1)
	default:
		gemmOuter(to, &q, c, cin, a, b, i0, i1, j0, j1)
	}
}

// A taker takes the calls of the assembly that make up a product: it does them, or
// notes them.
type taker interface {
	outer(t outerArgs)
	dot(t dotArgs)
	copyRows(t packArgs)
	transpose(t packArgs)

	// copiesB says that B is copied to so many entries from there on.
	copiesB(to unsafe.Pointer, entries int)

	// refuse says that what follows cannot be noted.
	refuse()
}

// A doer does them. What it calls has no type parameter: of that the compiler knows, in every
// package, that it keeps no pointer to t.
type doer[T Float] struct{}

func (doer[T]) outer(t outerArgs)           { callOuter(sizeof[T](), &t) }
func (doer[T]) dot(t dotArgs)               { callDot(sizeof[T](), &t) }
func (doer[T]) copyRows(t packArgs)         { callCopyRows(sizeof[T](), &t) }
func (doer[T]) transpose(t packArgs)        { callTranspose(sizeof[T](), &t) }
func (doer[T]) copiesB(unsafe.Pointer, int) {}
func (doer[T]) refuse()                     {}

func (l Layout) transposed() Layout { return Layout{Row: l.Col, Col: l.Row} }

// byDots reports whether dot computes the product, where entries are of the given
// size. The costs are in multiplications, fitted to measurements.
func (p *Product) byDots(size int) bool {
	if p.K > 1 && (p.A.Col != 1 || p.B.Row != 1) {
		return false // not contiguous
	}
	if p.N == 1 {
		return p.A.Col == 1
	}
	if p.B.Col == 1 {
		return false // as outer likes it
	}
	panel := 64 / size
	outer := p.M*p.K*((p.N+panel-1)/panel*panel) + 10*p.K*p.N
	dot := p.M * p.N * (p.K + p.K/5 + 256/size)
	return dot < outer
}

// pointer returns the address of entry i of s, or nil if s is nil.
func pointer[T Float](s []T, i int) unsafe.Pointer {
	if s == nil {
		return nil
	}
	return unsafe.Pointer(&s[i])
}

// parts cuts total into the fewest parts of at most most, as equal as can be, the
// larger ones first: it returns their size and how many there are.
func parts(total, most int) (size, count int) {
	n := (total + most - 1) / most
	size = (total + n - 1) / n
	return size, total - (size-1)*n
}
