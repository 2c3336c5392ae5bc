package kernel

import "fmt"

// A Layout says where the entries of a matrix lie in a slice: entry (i, j) at
// i·Row + j·Col. A stride of 0 repeats a row or a column.
type Layout struct{ Row, Col int }

// RowMajor is the layout of a matrix stored row by row, ld entries apart.
func RowMajor(ld int) Layout { return Layout{Row: ld, Col: 1} }

// Transposed is the layout of the transpose of a matrix stored row by row, ld
// entries apart.
func Transposed(ld int) Layout { return Layout{Row: 1, Col: ld} }

// PerRow is the layout of a column (m, 1) that stands for m equal columns: the bias
// b of z = wx + b, where examples are columns.
var PerRow = Layout{Row: 1}

// A Product is the form of C = Cin + A·B: the sizes, and how the matrices lie.
type Product struct {
	M, N, K int    // C is M×N, A is M×K, B is K×N
	A, B    Layout // any strides ≥ 0; a transpose is a layout
	Cin     Layout // of the addend, if there is one
	Apart   bool   // whether C has the bits of A·B to which the addend is added afterwards
	LDC     int    // C is stored row by row, LDC ≥ N entries apart
}

// Gemm computes C = Cin + A·B. Without an addend, cin is nil and C = A·B; with cin
// = c and p.Cin = RowMajor(p.LDC), and not p.Apart, the product is added to C; with
// PerRow a bias is added to every column. Otherwise c overlaps none of the other slices.
// With K = 0 the product is zero.
//
// The products of an entry are added in the order of k, in pieces whose length depends
// on K. When the addend is added depends on the instruction set; if p.Apart, it is last.
func Gemm[T Float](p *Product, c, cin, a, b []T) {
	GemmBlock(p, c, cin, a, b, 0, p.M, 0, p.N)
}

// GemmBlock computes the rows i0 ≤ i < i1 and the columns j0 ≤ j < j1 of C as
// [Gemm] does, with the same bits, and leaves the rest of C as it is. The slices
// are those of the whole matrices.
func GemmBlock[T Float](p *Product, c, cin, a, b []T, i0, i1, j0, j1 int) {
	if i0 < 0 || j0 < 0 || i0 > i1 || j0 > j1 || i1 > p.M || j1 > p.N {
		panic(fmt.Sprintf("kernel: Gemm: rows %d:%d and columns %d:%d of a %d×%d product", i0, i1, j0, j1, p.M, p.N))
	}
	p.check(len(c), len(cin), len(a), len(b), cin != nil)
	if i0 == i1 || j0 == j1 {
		return
	}
	if p.twice(cin != nil) {
		q := *p
		q.Apart = false
		GemmBlock(&q, c, nil, a, b, i0, i1, j0, j1)
		addBlock(p, c, cin, i0, i1, j0, j1)
		return
	}
	if inUse == plainGo {
		gemmGo(p, c, cin, a, b, i0, i1, j0, j1)
	} else {
		gemmVector(doer[T]{}, p, c, cin, a, b, i0, i1, j0, j1)
	}
}

// twice reports whether C is passed over twice, as the addend is to come apart and does not come last.
func (p *Product) twice(hasCin bool) bool { return p.Apart && hasCin && !addsLast(p.K) }

// addBlock adds a block of the addend to C.
func addBlock[T Float](p *Product, c, cin []T, i0, i1, j0, j1 int) {
	for i := i0; i < i1; i++ {
		row, at := c[i*p.LDC+j0:i*p.LDC+j1], i*p.Cin.Row+j0*p.Cin.Col
		if p.Cin.Col == 1 {
			Axpy(row, cin[at:at+len(row)], 1)
			continue
		}
		for j := range row {
			row[j] += cin[at+j*p.Cin.Col]
		}
	}
}

// check panics unless the four matrices lie within their slices.
func (p *Product) check(c, cin, a, b int, hasCin bool) {
	if p.M < 0 || p.N < 0 || p.K < 0 {
		panic(fmt.Sprintf("kernel: Gemm: sizes M=%d, N=%d, K=%d", p.M, p.N, p.K))
	}
	p.fits("A", p.A, p.M, p.K, a)
	p.fits("B", p.B, p.K, p.N, b)
	if hasCin {
		p.fits("Cin", p.Cin, p.M, p.N, cin)
	}
	if p.LDC < p.N && p.M > 1 {
		panic(fmt.Sprintf("kernel: Gemm: C has rows of %d entries, %d apart", p.N, p.LDC))
	}
	p.fits("C", Layout{p.LDC, 1}, p.M, p.N, c)
}

func (p *Product) fits(name string, l Layout, rows, cols, length int) {
	if l.Row < 0 || l.Col < 0 || rows > 0 && cols > 0 && (rows-1)*l.Row+(cols-1)*l.Col >= length {
		panic(fmt.Sprintf("kernel: Gemm: %s is %d×%d with strides %d and %d and does not fit in %d entries", name, rows, cols, l.Row, l.Col, length))
	}
}
