//go:build wasm && !noasm

package kernel

import "unsafe"

// tilesVector adds the product to a block of C, 64 bytes of its rows at a time, from copies of
// the columns of B.
func tilesVector[T Float](p *Product, c, a, b []T, i0, i1, j0, j1 int) {
	const rowBlock = 64 // rows whose sums stay near
	size := sizeof[T]()
	width := 64 / size
	most := min(i1-i0, rowBlock)
	s := takeScratch[T](width * (most + min(p.K, maxDepth)))
	defer s.free()
	sums, panel := s.buf[:width*most], s.buf[width*most:]
	for j := j0; j < j1; j += width {
		cols := min(width, j1-j)
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			copyPanel(panel[:width*kc], b[k*p.B.Row+j*p.B.Col:], p.B, cols)
			for i := i0; i < i1; i += rowBlock {
				rows := min(rowBlock, i1-i)
				clear(sums[:width*rows])
				callPanel(sums, a[i*p.A.Row+k*p.A.Col:], panel, p.A, rows, kc)
				addPanel(c[i*p.LDC+j:], p.LDC, sums, rows, cols)
			}
		}
	}
}

// copyPanel copies some columns of B, and makes the columns past them zero.
func copyPanel[T Float](panel, b []T, l Layout, cols int) {
	size := sizeof[T]()
	rows := len(panel) * size / 64
	if cols < 64/size {
		clear(panel)
	}
	vectors := 0
	if l.Col == 1 {
		vectors = cols * size / 16
	}
	to, from := unsafe.Pointer(&panel[0]), unsafe.Pointer(&b[0])
	if vectors > 0 {
		if size == 4 {
			copyRows32SIMD(to, 64, from, l.Row*size, vectors, rows)
		} else {
			copyRows64SIMD(to, 64, from, l.Row*size, vectors, rows)
		}
		to, from = unsafe.Add(to, 16*vectors), unsafe.Add(from, 16*vectors)
		cols -= 16 * vectors / size
	}
	switch {
	case cols == 0:
	case size == 4:
		copyCols32SIMD(to, 64, from, l.Row*size, l.Col*size, cols, rows)
	default:
		copyCols64SIMD(to, 64, from, l.Row*size, l.Col*size, cols, rows)
	}
}

// addPanel adds rows of sums, 64 bytes apart, to some columns of C.
func addPanel[T Float](c []T, ldc int, sums []T, rows, cols int) {
	size := sizeof[T]()
	vectors, width := cols*size/16, 64/size
	switch {
	case vectors == 0:
	case size == 4:
		addRowsTo32SIMD(unsafe.Pointer(&c[0]), ldc*size, unsafe.Pointer(&sums[0]), 64, vectors, rows)
	default:
		addRowsTo64SIMD(unsafe.Pointer(&c[0]), ldc*size, unsafe.Pointer(&sums[0]), 64, vectors, rows)
	}
	whole := vectors * 16 / size
	if whole == cols {
		return
	}
	for r := range rows {
		addTo(c[r*ldc+whole:], sums[r*width+whole:][:cols-whole])
	}
}

func callPanel[T Float](sums, a, panel []T, l Layout, rows, k int) {
	size := sizeof[T]()
	if size == 4 {
		panel32SIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&panel[0]), l.Row*size, l.Col*size, rows, k)
	} else {
		panel64SIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&panel[0]), l.Row*size, l.Col*size, rows, k)
	}
}

// dotsVector is dotsGo by vectors. The products past whole vectors are added last.
func dotsVector[T Float](c []T, cStep int, a []T, aRow int, x []T, m int) {
	const rowsAtOnce = 8
	size := sizeof[T]()
	lanes := 16 / size
	var buf [rowsAtOnce * 4]T
	for k, kc := 0, 0; k < len(x); k += kc {
		kc = piece(len(x) - k)
		whole := kc / lanes * lanes
		for i := 0; i < m; i += rowsAtOnce {
			rows := min(rowsAtOnce, m-i)
			sums := buf[:rows*lanes]
			clear(sums)
			if whole > 0 {
				callDots(sums, a[i*aRow+k:], x[k:], aRow, rows, whole/lanes)
			}
			for r := range rows {
				s := halve(sums[r*lanes:][:lanes])
				row := a[(i+r)*aRow+k:][:kc]
				for q := whole; q < kc; q++ {
					s += row[q] * x[k+q]
				}
				c[(i+r)*cStep] += s
			}
		}
	}
}

func callDots[T Float](sums, a, x []T, aRow, rows, vectors int) {
	size := sizeof[T]()
	if size == 4 {
		dots32SIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&x[0]), aRow*size, rows, vectors)
	} else {
		dots64SIMD(unsafe.Pointer(&sums[0]), unsafe.Pointer(&a[0]), unsafe.Pointer(&x[0]), aRow*size, rows, vectors)
	}
}
