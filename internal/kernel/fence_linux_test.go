package kernel

import (
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fenced returns n entries that end, or begin, where memory may not be touched.
func fenced[T Float](t *testing.T, n int, atEnd bool) []T {
	t.Helper()
	page := unix.Getpagesize()
	bytes := n * sizeof[T]()
	middle := (bytes + page - 1) / page * page
	mem, err := unix.Mmap(-1, 0, middle+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Munmap(mem) })
	for _, fence := range [][]byte{mem[:page], mem[page+middle:]} {
		if err := unix.Mprotect(fence, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	at := page
	if atEnd {
		at += middle - bytes
	}
	if n == 0 {
		return nil
	}
	s := unsafe.Slice((*T)(unsafe.Pointer(&mem[at])), n)
	Fill(s, 1)
	return s
}

// TestFences holds that no kernel touches memory beyond its slices: it would end
// the test by a fault.
func TestFences(t *testing.T) { each(t, testFences[float32], testFences[float64]) }

func testFences[T Float](t *testing.T) {
	for _, atEnd := range []bool{false, true} {
		for _, n := range []int{1, 3, 7, 8, 9, 31, 33, 65, 100} {
			fence := func(n int) []T { return fenced[T](t, n, atEnd) }
			dst, x, y, z := fence(n), fence(n), fence(n), fence(n)
			for _, s := range smooths[T]() {
				s.f(dst, x)
			}
			for _, op := range exactOps[T]() {
				op.f(dst, x, y)
			}
			SigmoidReverse(dst, x, y)
			TanhReverse(dst, x, y)
			Affine(dst, x, 2, 3)
			Axpy(dst, x, 2)
			for _, o := range optimizers[T]() {
				o.step(1, dst, x, y, z)
			}
			Sum(x)
			Dot(x, y)
			Max(x)
			matrix := fence(3 * n)
			RowSums(fence(3), matrix, 3, n, n)
			ColSums(dst, matrix, 3, n, n)
			ColMax(dst, matrix, 3, n, n)
		}
		for _, s := range [][3]int{{1, 1, 1}, {5, 7, 3}, {13, 33, 9}, {7, 1, 50}, {1, 77, 5}, {40, 20, 70}, {30, 300, 70}} {
			m, n, k := s[0], s[1], s[2]
			a, b, c := fenced[T](t, m*k, atEnd), fenced[T](t, k*n, atEnd), fenced[T](t, m*n, atEnd)
			bias := fenced[T](t, m, atEnd)
			for _, layoutA := range []Layout{RowMajor(k), Transposed(m)} {
				for _, layoutB := range []Layout{RowMajor(n), Transposed(k)} {
					Gemm(&Product{M: m, N: n, K: k, A: layoutA, B: layoutB, LDC: n}, c, nil, a, b)
					Gemm(&Product{M: m, N: n, K: k, A: layoutA, B: layoutB, LDC: n, Cin: RowMajor(n)}, c, c, a, b)
					Gemm(&Product{M: m, N: n, K: k, A: layoutA, B: layoutB, LDC: n, Cin: PerRow}, c, bias, a, b)
				}
			}
		}
	}
}
