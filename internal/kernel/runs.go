package kernel

// A RunDots is the form of C = A·Bᵀ for matrices whose rows lie in pieces: what the weights
// of a convolution get. Rows of A are ARow apart. The columns of C are in jobs, CCol apart.
type RunDots struct {
	M, ARow, LDC, CCol int
	Blocks             [][]DotJob // what is read in one block stays in the caches
}

// A DotJob is some columns of C, and the pieces that are added up.
type DotJob struct {
	C, A int   // where the first of the columns, and A, begin
	Cols []int // where the row of B of each column begins
	Runs []DotRun
}

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
	for _, jobs := range p.Blocks {
		for _, j := range jobs {
			within("C", j.C, j.C+(p.M-1)*p.LDC+(len(j.Cols)-1)*p.CCol+1, len(c))
			for _, r := range j.Runs {
				within("A", j.A+r.A, j.A+r.A+(p.M-1)*p.ARow+r.Len, len(a))
				for _, o := range j.Cols {
					within("B", o+r.B, o+r.B+r.Len, len(b))
				}
			}
		}
	}
	q := &BoundDots[T]{p: p, c: c, a: a, b: b}
	q.prepare()
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
		for _, j := range q.p.Blocks[0] {
			for k := range j.Cols {
				q.c[j.C+i*q.p.LDC+k*q.p.CCol] = 0
			}
		}
	}
	at := 0
	for _, jobs := range q.p.Blocks {
		for part := from; part < to; part++ {
			first, end := row(part), row(part+1)
			for i := range jobs {
				if len(jobs[i].Runs) > 0 && !q.doVectors(at+i, &jobs[i], first, end-first) {
					q.byDots(&jobs[i], first, end)
				}
			}
		}
		at += len(jobs)
	}
}
