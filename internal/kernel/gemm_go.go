package kernel

import "unsafe"

// depth is the number of products that are added to an entry of C in one piece.
const depth = 384

// piece returns the length of the next piece when k products are left: all of them
// up to one and a half pieces, so that the last is never short.
func piece(k int) int {
	if k <= maxDepth {
		return k
	}
	return depth
}

const maxDepth = depth + depth/2

// Sizes of the plain Go product.
const (
	// A tile is 2×4: its eight sums, and what they are formed of, fit in the 15 registers
	// that the compiler has on amd64.
	tileRows = 2
	tileCols = 4

	blockCols = 240      // columns of B that all rows of A pass by
	nearBytes = 32 << 10 // a B up to this size is read as it lies
	farStride = 512      // in bytes: columns of A further apart are copied
)

// gemmGo computes a block of C in plain Go. The form of the whole product chooses the
// loop: a matrix times a vector by [dotsGo], a vector times a matrix by [axpysGo], a
// matrix times the transpose of another by [dotTilesGo], the rest by [tilesGo].
func gemmGo[T Float](p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	columns := p.N == 1 && p.A.Row == 1 && p.LDC == 1
	row := p.M == 1 && p.B.Col == 1
	dots := p.A.Col == 1 && p.B.Row == 1
	if p.K > 0 && !columns && !row && !dots {
		tilesGo(p, c, cin, a, b, i0, i1, j0, j1)
		return
	}
	begin(p, c, cin, i0, i1, j0, j1)
	switch {
	case p.K == 0:
	case dots && p.N == 1:
		dotsGo(c[i0*p.LDC:], p.LDC, a[i0*p.A.Row:], p.A.Row, b[:p.K], i1-i0)
	case dots && p.M == 1:
		dotsGo(c[j0:], 1, b[j0*p.B.Col:], p.B.Col, a[:p.K], j1-j0)
	case dots:
		dotTilesGo(p, c, a, b, i0, i1, j0, j1)
	case columns:
		axpysGo(c[i0:i1], a[i0:], p.A.Col, b, p.B.Row, p.K)
	default:
		axpysGo(c[j0:j1], b[j0:], p.B.Row, a, p.A.Col, p.K)
	}
}

// begin sets a block of C to the addend, or to zero.
func begin[T Float](p *Product, c, cin []T, i0, i1, j0, j1 int) {
	if cin == nil && j1-j0 == p.LDC {
		clear(c[i0*p.LDC : i1*p.LDC])
		return
	}
	for i := i0; i < i1; i++ {
		row := c[i*p.LDC+j0 : i*p.LDC+j1]
		if cin == nil {
			clear(row)
			continue
		}
		at := i*p.Cin.Row + j0*p.Cin.Col
		switch p.Cin.Col {
		case 0:
			Fill(row, cin[at])
		case 1:
			copy(row, cin[at:])
		default:
			for j := range row {
				row[j] = cin[at]
				at += p.Cin.Col
			}
		}
	}
}

// tilesGo computes a block of C, tile by tile. B is copied to panels of the
// width of a tile where it is large, its rows are not contiguous or they are shorter
// than a tile; rows of A where their entries lie far apart.
func tilesGo[T Float](p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	size := sizeof[T]()
	perRow := cin == nil || p.Cin.Col == 0
	if !perRow {
		begin(p, c, cin, i0, i1, j0, j1)
	}
	copyB := p.B.Col != 1 || j1-j0 < tileCols || p.K*p.N*size > nearBytes && i1-i0 > 4*tileRows
	copyA := p.A.Col*size >= farStride && j1-j0 > 4*tileCols
	var bufA, bufB []T
	if copyA || copyB {
		most := min(p.K, maxDepth)
		s := takeScratch[T]((tileRows + min(j1-j0, blockCols) + tileCols) * most)
		defer s.free()
		bufA, bufB = s.buf[:tileRows*most], s.buf[tileRows*most:]
	}
	for j := j0; j < j1; {
		cols := j1 - j
		if cols >= blockCols+tileCols {
			cols = blockCols
		}
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			t := rowPair[T]{aCol: p.A.Col * size, b: unsafe.Pointer(&b[k*p.B.Row+j*p.B.Col]), bRow: p.B.Row * size, k: kc}
			if copyB {
				packGo(bufB, t.b, p.B.Col*size, p.B.Row*size, cols, kc, tileCols)
				t.b, t.bRow, t.packed = unsafe.Pointer(&bufB[0]), tileCols*size, true
			}
			for i := i0; i < i1; i += tileRows {
				rows, next := min(tileRows, i1-i), p.A.Row*size
				t.a0 = unsafe.Pointer(&a[i*p.A.Row+k*p.A.Col])
				if copyA {
					packGo(bufA, t.a0, next, p.A.Col*size, rows, kc, tileRows)
					t.a0, next, t.aCol = unsafe.Pointer(&bufA[0]), size, tileRows*size
				}
				t.a1, t.c1 = t.a0, nil
				t.c0 = c[i*p.LDC+j:][:cols]
				if rows == tileRows {
					t.a1, t.c1 = unsafe.Add(t.a0, next), c[(i+1)*p.LDC+j:][:cols]
				}
				t.fresh = perRow && k == 0
				if t.fresh && cin != nil {
					t.d0, t.d1 = cin[i*p.Cin.Row], cin[(i+rows-1)*p.Cin.Row]
				}
				t.multiply()
			}
		}
		j += cols
	}
}

// A rowPair is one row of A or two, and the block of B that they are multiplied by.
// Strides are in bytes.
type rowPair[T Float] struct {
	a0, a1 unsafe.Pointer // a1 is a0 if there is one row
	aCol   int
	b      unsafe.Pointer
	bRow   int
	packed bool // B is in panels of the width of a tile
	c0, c1 []T  // c1 is nil if there is one row
	k      int

	fresh  bool // C holds nothing yet: the rest of the rows is d0 and d1
	d0, d1 T
}

// multiply adds the products to the rows of C. What a tile computes past their ends goes
// to spare.
func (t *rowPair[T]) multiply() {
	var spare [tileRows * tileCols]T
	size, cols := sizeof[T](), len(t.c0)
	panel := tileCols * size
	if t.packed {
		panel *= t.k
	}
	s0, s1 := unsafe.Pointer(&spare[0]), unsafe.Pointer(&spare[tileCols])
	whole := cols / tileCols
	if whole > 0 {
		c1, next := s1, 0
		if t.c1 != nil {
			c1, next = unsafe.Pointer(&t.c1[0]), tileCols*size
		}
		t.tiles(t.b, panel, unsafe.Pointer(&t.c0[0]), c1, next, whole)
	}
	from := whole * tileCols
	if from == cols {
		return
	}
	// The last tile is the last of the panels, or ends where the rows end.
	at, skip := whole*panel, 0
	if !t.packed {
		skip = from + tileCols - cols
		at = (from - skip) * size
	}
	copy(spare[skip:], t.c0[from:])
	if t.c1 != nil {
		copy(spare[tileCols+skip:], t.c1[from:])
	}
	t.tiles(unsafe.Add(t.b, at), panel, s0, s1, 0, 1)
	copy(t.c0[from:], spare[skip:])
	if t.c1 != nil {
		copy(t.c1[from:], spare[tileCols+skip:])
	}
}

// packGo copies n vectors of length k, entry (i, q) at i·next + q·step bytes, to panels
// of width w: dst[(i/w)·w·k + q·w + i%w]. What lies past n in the last panel is
// arbitrary.
func packGo[T Float](dst []T, src unsafe.Pointer, next, step, n, k, w int) {
	for i := 0; i < n; i += w {
		panel := dst[i*k:][:w*k]
		for r := range min(w, n-i) {
			at := (i + r) * next
			for to := r; to < len(panel); to += w {
				panel[to] = *(*T)(unsafe.Add(src, at))
				at += step
			}
		}
	}
}

// tiles adds products to n tiles of C that follow one another, to each entry in the order of k. From
// one to the next B is a panel further on, the first row of C the width of a tile, and the second
// c1Step.
func (t *rowPair[T]) tiles(b unsafe.Pointer, panel int, c0, c1 unsafe.Pointer, c1Step, n int) {
	a0, a1, aCol, bRow := t.a0, t.a1, t.aCol, t.bRow
	for ; n > 0; n-- {
		var s00, s01, s02, s03, s10, s11, s12, s13 T
		atA, atB := 0, 0
		left := t.k
		for ; left >= 4; left -= 4 {
			row := (*[tileCols]T)(unsafe.Add(b, atB))
			x, y := *(*T)(unsafe.Add(a0, atA)), *(*T)(unsafe.Add(a1, atA))
			s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
			s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
			atA, atB = atA+aCol, atB+bRow

			row = (*[tileCols]T)(unsafe.Add(b, atB))
			x, y = *(*T)(unsafe.Add(a0, atA)), *(*T)(unsafe.Add(a1, atA))
			s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
			s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
			atA, atB = atA+aCol, atB+bRow

			row = (*[tileCols]T)(unsafe.Add(b, atB))
			x, y = *(*T)(unsafe.Add(a0, atA)), *(*T)(unsafe.Add(a1, atA))
			s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
			s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
			atA, atB = atA+aCol, atB+bRow

			row = (*[tileCols]T)(unsafe.Add(b, atB))
			x, y = *(*T)(unsafe.Add(a0, atA)), *(*T)(unsafe.Add(a1, atA))
			s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
			s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
			atA, atB = atA+aCol, atB+bRow
		}
		for ; left > 0; left-- {
			row := (*[tileCols]T)(unsafe.Add(b, atB))
			x, y := *(*T)(unsafe.Add(a0, atA)), *(*T)(unsafe.Add(a1, atA))
			s00, s01, s02, s03 = s00+x*row[0], s01+x*row[1], s02+x*row[2], s03+x*row[3]
			s10, s11, s12, s13 = s10+y*row[0], s11+y*row[1], s12+y*row[2], s13+y*row[3]
			atA, atB = atA+aCol, atB+bRow
		}
		r0, r1 := (*[tileCols]T)(c0), (*[tileCols]T)(c1)
		if t.fresh {
			r0[0], r0[1], r0[2], r0[3] = t.d0+s00, t.d0+s01, t.d0+s02, t.d0+s03
			r1[0], r1[1], r1[2], r1[3] = t.d1+s10, t.d1+s11, t.d1+s12, t.d1+s13
		} else {
			r0[0], r0[1], r0[2], r0[3] = r0[0]+s00, r0[1]+s01, r0[2]+s02, r0[3]+s03
			r1[0], r1[1], r1[2], r1[3] = r1[0]+s10, r1[1]+s11, r1[2]+s12, r1[3]+s13
		}
		b, c0, c1 = unsafe.Add(b, panel), unsafe.Add(c0, unsafe.Sizeof(*r0)), unsafe.Add(c1, c1Step)
	}
}
