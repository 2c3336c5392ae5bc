package kernel

import "unsafe"

// Products whose factors both have contiguous entries along k are tiles of scalar products
// of two rows of A and four columns of B, which are read where they lie.

// dotTilesGo adds the product to a block of C. One or two columns past the last four are the rows
// of their tiles.
func dotTilesGo[T Float](p *Product, c, a, b []T, i0, i1, j0, j1 int) {
	const block = 64 // rows of A that all columns of B pass by
	few := (j1 - j0) % tileCols
	if few > tileRows {
		few = 0
	}
	for i := i0; i < i1; i += block {
		m := min(block, i1-i)
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			rows := vectors[T]{a[i*p.A.Row+k:], p.A.Row, m, p.LDC}
			dotTiles(kc, c[i*p.LDC+j0:], rows, vectors[T]{b[j0*p.B.Col+k:], p.B.Col, j1 - j0 - few, 1})
			if few > 0 {
				dotTiles(kc, c[i*p.LDC+j1-few:], vectors[T]{b[(j1-few)*p.B.Col+k:], p.B.Col, few, 1}, rows)
			}
		}
	}
}

// vectors are n vectors, step entries apart, whose products lie cStep entries apart in C.
type vectors[T Float] struct {
	x              []T
	step, n, cStep int
}

// dotTiles adds to C the products of all a and all b. Vectors past the last are the last once more.
func dotTiles[T Float](k int, c []T, a, b vectors[T]) {
	var sums [tileRows * tileCols]T
	for j := 0; j < b.n; j += tileCols {
		var cols [tileCols]unsafe.Pointer
		for l := range cols {
			cols[l] = unsafe.Pointer(&b.x[min(j+l, b.n-1)*b.step])
		}
		width := min(tileCols, b.n-j)
		for i := 0; i < a.n; i += tileRows {
			next := min(i+1, a.n-1)
			dotTileGo(k, unsafe.Pointer(&a.x[i*a.step]), unsafe.Pointer(&a.x[next*a.step]), &cols, &sums)
			addSums(c[i*a.cStep+j*b.cStep:], b.cStep, sums[:width])
			if next > i {
				addSums(c[next*a.cStep+j*b.cStep:], b.cStep, sums[tileCols:][:width])
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

// addSums adds sums to entries of C that lie step entries apart.
func addSums[T Float](c []T, step int, sums []T) {
	if step == 1 && len(sums) == tileCols {
		r, s := (*[tileCols]T)(c), (*[tileCols]T)(sums)
		r[0], r[1], r[2], r[3] = r[0]+s[0], r[1]+s[1], r[2]+s[2], r[3]+s[3]
		return
	}
	for i, s := range sums {
		c[i*step] += s
	}
}
