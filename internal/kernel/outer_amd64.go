//go:build amd64 && !noasm

package kernel

import "unsafe"

// outerArgs are the arguments of the assembly outer, which knows the fields by their
// order. It counts panels down, and how far it has moved along b, so that no pointer
// here leaves its slice. Strides are in bytes.
type outerArgs struct {
	a          unsafe.Pointer
	aRow, aCol int
	b          unsafe.Pointer
	bRow       int
	bPanel     int // from one panel of columns to the next
	c          unsafe.Pointer
	cRow       int
	cin        unsafe.Pointer // or nil
	cinRow     int
	cinPanel   int // from one panel to the next; 0 if a row has one addend
	k          int
	tile       int
	panels     int // whole panels
	rest       int // columns after them, fewer than a panel
	moved      int // bytes along b; 0 at first
}

// callOuter runs the assembly in use.
func callOuter[T Float](t *outerArgs) {
	switch {
	case sizeof[T]() == 4 && inUse == avx512:
		outer32AVX512(t)
	case sizeof[T]() == 4:
		outer32AVX2(t)
	case inUse == avx512:
		outer64AVX512(t)
	default:
		outer64AVX2(t)
	}
}

// outerTile returns the size of a tile: the most rows, and the columns of a panel,
// which are two vectors.
func outerTile[T Float]() (rows, panel int) {
	if inUse == avx512 {
		return 12, 128 / sizeof[T]()
	}
	return 6, 64 / sizeof[T]()
}

// Tiles 0, 1 and 2 have one, two and three rows and this many vectors of columns;
// the tiles after them have 1, 2, 3, … rows and two vectors.
var wideVectors = [...]int{8, 4, 3}

const (
	directBytes = 64 << 10 // a B up to this size is read as it lies
	widthBytes  = 2 << 10  // of the rows of a larger B, so many bytes are copied at a time
	shortK      = 64       // up to this depth A is read as it lies
	copyBytes   = 64 << 10 // of A are copied at a time
)

// gemmOuter computes a block of C by outer, in pieces of k, blocks of columns and
// strips of rows. It changes p.
func gemmOuter[T Float](to taker, p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	size := sizeof[T]()
	maxRows, panel := outerTile[T]()
	copyA, copyB := outerCopies[T](p)
	width := j1 - j0
	var bufA, bufB []T
	if copyA || copyB {
		if !to.copies() {
			return
		}
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
	}

	t := outerArgs{
		aRow: p.A.Row * size, aCol: p.A.Col * size,
		bRow: p.B.Row * size, bPanel: panel * size,
		cRow:   p.LDC * size,
		cinRow: p.Cin.Row * size, cinPanel: p.Cin.Col * panel * size,
	}
	for k := 0; k < p.K; k += t.k {
		t.k = piece(p.K - k)
		for j := j0; j < j1; j += width {
			cols := min(width, j1-j)
			t.b = pointer(b, k*p.B.Row+j*p.B.Col)
			if copyB {
				copyPanels(bufB, b[k*p.B.Row+j*p.B.Col:], p.B, t.k, cols, panel)
				t.b, t.bRow, t.bPanel = pointer(bufB, 0), panel*size, panel*size*t.k
			}
			for i := i0; i < i1; {
				rows, count := parts(i1-i, maxRows)
				t.a = pointer(a, i*p.A.Row+k*p.A.Col)
				aStrip := rows * t.aRow
				if copyA {
					apart := rows*t.k + panel
					count = min(count, len(bufA)/apart)
					copyStrips(bufA, a[i+k*p.A.Col:], p.A.Col, t.k, rows, count, apart)
					t.a, t.aRow, t.aCol = pointer(bufA, 0), size, rows*size
					aStrip = apart * size
				}
				for n := range count {
					if n > 0 {
						t.a = unsafe.Add(t.a, aStrip)
					}
					t.c = pointer(c, i*p.LDC+j)
					t.cin = pointer(cin, i*p.Cin.Row+j*p.Cin.Col)
					strip[T](to, &t, rows, cols, panel, !copyB)
					i += rows
				}
			}
		}
		// What follows is added to C.
		cin, p.Cin = c, RowMajor(p.LDC)
		t.cinRow, t.cinPanel = t.cRow, panel*size
	}
}

// outerCopies reports whether outer reads A and B from copies. Copying B pays if its
// rows are not contiguous, or lie so far apart that they do not stay in the cache while
// many strips of A pass by. Copying a strip of A pays if it is read by columns and by
// several panels of B.
func outerCopies[T Float](p *Product) (a, b bool) {
	maxRows, panel := outerTile[T]()
	a = p.A.Row == 1 && p.M > 1 && p.K > shortK && p.N >= 4*panel
	b = p.B.Col != 1 && p.N > 1 || p.K*p.N*sizeof[T]() > directBytes && p.M > 4*maxRows
	return a, b
}

// strip computes some rows of C, as many as one tile has. Wide tiles need a B that
// is not in panels.
func strip[T Float](to taker, t *outerArgs, rows, cols, panel int, wide bool) {
	if wide && rows <= len(wideVectors) {
		w := wideVectors[rows-1] * panel / 2
		if n := cols / w; n > 0 {
			u := *t
			u.tile, u.panels, u.rest, u.moved = rows-1, n, 0, 0
			bytes := w * sizeof[T]()
			u.bPanel = bytes
			if u.cinPanel != 0 {
				u.cinPanel = bytes
			}
			to.outer(u)
			if cols -= n * w; cols == 0 {
				return
			}
			rest := *t
			rest.b = unsafe.Add(t.b, n*bytes)
			rest.c = unsafe.Add(t.c, n*bytes)
			if t.cin != nil {
				rest.cin = unsafe.Add(t.cin, n*u.cinPanel)
			}
			t = &rest
		}
	}
	t.tile, t.panels, t.rest, t.moved = len(wideVectors)+rows-1, cols/panel, cols%panel, 0
	to.outer(*t)
}
