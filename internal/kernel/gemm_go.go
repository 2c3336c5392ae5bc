package kernel

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

// A tile of the plain Go product is 2×4: its sums fit in 16 registers.
const (
	tileRows = 2
	tileCols = 4
)

// gemmGo computes a block of C tile by tile, from panels of A and B whose entries
// are gathered in the order in which a tile reads them.
func gemmGo[T Float](p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	begin(p, c, cin, i0, i1, j0, j1)
	const width = 256 // columns of B gathered at a time
	s := takeScratch[T](maxDepth * (width + tileRows))
	defer s.free()
	pb, pa := s.buf[:maxDepth*width], s.buf[maxDepth*width:]
	for ; j0 < j1; j0 += width {
		cols := min(width, j1-j0)
		for k, kc := 0, 0; k < p.K; k += kc {
			kc = piece(p.K - k)
			gather(pb, b[j0*p.B.Col+k*p.B.Row:], p.B.Col, p.B.Row, cols, kc, tileCols)
			for i := i0; i < i1; i += tileRows {
				rows := min(tileRows, i1-i)
				gather(pa, a[i*p.A.Row+k*p.A.Col:], p.A.Row, p.A.Col, rows, kc, tileRows)
				for j := 0; j < cols; j += tileCols {
					t := tileGo(pa[:kc*tileRows], pb[j*kc:][:kc*tileCols])
					for r := range rows {
						for q, v := range t[r*tileCols:][:min(tileCols, cols-j)] {
							c[(i+r)*p.LDC+j0+j+q] += v
						}
					}
				}
			}
		}
	}
}

// begin sets a block of C to the addend, or to zero.
func begin[T Float](p *Product, c, cin []T, i0, i1, j0, j1 int) {
	for i := i0; i < i1; i++ {
		row := c[i*p.LDC+j0 : i*p.LDC+j1]
		if cin == nil {
			clear(row)
			continue
		}
		at := i*p.Cin.Row + j0*p.Cin.Col
		for j := range row {
			row[j] = cin[at]
			at += p.Cin.Col
		}
	}
}

// gather copies n vectors of length k, entry (i, q) at src[i·next+q·step], in
// panels of width w: dst[(i/w)·w·k + q·w + i%w]. What lies past n in the last panel
// is arbitrary.
func gather[T Float](dst, src []T, next, step, n, k, w int) {
	for i := 0; i < n; i += w {
		panel := dst[i*k:][:w*k]
		for r := range min(w, n-i) {
			at := (i + r) * next
			for q := r; q < len(panel); q += w {
				panel[q] = src[at]
				at += step
			}
		}
	}
}

// tileGo returns the sums of products of one panel of A and one of B.
func tileGo[T Float](a, b []T) [tileRows * tileCols]T {
	var s00, s01, s02, s03, s10, s11, s12, s13 T
	for len(a) >= tileRows && len(b) >= tileCols {
		b0, b1, b2, b3 := b[0], b[1], b[2], b[3]
		x := a[0]
		s00 += x * b0
		s01 += x * b1
		s02 += x * b2
		s03 += x * b3
		y := a[1]
		s10 += y * b0
		s11 += y * b1
		s12 += y * b2
		s13 += y * b3
		a, b = a[tileRows:], b[tileCols:]
	}
	return [...]T{s00, s01, s02, s03, s10, s11, s12, s13}
}
