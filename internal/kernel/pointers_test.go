package kernel

import (
	"runtime"
	"testing"
)

// TestPointers runs products while garbage is collected, on slices with nothing
// allocated around them: a pointer that has left its slice would end the test, as
// a bad pointer found by the collector.
func TestPointers(t *testing.T) { each(t, testPointers[float32], testPointers[float64]) }

func testPointers[T Float](t *testing.T) {
	if inUse == plainGo {
		t.Skip("kernels in plain Go have no unsafe pointers")
	}
	const m, n, k = 60, 64, 1024
	lonely := func(n int) []T {
		var s, kept []T
		for range 9 { // whole pages each; the middle one stays
			s = make([]T, n)
			if kept == nil || len(s) == 0 {
				kept = s
			}
		}
		runtime.GC()
		return kept
	}
	a, b, c := lonely(m*k), lonely(k*n), lonely(m*n)
	products := []Product{
		{M: m, N: n, K: k, A: RowMajor(k), B: RowMajor(n), LDC: n},
		{M: m, N: n, K: k, A: Transposed(m), B: RowMajor(n), LDC: n},
		{M: m, N: n, K: k, A: RowMajor(k), B: Transposed(k), LDC: n},
		{M: 3, N: n, K: k, A: RowMajor(k), B: RowMajor(n), LDC: n},
		{M: 3, N: n, K: k, A: RowMajor(k), B: Transposed(k), LDC: n},
		{M: m, N: 1, K: k, A: RowMajor(k), B: RowMajor(1), LDC: 1},
	}
	stop := make(chan bool)
	done := make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	for range 1000 / (thin() * thin()) {
		for i := range products {
			Gemm(&products[i], c, c, a, b)
		}
	}
	close(stop)
	<-done
}
