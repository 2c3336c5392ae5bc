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
						cols[l] = unsafe.Pointer(&q.b[j.Cols[k+min(l, width-1)].B+r.B+at])
					}
					a := q.p.A + r.A + at
					dotTileGo(n, unsafe.Pointer(&q.a[a+i*q.p.ARow]), unsafe.Pointer(&q.a[a+next*q.p.ARow]), &cols, &piecewise)
					addTo(sums[:], piecewise[:])
				}
			}
			for l, col := range j.Cols[k : k+width] {
				at := q.p.C + i*q.p.LDC + col.C
				q.c[at] += sums[l]
				if next > i {
					q.c[at+q.p.LDC] += sums[tileCols+l]
				}
			}
		}
	}
}
