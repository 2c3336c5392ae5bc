//go:build arm64 && !noasm

package kernel

type dotVectors struct{}

func (q *BoundDots[T]) prepare() {}

// doVectors adds to some rows of a job, four at most, by NEON, if that is in use.
func (q *BoundDots[T]) doVectors(_ int, j *DotJob, row, rows int) bool {
	if inUse != neon {
		return false
	}
	for k, o := range j.Cols {
		c := q.c[j.C+row*q.p.LDC+k*q.p.CCol:]
		for _, r := range j.Runs {
			dotsNEON(c, q.p.LDC, q.a[j.A+r.A+row*q.p.ARow:], q.p.ARow, q.b[o+r.B:][:r.Len], rows)
		}
	}
	return true
}
