package kernel

import "unsafe"

// Products whose factors both have contiguous entries along k are tiles of scalar products
// of two rows of A and four columns of B, which are read where they lie.

// dotTilesGo adds the product to a block of C. Rows past the last, and columns, are the last
// once more.
func dotTilesGo[T Float](p *Product, c, a, b []T, i0, i1, j0, j1 int) {
	var sums [tileRows * tileCols]T
	const block = 64 // rows of A that all columns of B pass by
	for from := i0; from < i1; from += block {
		to := min(from+block, i1)
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			for j := j0; j < j1; j += tileCols {
				var cols [tileCols]unsafe.Pointer
				for l := range cols {
					cols[l] = unsafe.Pointer(&b[min(j+l, j1-1)*p.B.Col+k])
				}
				width := min(tileCols, j1-j)
				for i := from; i < to; i += tileRows {
					next := min(i+1, to-1)
					dotTileGo(kc, unsafe.Pointer(&a[i*p.A.Row+k]), unsafe.Pointer(&a[next*p.A.Row+k]), &cols, &sums)
					addSums(c[i*p.LDC+j:][:width], sums[:tileCols])
					if next > i {
						addSums(c[next*p.LDC+j:][:width], sums[tileCols:])
					}
				}
			}
		}
	}
}

// dotTileGo sets the sums of the products of k entries of two vectors and four.
func dotTileGo[T Float](k int, a0, a1 unsafe.Pointer, b *[tileCols]unsafe.Pointer, sums *[tileRows * tileCols]T) {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
	at := uintptr(0)
	for ; k >= 4; k -= 4 {
		x, y := (*[4]T)(unsafe.Add(a0, at)), (*[4]T)(unsafe.Add(a1, at))
		p, q, r, s := (*[4]T)(unsafe.Add(b0, at)), (*[4]T)(unsafe.Add(b1, at)), (*[4]T)(unsafe.Add(b2, at)), (*[4]T)(unsafe.Add(b3, at))
		s00, s01, s02, s03 = s00+x[0]*p[0], s01+x[0]*q[0], s02+x[0]*r[0], s03+x[0]*s[0]
		s10, s11, s12, s13 = s10+y[0]*p[0], s11+y[0]*q[0], s12+y[0]*r[0], s13+y[0]*s[0]
		s00, s01, s02, s03 = s00+x[1]*p[1], s01+x[1]*q[1], s02+x[1]*r[1], s03+x[1]*s[1]
		s10, s11, s12, s13 = s10+y[1]*p[1], s11+y[1]*q[1], s12+y[1]*r[1], s13+y[1]*s[1]
		s00, s01, s02, s03 = s00+x[2]*p[2], s01+x[2]*q[2], s02+x[2]*r[2], s03+x[2]*s[2]
		s10, s11, s12, s13 = s10+y[2]*p[2], s11+y[2]*q[2], s12+y[2]*r[2], s13+y[2]*s[2]
		s00, s01, s02, s03 = s00+x[3]*p[3], s01+x[3]*q[3], s02+x[3]*r[3], s03+x[3]*s[3]
		s10, s11, s12, s13 = s10+y[3]*p[3], s11+y[3]*q[3], s12+y[3]*r[3], s13+y[3]*s[3]
		at += unsafe.Sizeof(*x)
	}
	for ; k > 0; k-- {
		x, y := *(*T)(unsafe.Add(a0, at)), *(*T)(unsafe.Add(a1, at))
		p, q, r, s := *(*T)(unsafe.Add(b0, at)), *(*T)(unsafe.Add(b1, at)), *(*T)(unsafe.Add(b2, at)), *(*T)(unsafe.Add(b3, at))
		s00, s01, s02, s03 = s00+x*p, s01+x*q, s02+x*r, s03+x*s
		s10, s11, s12, s13 = s10+y*p, s11+y*q, s12+y*r, s13+y*s
		at += unsafe.Sizeof(x)
	}
	*sums = [...]T{s00, s01, s02, s03, s10, s11, s12, s13}
}

// addSums adds as many sums to a row as it has entries.
func addSums[T Float](row []T, sums []T) {
	if len(row) == tileCols {
		r, s := (*[tileCols]T)(row), (*[tileCols]T)(sums)
		r[0], r[1], r[2], r[3] = r[0]+s[0], r[1]+s[1], r[2]+s[2], r[3]+s[3]
		return
	}
	for i := range row {
		row[i] += sums[i]
	}
}
