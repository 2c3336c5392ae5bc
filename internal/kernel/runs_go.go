package kernel

import "unsafe"

// byDots adds to some rows of a job by tiles of two rows and four columns.
func (q *BoundDots[T]) byDots(j *DotJob, from, to int) {
	for i := from; i < to; i += tileRows {
		next := min(i+1, to-1)
		for k := 0; k < len(j.Cols); k += tileCols {
			cols := j.Cols[k:min(k+tileCols, len(j.Cols))]
			var o [tileCols]int // past the last column, that once more
			for l := range o {
				o[l] = cols[min(l, len(cols)-1)]
			}
			var sums [tileRows * tileCols]T
			for _, r := range j.Runs {
				a0, a1 := q.a[j.A+r.A+i*q.p.ARow:][:r.Len], q.a[j.A+r.A+next*q.p.ARow:][:r.Len]
				b := q.b[r.B:]
				dotTileGo(a0, a1, b[o[0]:][:r.Len], b[o[1]:][:r.Len], b[o[2]:][:r.Len], b[o[3]:][:r.Len], &sums)
			}
			for l := range cols {
				at := j.C + i*q.p.LDC + (k+l)*q.p.CCol
				q.c[at] += sums[l]
				if next > i {
					q.c[at+q.p.LDC] += sums[tileCols+l]
				}
			}
		}
	}
}

// dotTileGo adds the products of two vectors and four to the sums, in pieces.
func dotTileGo[T Float](a0, a1, b0, b1, b2, b3 []T, sums *[tileRows * tileCols]T) {
	for k, kc := 0, 0; k < len(a0); k += kc {
		kc = piece(len(a0) - k)
		dotPieceGo(kc, unsafe.Pointer(&a0[k]), unsafe.Pointer(&a1[k]), [tileCols]unsafe.Pointer{
			unsafe.Pointer(&b0[k]), unsafe.Pointer(&b1[k]), unsafe.Pointer(&b2[k]), unsafe.Pointer(&b3[k]),
		}, sums)
	}
}

// dotPieceGo adds the products of k entries.
func dotPieceGo[T Float](k int, a0, a1 unsafe.Pointer, b [tileCols]unsafe.Pointer, sums *[tileRows * tileCols]T) {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
	at := uintptr(0)
	for ; k >= 2; k -= 2 {
		x, y := (*[2]T)(unsafe.Add(a0, at)), (*[2]T)(unsafe.Add(a1, at))
		p, q, r, s := (*[2]T)(unsafe.Add(b0, at)), (*[2]T)(unsafe.Add(b1, at)), (*[2]T)(unsafe.Add(b2, at)), (*[2]T)(unsafe.Add(b3, at))
		s00, s01, s02, s03 = s00+x[0]*p[0], s01+x[0]*q[0], s02+x[0]*r[0], s03+x[0]*s[0]
		s10, s11, s12, s13 = s10+y[0]*p[0], s11+y[0]*q[0], s12+y[0]*r[0], s13+y[0]*s[0]
		s00, s01, s02, s03 = s00+x[1]*p[1], s01+x[1]*q[1], s02+x[1]*r[1], s03+x[1]*s[1]
		s10, s11, s12, s13 = s10+y[1]*p[1], s11+y[1]*q[1], s12+y[1]*r[1], s13+y[1]*s[1]
		at += unsafe.Sizeof(*x)
	}
	if k > 0 {
		x, y := *(*T)(unsafe.Add(a0, at)), *(*T)(unsafe.Add(a1, at))
		p, q, r, s := *(*T)(unsafe.Add(b0, at)), *(*T)(unsafe.Add(b1, at)), *(*T)(unsafe.Add(b2, at)), *(*T)(unsafe.Add(b3, at))
		s00, s01, s02, s03 = s00+x*p, s01+x*q, s02+x*r, s03+x*s
		s10, s11, s12, s13 = s10+y*p, s11+y*q, s12+y*r, s13+y*s
	}
	for i, s := range [...]T{s00, s01, s02, s03, s10, s11, s12, s13} {
		sums[i] += s
	}
}
