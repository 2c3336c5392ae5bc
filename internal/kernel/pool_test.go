package kernel

import (
	"slices"
	"testing"
)

// Max pools take the largest entry, NaN if there is one, and give to the first that is the
// largest.
func TestMaxPool(t *testing.T) { each(t, testMaxPool[float32], testMaxPool[float64]) }

func testMaxPool[T Float](t *testing.T) {
	rng := newRand()
	for i, n := range []int{1, 3, 8, 15, 16, 17, 33, 64, 100, 1, 8, 17, 64} {
		r := &PoolRow{Entries: []int{0, n, 6 * n, 7 * n}, Places: 3, Step: n + n/2, N: n}
		if i >= 9 {
			r.Step, r.Apart = 2*n, true
		}
		x := make([]T, 12*n+2)
		for i := range x {
			if x[i] = T(rng.IntN(4)); rng.IntN(20) == 0 { // with ties
				x[i] = T(nan)
			}
		}
		zeta, tangent := randoms[T](rng, 3*n), randoms[T](rng, len(x))
		y, wantY := make([]T, 3*n), make([]T, 3*n)
		give := randoms[T](rng, len(x))
		wantGive := slices.Clone(give)
		take, wantTake := make([]T, 3*n), make([]T, 3*n)
		for p := range r.Places {
			for j := range n {
				at := p*r.Step + j
				m := x[at]
				for _, e := range r.Entries {
					m = max(m, x[at+e])
				}
				wantY[p*n+j] = m
				for _, e := range r.Entries {
					if r.Apart {
						wantGive[at+e] = 0
					}
				}
				if i := slices.IndexFunc(r.Entries, func(e int) bool { return x[at+e] == m }); i >= 0 {
					wantGive[at+r.Entries[i]] += zeta[p*n+j]
					wantTake[p*n+j] = tangent[at+r.Entries[i]]
				}
			}
		}
		MaxPool(r, y, x)
		near(t, "max", y, wantY, 0)
		MaxGive(r, give, x, y, zeta)
		near(t, "give", give, wantGive, 0)
		MaxTake(r, take, x, y, tangent)
		near(t, "take", take, wantTake, 0)
	}
	mustPanic(t, "an image that is too small", func() {
		MaxPool(&PoolRow{Entries: []int{0, 1}, Places: 1, Step: 1, N: 1}, make([]T, 1), make([]T, 1))
	})
	mustPanic(t, "no entries", func() { MaxPool(&PoolRow{Places: 1, N: 1}, make([]T, 1), make([]T, 1)) })
}
