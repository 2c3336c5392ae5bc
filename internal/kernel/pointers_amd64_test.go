//go:build amd64 && !noasm

package kernel

import (
	"runtime"
	"testing"
)

// TestPointers collects garbage after each call of outer and dot, where nothing is allocated around the
// matrices: a pointer that has left its matrix, and that is still held, would end the test, as a bad pointer
// found by the collector.
func TestPointers(t *testing.T) { each(t, testPointers[float32], testPointers[float64]) }

// A collecting does the calls of a product and collects garbage after each.
type collecting[T Float] struct{ doer[T] }

func (q collecting[T]) outer(t outerArgs) {
	q.doer.outer(t)
	runtime.GC()
}

func (q collecting[T]) dot(t dotArgs) {
	q.doer.dot(t)
	runtime.GC()
}

func testPointers[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("there are no calls")
	}
	const m, n, k = 64, 128, 512 // matrices of whole pages
	lonely := func(n int) []T {
		var all [9][]T
		for i := range all {
			all[i] = make([]T, n)
		}
		return all[len(all)/2]
	}
	a, b, c := lonely(m*k), lonely(k*n), lonely(m*n)
	runtime.GC()
	for _, p := range []Product{
		{M: m, N: n, K: k, A: RowMajor(k), B: RowMajor(n), LDC: n},
		{M: m, N: n, K: k, A: Transposed(m), B: RowMajor(n), LDC: n},
		{M: 3, N: n, K: k, A: RowMajor(k), B: RowMajor(n), LDC: n},
		{M: 3, N: n, K: k, A: RowMajor(k), B: Transposed(k), LDC: n},
		{M: m, N: 1, K: k, A: RowMajor(k), B: RowMajor(1), LDC: 1},
	} {
		from := m - p.M // of the last rows, as there is nothing after them
		gemmVector(collecting[T]{}, &p, c[from*n:], nil, a[from*k:], b, 0, p.M, 0, p.N)
	}
}
