//go:build amd64 && !noasm

package kernel

import "unsafe"

// dotArgs are the arguments of the assembly dot, which knows the fields by their
// order. It counts panels down, and how far it has moved along b, c and cin, so that
// no pointer here leaves its slice. Strides are in bytes.
type dotArgs struct {
	a              unsafe.Pointer
	aRow           int
	b              unsafe.Pointer
	bCol           int
	c              unsafe.Pointer
	cRow, cCol     int
	cin            unsafe.Pointer // or nil
	cinRow, cinCol int
	k              int
	tile           int
	panels         int // tiles, side by side
	movedB         int // bytes along b, c and cin
	movedC         int
	movedCin       int
}

// callDot runs the assembly in use for entries of a size.
func callDot(size int, t *dotArgs) {
	switch {
	case size == 4 && inUse == avx512:
		dot32AVX512(t)
	case size == 4:
		dot32AVX2(t)
	case inUse == avx512:
		dot64AVX512(t)
	default:
		dot64AVX2(t)
	}
}

// Tiles of one row have up to 8 columns, of two rows up to 6, of three up to 4.
// Their numbers are in this order.
var (
	dotCols  = [...]int{8, 6, 4}
	dotFirst = [...]int{0, 8, 8 + 6}
)

// dotBytes is the length of the pieces in which dot goes along k, so that the rows
// and columns of a tile stay in the first cache.
const dotBytes = 4 << 10

// blockBytes is the size of the columns that all rows pass by before dot goes on to
// others, so that they stay in the second-level cache. blockStep divides their number:
// whole tiles.
const (
	blockBytes = 128 << 10
	blockStep  = 24
)

// gemmDot computes a block of C by dot.
func gemmDot[T Float](to taker, p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	size := sizeof[T]()
	m, n := i1-i0, j1-j0
	t := dotArgs{
		a: pointer(a, i0*p.A.Row), aRow: p.A.Row * size,
		b: pointer(b, j0*p.B.Col), bCol: p.B.Col * size,
		c: pointer(c, i0*p.LDC+j0), cRow: p.LDC * size, cCol: size,
		cin: pointer(cin, i0*p.Cin.Row+j0*p.Cin.Col), cinRow: p.Cin.Row * size, cinCol: p.Cin.Col * size,
	}
	if n == 1 { // Cᵀ = BᵀAᵀ, which has wider tiles
		m, n = n, m
		t.a, t.aRow, t.b, t.bCol = t.b, t.bCol, t.a, t.aRow
		t.cRow, t.cCol = t.cCol, t.cRow
		t.cinRow, t.cinCol = t.cinCol, t.cinRow
	}
	depth := dotBytes / size
	for left := p.K; left > 0; left -= t.k {
		t.k = left
		if left > depth+depth/2 {
			t.k = depth
		}
		cols := max(1, blockBytes/(blockStep*t.k*size)) * blockStep
		for j := 0; j < n; j += cols {
			dotPiece(to, t.column(j), m, min(cols, n-j))
		}
		if left == t.k {
			return
		}
		t.a = unsafe.Add(t.a, t.k*size)
		t.b = unsafe.Add(t.b, t.k*size)
		t.cin, t.cinRow, t.cinCol = t.c, t.cRow, t.cCol // what follows is added to C
	}
}

// column returns the arguments for the columns from j on.
func (t dotArgs) column(j int) dotArgs {
	t.b = unsafe.Add(t.b, j*t.bCol)
	t.c = unsafe.Add(t.c, j*t.cCol)
	if t.cin != nil {
		t.cin = unsafe.Add(t.cin, j*t.cinCol)
	}
	return t
}

// dotPiece computes m×n entries, tile by tile.
func dotPiece(to taker, t dotArgs, m, n int) {
	for {
		rows, _ := parts(m, len(dotCols))
		most := dotCols[rows-1]
		u := t
		for left := n; left > 0; {
			cols, count := parts(left, most)
			u.tile, u.panels = dotFirst[rows-1]+cols-1, count
			to.dot(u)
			done := count * cols
			u.movedB += done * t.bCol
			u.movedC += done * t.cCol
			u.movedCin += done * t.cinCol
			left -= done
		}
		if m -= rows; m == 0 {
			return
		}
		t.a = unsafe.Add(t.a, rows*t.aRow)
		t.c = unsafe.Add(t.c, rows*t.cRow)
		if t.cin != nil {
			t.cin = unsafe.Add(t.cin, rows*t.cinRow)
		}
	}
}
