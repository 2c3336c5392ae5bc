//go:build arm64 && !noasm

package kernel

type dotVectors struct{}

func (q *BoundDots[T]) prepare() dotVectors { return dotVectors{} }

// doVectors adds to some rows of a job, four at most, by NEON, if that is in use.
func (q *BoundDots[T]) doVectors(job, row, rows int) bool {
	if inUse != neon {
		return false
	}
	p := &q.p
	for _, col := range p.Jobs[job].Cols {
		for _, r := range p.Jobs[job].Runs {
			dotsVector(q.c[p.C+row*p.LDC+col.C:], p.LDC, q.a[p.A+r.A+row*p.ARow:], p.ARow, q.b[col.B+r.B:][:r.Len], rows)
		}
	}
	return true
}
