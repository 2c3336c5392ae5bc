package main

// simdLanes emits what goes through rows that lie as far apart as row says, in bytes, and
// changes as many vectors of sums by all rows: by their sums, the sums of their products with
// those of y, and the largest entries.
func simdLanes(s *simd) {
	s.rows("addLanes", false, vAdd)
	s.rows("dotLanes", true, vAdd)
	s.rows("maxLanes", false, vMax)
}

func (s *simd) rows(name string, products bool, op vectorOp) {
	const (
		sums, vectors, row, rows     = 1, 2, 3, 4
		x, y                         = 5, 6
		atSums, fromX, fromY, at, by = 7, 8, 9, 11, 12
		left                         = 13
	)
	signature, args := "(sums unsafe.Pointer, vectors, row, rows int, x", []string{"sums", "vectors", "row", "rows", "x"}
	if products {
		signature, args = signature+", y", append(args, "y")
	}
	s.words(name, signature+" unsafe.Pointer)", args...)
	s.terms(rows, func(n int) {
		s.raw("Get R%d; Set R%d; Get R%d; Set R%d; Get R%d; Set R%d", sums, atSums, x, fromX, vectors, left)
		if products {
			s.raw("Get R%d; Set R%d", y, fromY)
		}
		s.repeat(left, func() {
			s.raw("Get R%d; Set R%d", fromX, at)
			if products {
				s.raw("Get R%d; Set R%d", fromY, by)
			}
			s.base(atSums)
			s.base(atSums)
			s.read(0)
			for range n {
				s.base(at)
				s.read(0)
				s.step(at, "Get R%d", row)
				if products {
					s.base(by)
					s.read(0)
					s.vector(vMul)
					s.step(by, "Get R%d", row)
				}
				s.vector(op)
			}
			s.write(0)
			s.step(atSums, "I64Const $16")
			s.step(fromX, "I64Const $16")
			if products {
				s.step(fromY, "I64Const $16")
			}
		})
		s.step(x, "Get R%d; I64Const $%d; I64Mul", row, n)
		if products {
			s.step(y, "Get R%d; I64Const $%d; I64Mul", row, n)
		}
	})
	s.raw("RET")
}
