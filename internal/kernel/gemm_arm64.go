//go:build arm64 && !noasm

package kernel

import "unsafe"

// A tile of NEON has so many rows, and 64 bytes of columns.
const neonRows = 4

// tilesVector adds the product to a block of C by NEON, from copies of A and B in panels.
func tilesVector[T Float](p *Product, c, a, b []T, i0, i1, j0, j1 int) {
	const rowBlock = 64 // rows of A copied at a time
	size := sizeof[T]()
	panel := 64 / size
	most := min(p.K, maxDepth)
	sizeA := (min(i1-i0, rowBlock) + neonRows) * most
	s := takeScratch[T](sizeA + (min(j1-j0, blockCols)+panel)*most)
	defer s.free()
	bufA, bufB := s.buf[:sizeA], s.buf[sizeA:]
	for j := j0; j < j1; j += blockCols {
		cols := min(blockCols, j1-j)
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			packGo(bufB, unsafe.Pointer(&b[k*p.B.Row+j*p.B.Col]), p.B.Col*size, p.B.Row*size, cols, kc, panel)
			for i := i0; i < i1; i += rowBlock {
				rows := min(rowBlock, i1-i)
				packGo(bufA, unsafe.Pointer(&a[i*p.A.Row+k*p.A.Col]), p.A.Row*size, p.A.Col*size, rows, kc, neonRows)
				for q := 0; q < cols; q += panel {
					for r := 0; r < rows; r += neonRows {
						addTile(c[(i+r)*p.LDC+j+q:], p.LDC, min(neonRows, rows-r), min(panel, cols-q), bufA[r*kc:], bufB[q*kc:], kc)
					}
				}
			}
		}
	}
}

// addTile adds one tile to C, by way of spare if it is not whole.
func addTile[T Float](c []T, ldc, rows, cols int, a, b []T, k int) {
	var spare [neonRows * 16]T
	panel := 64 / sizeof[T]()
	if rows == neonRows && cols == panel {
		callTile(c, ldc, a, b, k)
		return
	}
	callTile(spare[:], panel, a, b, k)
	for r := range rows {
		addTo(c[r*ldc:][:cols], spare[r*panel:][:cols])
	}
}

func callTile[T Float](c []T, ldc int, a, b []T, k int) {
	if sizeof[T]() == 4 {
		tile32NEON(unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0]), unsafe.Pointer(&c[0]), 4*ldc, k)
	} else {
		tile64NEON(unsafe.Pointer(&a[0]), unsafe.Pointer(&b[0]), unsafe.Pointer(&c[0]), 8*ldc, k)
	}
}

// dotsVector is dotsGo by NEON. The products past whole blocks are added last.
func dotsVector[T Float](c []T, cStep int, a []T, aRow int, x []T, m int) {
	const rowsAtOnce = 4
	block := 32 / sizeof[T]()
	for k, kc := 0, 0; k < len(x); k += kc {
		kc = piece(len(x) - k)
		whole := kc / block * block
		for i := 0; i < m; i += rowsAtOnce {
			var rows [rowsAtOnce][]T
			for r := range rows { // past the last row, that once more
				rows[r] = a[min(i+r, m-1)*aRow+k:][:kc]
			}
			var sums [rowsAtOnce]T
			if whole > 0 {
				callDots(&sums, &rows, x[k:], whole/block)
			}
			for r := range min(rowsAtOnce, m-i) {
				s := sums[r]
				for q := whole; q < kc; q++ {
					s += rows[r][q] * x[k+q]
				}
				c[(i+r)*cStep] += s
			}
		}
	}
}

func callDots[T Float](sums *[4]T, rows *[4][]T, x []T, blocks int) {
	p := func(i int) unsafe.Pointer { return unsafe.Pointer(&rows[i][0]) }
	if sizeof[T]() == 4 {
		dots32NEON(p(0), p(1), p(2), p(3), unsafe.Pointer(&x[0]), unsafe.Pointer(sums), blocks)
	} else {
		dots64NEON(p(0), p(1), p(2), p(3), unsafe.Pointer(&x[0]), unsafe.Pointer(sums), blocks)
	}
}
