package main

// simdRows is how many terms are added to a vector between a load and a store of it.
var simdRows = []int{16, 8, 4, 2, 1}

// terms emits a body for as many terms of a sum as a register counts: the most at once
// first.
func (s *simd) terms(register int, body func(n int)) {
	for i, n := range simdRows {
		one := func() {
			body(n)
			s.step(register, "I64Const $-%d", n)
		}
		if i == 0 {
			s.while(register, n, one)
			continue
		}
		s.raw("Get R%d; I64Const $%d; I64And; I64Eqz; I32Eqz", register, n)
		s.raw("If")
		one()
		s.raw("End")
	}
}

// simdProducts emits panel, dots, and what copies or adds rows of vectors.
func simdProducts(s *simd) {
	s.panel()
	s.dots()
	s.eachRow("copyRows", false)
	s.eachRow("addRowsTo", true)
	s.transpose()
}

// panel adds to 64 bytes of every row of sums the products of k entries of a row of A and
// k rows of B, which follow one another, 64 bytes each.
func (s *simd) panel() {
	const (
		sums, a, b, aRow, aCol = 1, 2, 3, 4, 5
		rows, k                = 6, 7
		atSums, atRow, at      = 8, 9, 11
		left, odd              = 12, 13 // odd rows of B: the offset of a load is at most 48 more than a multiple of 128
	)
	s.words("panel", "(sums, a, b unsafe.Pointer, aRow, aCol, rows, k int)", "sums", "a", "b", "aRow", "aCol", "rows", "k")
	s.terms(k, func(n int) {
		s.raw("Get R%d; Set R%d; Get R%d; Set R%d; Get R%d; Set R%d", sums, atSums, a, atRow, rows, left)
		s.raw("Get R%d; I64Const $64; I64Add; Set R%d", b, odd)
		s.repeat(left, func() {
			s.raw("Get R%d; Set R%d", atRow, at)
			for i := range n {
				s.base(at)
				s.raw("F%dLoad $0; Set %s", 8*s.size(), s.register(i))
				s.step(at, "Get R%d", aCol)
			}
			for column := 0; column < 64; column += 16 {
				s.base(atSums)
				s.base(atSums)
				s.read(column)
				for i := range n {
					s.scalar(i)()
					s.base([]int{b, odd}[i%2])
					s.read(i/2*128 + column)
					s.vector(vMul)
					s.vector(vAdd)
				}
				s.write(column)
			}
			s.step(atSums, "I64Const $64")
			s.step(atRow, "Get R%d", aRow)
		})
		s.step(a, "Get R%d; I64Const $%d; I64Mul", aCol, n)
		s.step(b, "I64Const $%d", 64*n)
	})
	s.raw("RET")
}

// dots adds to a vector of sums, for every row of A, the products of the vectors of it and
// of x.
func (s *simd) dots() {
	const (
		sums, a, x, aRow = 1, 2, 3, 4
		rows, vectors    = 5, 6
		atSums, at, left = 7, 8, 9
	)
	s.words("dots", "(sums, a, x unsafe.Pointer, aRow, rows, vectors int)", "sums", "a", "x", "aRow", "rows", "vectors")
	s.terms(vectors, func(n int) {
		s.raw("Get R%d; Set R%d; Get R%d; Set R%d; Get R%d; Set R%d", sums, atSums, a, at, rows, left)
		s.repeat(left, func() {
			s.base(atSums)
			s.base(atSums)
			s.read(0)
			for i := range n {
				s.near(at, 16*i)
				s.near(x, 16*i)
				s.vector(vMul)
				s.vector(vAdd)
			}
			s.write(0)
			s.step(atSums, "I64Const $16")
			s.step(at, "Get R%d", aRow)
		})
		s.step(a, "I64Const $%d", 16*n)
		s.step(x, "I64Const $%d", 16*n)
	})
	s.raw("RET")
}

// eachRow sets rows of vectors to those of x, or adds these.
func (s *simd) eachRow(name string, add bool) {
	const (
		dst, dstRow, x, xRow, vectors, rows = 1, 2, 3, 4, 5, 6
		to, from, left                      = 7, 8, 9
	)
	s.words(name, "(dst unsafe.Pointer, dstRow int, x unsafe.Pointer, xRow, vectors, rows int)", "dst", "dstRow", "x", "xRow", "vectors", "rows")
	s.repeat(rows, func() {
		s.raw("Get R%d; Set R%d; Get R%d; Set R%d; Get R%d; Set R%d", dst, to, x, from, vectors, left)
		s.repeat(left, func() {
			s.base(to)
			s.base(from)
			s.read(0)
			if add {
				s.base(to)
				s.read(0)
				s.vector(vAdd)
			}
			s.write(0)
			s.step(to, "I64Const $16")
			s.step(from, "I64Const $16")
		})
		s.step(dst, "Get R%d", dstRow)
		s.step(x, "Get R%d", xRow)
	})
	s.raw("RET")
}

// transpose copies columns of entries xRow bytes apart to entries dstRow bytes apart.
func (s *simd) transpose() {
	const (
		dst, dstRow, x, xRow, xCol, cols, rows = 1, 2, 3, 4, 5, 6, 7
		to, from, left                         = 8, 9, 11
	)
	s.words("copyCols", "(dst unsafe.Pointer, dstRow int, x unsafe.Pointer, xRow, xCol, cols, rows int)", "dst", "dstRow", "x", "xRow", "xCol", "cols", "rows")
	s.repeat(cols, func() {
		s.raw("Get R%d; Set R%d; Get R%d; Set R%d; Get R%d; Set R%d", dst, to, x, from, rows, left)
		s.repeat(left, func() {
			s.base(to)
			s.base(from)
			s.raw("F%dLoad $0; F%dStore $0", 8*s.size(), 8*s.size())
			s.step(to, "Get R%d", dstRow)
			s.step(from, "Get R%d", xRow)
		})
		s.step(dst, "I64Const $%d", s.size())
		s.step(x, "Get R%d", xCol)
	})
	s.raw("RET")
}

// near loads a vector up to 256 bytes past the address in a register.
func (s *simd) near(register, offset int) {
	s.base(register)
	if offset >= 128 {
		s.raw("I32Const $128; I32Add")
		offset -= 128
	}
	s.read(offset)
}
