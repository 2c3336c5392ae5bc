package kernel

// A RunDots is the form of C = A·Bᵀ for matrices whose rows lie in pieces: what the weights
// of a convolution get. C is M×N, its rows are LDC apart, those of A ARow. What is read in one
// job stays in the caches.
type RunDots struct {
	M, N    int
	C, LDC  int // where C begins
	A, ARow int // where A begins
	Jobs    []DotJob
}

// A DotJob is some columns of C, and the pieces that are added up.
type DotJob struct {
	Cols []DotCol
	Runs []DotRun
}

// A DotCol is a column of C, and where the row of B begins that it is of.
type DotCol struct{ C, B int }

// A DotRun is a piece of every row of A and B: where it begins, and its length.
type DotRun struct{ A, B, Len int }

// BoundDots is a RunDots of slices that stay where they are.
type BoundDots[T Float] struct {
	p       RunDots
	c, a, b []T
	vectors dotVectors // for the assembly
}

// BindDots returns the product. It panics if anything lies outside of its slice.
func BindDots[T Float](p RunDots, c, a, b []T) *BoundDots[T] {
	within("C", p.C, p.C+(p.M-1)*p.LDC+p.N, len(c))
	for _, j := range p.Jobs {
		for _, col := range j.Cols {
			within("a row of C", col.C, col.C+1, p.N)
		}
		for _, r := range j.Runs {
			within("A", p.A+r.A, p.A+r.A+(p.M-1)*p.ARow+r.Len, len(a))
			for _, col := range j.Cols {
				within("B", col.B+r.B, col.B+r.B+r.Len, len(b))
			}
		}
	}
	q := &BoundDots[T]{p: p, c: c, a: a, b: b}
	q.vectors = q.prepare()
	return q
}

// runRows is the number of rows of C of a part.
const runRows = 4

// Parts is how many parts there are.
func (q *BoundDots[T]) Parts() int { return (q.p.M + runRows - 1) / runRows }

// Do computes the parts from ≤ i < to. It may be called for several of them at once.
func (q *BoundDots[T]) Do(from, to int) {
	row := func(part int) int { return part * q.p.M / q.Parts() }
	for i := row(from); i < row(to); i++ {
		clear(q.c[q.p.C+i*q.p.LDC:][:q.p.N])
	}
	for i := range q.p.Jobs {
		for part := from; part < to; part++ {
			if first, end := row(part), row(part+1); !q.doVectors(i, first, end-first) {
				q.byDots(&q.p.Jobs[i], first, end)
			}
		}
	}
}
