package kernel

// A Bound is a product of matrices that stay where they are, to be computed again and
// again. What can be found out once is.
type Bound[T Float] struct {
	Share
	calls calls     // of the assembly, or none
	large *large[T] // what is done if there are none
}

// A large product is one whose calls of the assembly are made anew each time.
type large[T Float] struct {
	p            Product
	c, cin, a, b []T

	toAndFro bool // whether the parts are done in turn from the first on and from the last on
	back     bool // whether it is the turn of the last
}

// turnFrom is the size in bytes from which a matrix that a vector is multiplied by is
// read to and fro: then a cache that does not hold all that a program reads still has
// the rows that were read last.
const turnFrom = 256 << 10

// Bind returns the product that [Gemm] computes of the same arguments.
func Bind[T Float](p Product, c, cin, a, b []T) *Bound[T] {
	p.check(len(c), len(cin), len(a), len(b), cin != nil)
	q := &Bound[T]{Share: p.Share()}
	if q.Parts == 1 && p.M > 0 && p.N > 0 && inUse != plainGo {
		if q.calls = note(&p, c, cin, a, b); q.calls.any() {
			return q
		}
	}
	q.large = &large[T]{p: p, c: c, cin: cin, a: a, b: b}
	q.large.toAndFro = p.N == 1 && q.byRows && p.M*p.K*sizeof[T]() >= turnFrom
	return q
}

// Do computes the parts from ≤ i < to of C, with the bits of [Gemm]. It may be called
// for several of them at the same time.
func (q *Bound[T]) Do(from, to int) {
	if q.large == nil {
		if from < to {
			doCalls[T](&q.calls)
		}
		return
	}
	l := q.large
	if !l.toAndFro || to-from != q.Parts {
		q.block(from, to)
		return
	}
	for i := range q.Parts {
		if l.back {
			i = q.Parts - 1 - i
		}
		q.block(i, i+1)
	}
	l.back = !l.back
}

// block computes some parts at once.
func (q *Bound[T]) block(from, to int) {
	if l, p := q.large, &q.large.p; q.byRows {
		GemmBlock(p, l.c, l.cin, l.a, l.b, from*q.step, min(to*q.step, p.M), 0, p.N)
	} else {
		GemmBlock(p, l.c, l.cin, l.a, l.b, 0, p.M, from*q.step, min(to*q.step, p.N))
	}
}
