package kernel

import "testing"

// TestAllocations holds that warm kernels allocate nothing.
func TestAllocations(t *testing.T) {
	each(t, testAllocations[float32], testAllocations[float64])
}

func testAllocations[T Float](t *testing.T) {
	const n = 100
	x, y, z := normal[T](n*n), normal[T](n*n), make([]T, n*n)
	kernels := map[string]func(){
		"Exp":     func() { Exp(z, x) },
		"Add":     func() { Add(z, x, y) },
		"Affine":  func() { Affine(z, x, 2, 3) },
		"Sum":     func() { Sum(x) },
		"Dot":     func() { Dot(x, y) },
		"RowSums": func() { RowSums(z[:n], x, n, n, n) },
		"ColSums": func() { ColSums(z[:n], x, n, n, n) },
		"ColMax":  func() { ColMax(z[:n], x, n, n, n) },
		"Adam":    func() { Adam(z, x, y, y, &AdamStep{}) },
	}
	for name, p := range map[string]Product{
		"Gemm AB":     {M: n, N: n, K: n, A: RowMajor(n), B: RowMajor(n), LDC: n},
		"Gemm ABt":    {M: n, N: n, K: n, A: RowMajor(n), B: Transposed(n), LDC: n},
		"Gemm AtB":    {M: n, N: n, K: n, A: Transposed(n), B: RowMajor(n), LDC: n},
		"Gemm vector": {M: n, N: 1, K: n, A: RowMajor(n), B: RowMajor(1), LDC: 1},
	} {
		kernels[name] = func() { Gemm(&p, z, nil, x, y) }
	}
	for name, f := range kernels {
		if a := testing.AllocsPerRun(20, f); a != 0 && !raceEnabled {
			t.Errorf("%s allocates %v times", name, a)
		}
	}
}
