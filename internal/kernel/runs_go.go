package kernel

import "unsafe"

// byDots adds to some rows of a job by tiles of two rows and four columns. Rows past the
// last, and columns, are the last once more.
func (q *BoundDots[T]) byDots(j *DotJob, from, to int) {
	for i := from; i < to; i += tileRows {
		next := min(i+1, to-1)
		for k := 0; k < len(j.Cols); k += tileCols {
			width := min(tileCols, len(j.Cols)-k)
			var sums, piecewise [tileRows * tileCols]T
			for _, r := range j.Runs {
				for at, n := 0, 0; at < r.Len; at += n {
					n = piece(r.Len - at)
					var cols [tileCols]unsafe.Pointer
					for l := range cols {
						cols[l] = unsafe.Pointer(&q.b[j.Cols[k+min(l, width-1)]+r.B+at])
					}
					a := j.A + r.A + at
					dotTileGo(n, unsafe.Pointer(&q.a[a+i*q.p.ARow]), unsafe.Pointer(&q.a[a+next*q.p.ARow]), &cols, &piecewise)
					addTo(sums[:], piecewise[:])
				}
			}
			c := q.c[j.C+i*q.p.LDC+k*q.p.CCol:]
			for l := range width {
				c[l*q.p.CCol] += sums[l]
				if next > i {
					c[q.p.LDC+l*q.p.CCol] += sums[tileCols+l]
				}
			}
		}
	}
}
