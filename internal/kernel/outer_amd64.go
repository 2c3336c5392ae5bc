//go:build amd64 && !noasm

package kernel

import "unsafe"

// outerArgs are the arguments of the assembly outer, which knows the fields by their
// order. It counts panels down, and how far it has moved along b, so that no pointer
// here leaves its slice. Strides and distances are in bytes.
type outerArgs struct {
	a          unsafe.Pointer
	aRow, aCol int
	b          unsafe.Pointer
	bRow       int
	bPanel     int // from one panel of columns to the next
	bPair      int // from the first panel of a tile of two to the second
	c          unsafe.Pointer
	cRow       int
	cin        unsafe.Pointer // or nil
	cinRow     int
	cinPanel   int // from one panel to the next; 0 if a row has one addend
	k          int
	tile       int
	panels     int      // whole panels
	rest       int      // columns after them, fewer than a panel
	moved      int      // bytes along b; 0 at first
	ahead      int      // bytes to what is fetched ahead at every step, by tiles of two panels,
	aheadPanel int      // more of them with each panel,
	aheadStep  int      // and with each step,
	aheadOfB   int      // 1: from b instead of a
	taps       *[2]int  // how far from a and b the matrices of each tap begin
	tapBytes   int      // of all taps; 0 for one at a and b
	floor      int      // 1: negative entries of C become 0
	cinMoved   int      // bytes along cin; 0 at first
	list       *tapTile // where each tile of four vectors is, from b and c on, or nil; if cinPanel is not 0, cin is c
	listed     int      // bytes along it; 0 at first. An odd number of words would be copied by pieces that overlap
}

// fetchRows has as many rows of A as panels be fetched that come after so many.
func (t *outerArgs) fetchRows(rows int) {
	t.ahead, t.aheadPanel, t.aheadStep, t.aheadOfB = rows*t.aRow, t.aRow, t.aCol, 0
}

// fetchOfB has a line of B be fetched in each step, from so many bytes ahead on.
func (t *outerArgs) fetchOfB(ahead int) {
	t.ahead, t.aheadPanel, t.aheadStep, t.aheadOfB = ahead, 0, lineBytes, 1
}

// callOuter runs the assembly in use for entries of a size.
func callOuter(size int, t *outerArgs) {
	switch {
	case size == 4 && inUse == avx512:
		outer32AVX512(t)
	case size == 4:
		outer32AVX2(t)
	case inUse == avx512:
		outer64AVX512(t)
	default:
		outer64AVX2(t)
	}
}

// outerTile returns the size of a tile of a block of so many columns, where k products
// are added to an entry: the most rows, and the columns of a panel, which are two
// vectors. With AVX-512, tiles of two panels and six rows pay from a depth on.
func outerTile[T Float](cols, k int) (rows, panel int) {
	panel = 64 / sizeof[T]()
	if inUse != avx512 {
		return 6, panel
	}
	if panel *= 2; cols >= 4*panel && k > shortK {
		return 6, panel
	}
	return 12, panel
}

// wideTile returns the number of the tile with so many rows that is wider than a
// panel, and how many vectors of columns it has; none if there is no such tile. Where
// B is in panels, it must be one of two panels.
func wideTile(rows int, inPanels bool) (tile, vectors int) {
	switch {
	case rows == 1 && !inPanels:
		return 0, 8
	case inUse == avx512 && rows <= 6:
		return rows, 4
	case inUse != avx512 && rows <= 3 && !inPanels:
		return rows - 1, 6 - rows
	}
	return 0, 0
}

// narrowTile returns the number of the tile of two vectors with so many rows.
func narrowTile(rows int) int {
	if inUse == avx512 {
		return 6 + rows
	}
	return 2 + rows
}

const (
	directBytes  = 64 << 10  // a B up to this size is read as it lies,
	alignedBytes = 512 << 10 // and by AVX-512 up to this size if its rows start with cache lines
	widthBytes   = 2 << 10   // of the rows of a larger B, so many bytes are copied at a time
	shortK       = 64        // up to this depth A is read as it lies,
	fewColumns   = 256       // and by AVX-512 also if B has fewer columns than this
	copyBytes    = 64 << 10  // of A are copied at a time
)

// copiesB reports whether outer gets a copy of B. That pays if the rows of B are not
// contiguous, or lie so far apart that they do not stay in the cache while many strips
// of A pass by.
func (p *Product) copiesB(size, maxRows int) bool {
	if p.B.Col != 1 {
		return p.N > 1
	}
	limit := directBytes
	if inUse == avx512 && p.B.Row*size%64 == 0 {
		limit = alignedBytes
	}
	return p.K*p.N*size > limit && p.M > 4*maxRows
}

// copiesA reports whether outer gets copies of strips of A. That pays if A is read by
// columns and by several panels of B.
func (p *Product) copiesA(panel int) bool {
	least := 4 * panel
	if inUse == avx512 {
		least = fewColumns
	}
	return p.A.Row == 1 && p.M > 1 && p.K > shortK && p.N >= least
}

// gemmOuter computes a block of C by outer, in pieces of k, blocks of columns and
// strips of rows. It changes p.
func gemmOuter[T Float](to taker, p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	size := sizeof[T]()
	width := j1 - j0
	maxRows, panel := outerTile[T](width, p.K)
	copyB, copyA := p.copiesB(size, maxRows), p.copiesA(panel)
	var bufA, bufB []T
	if copyA || copyB {
		depth := min(p.K, maxDepth)
		sizeA, sizeB := 0, 0
		if copyA {
			sizeA = max(copyBytes/size, maxRows*depth+panel)
		}
		if copyB {
			width = min(width, widthBytes/size)
			sizeB = (width + panel - 1) / panel * panel * depth
		}
		s := takeScratch[T](sizeB + sizeA)
		defer s.free()
		bufB, bufA = s.buf[:sizeB], s.buf[sizeB:]
		if copyA || width < j1-j0 || outerPiece(p.K) < p.K { // copies follow what was computed
			to.refuse()
		}
		to.copiesB(pointer(s.buf, 0), sizeB)
	}

	t := outerArgs{
		aRow: p.A.Row * size, aCol: p.A.Col * size,
		bRow: p.B.Row * size, bPanel: panel * size,
		cRow:   p.LDC * size,
		cinRow: p.Cin.Row * size, cinPanel: p.Cin.Col * panel * size,
	}
	for k := 0; k < p.K; k += t.k {
		t.k = outerPiece(p.K - k)
		for j := j0; j < j1; j += width {
			cols := min(width, j1-j)
			t.b = pointer(b, k*p.B.Row+j*p.B.Col)
			if copyB {
				copyPanels(to, bufB, b[k*p.B.Row+j*p.B.Col:], p.B, t.k, cols, panel)
				t.b, t.bRow, t.bPanel = pointer(bufB, 0), panel*size, panel*size*t.k
			}
			for i := i0; i < i1; {
				rows, count := parts(i1-i, maxRows)
				t.a = pointer(a, i*p.A.Row+k*p.A.Col)
				aStrip := rows * t.aRow
				if copyA {
					apart := rows*t.k + panel
					count = min(count, len(bufA)/apart)
					copyStrips(to, bufA, a[i+k*p.A.Col:], p.A.Col, t.k, rows, count, apart)
					t.a, t.aRow, t.aCol = pointer(bufA, 0), size, rows*size
					aStrip = apart * size
				}
				for n := range count {
					if n > 0 {
						t.a = unsafe.Add(t.a, aStrip)
					}
					t.c = pointer(c, i*p.LDC+j)
					t.cin = pointer(cin, i*p.Cin.Row+j*p.Cin.Col)
					strip[T](to, &t, rows, cols, panel, copyB)
					i += rows
				}
			}
		}
		// What follows is added to C.
		cin, p.Cin = c, RowMajor(p.LDC)
		t.cinRow, t.cinPanel = t.cRow, panel*size
	}
}

// outerPiece returns the length of the next piece when k products are left. Those of
// AVX-512 are as equal as can be, as longer ones do not pay.
func outerPiece(k int) int {
	if inUse != avx512 {
		return piece(k)
	}
	size, _ := parts(k, depth)
	return size
}

// addsLast reports whether an addend comes after all k products of an entry: that of the
// first of several pieces does not. Pieces of dot are longer.
func addsLast(k int) bool { return inUse != plainGo && k > 0 && outerPiece(k) == k }

// strip computes some rows of C, as many as one tile has: first with the wide tile, if
// there is one, then panel by panel.
func strip[T Float](to taker, t *outerArgs, rows, cols, panel int, inPanels bool) {
	if tile, vectors := wideTile(rows, inPanels); vectors > 0 {
		w := vectors * panel / 2
		if n := cols / w; n > 0 {
			u := *t
			u.tile, u.panels, u.rest, u.moved = tile, n, 0, 0
			u.bPanel, u.bPair = t.bPanel*vectors/2, t.bPanel
			u.cinPanel = t.cinPanel * vectors / 2
			u.fetchRows(rows)
			to.outer(u)
			if cols -= n * w; cols == 0 {
				return
			}
			rest := *t
			rest.b = unsafe.Add(t.b, n*u.bPanel)
			rest.c = unsafe.Add(t.c, n*w*sizeof[T]())
			if t.cin != nil {
				rest.cin = unsafe.Add(t.cin, n*u.cinPanel)
			}
			t = &rest
		}
	}
	t.tile, t.panels, t.rest, t.moved = narrowTile(rows), cols/panel, cols%panel, 0
	to.outer(*t)
}
