package kernel

import (
	"math"
	"testing"
)

// BitsWithin is the test of every entry by itself, wherever the slice begins and ends.
func TestBitsWithin(t *testing.T) {
	testBitsWithin(t, func(v float32) uint64 { return uint64(math.Float32bits(v)) })
	testBitsWithin(t, math.Float64bits)
}

func testBitsWithin[T Float](t *testing.T, bits func(T) uint64) {
	for n := range 40 {
		for from := range min(n+1, 4) {
			x := make([]T, n)[from:]
			for i := range x {
				x[i] = T(i % 2)
			}
			if !BitsWithin(x, 1) {
				t.Errorf("%T: 0 and 1 are not within 1", x)
			}
			for i, was := range x {
				for _, v := range []T{0.5, 2, 3, -1, T(math.Copysign(0, -1)), T(math.NaN()), T(math.Inf(1)), 1e-30, 1.0000001} {
					x[i] = v
					if got, want := BitsWithin(x, 1), bits(v)&^bits(1) == 0; got != want {
						t.Errorf("%g at %d of %d from %d: %v, want %v", v, i, n, from, got, want)
					}
				}
				x[i] = was
			}
		}
	}
}
