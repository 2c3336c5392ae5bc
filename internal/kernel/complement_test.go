package kernel

import (
	"math/big"
	"testing"
)

// TestSigmoidResidual holds σ(z) − y to 4 units in the last place where y is a label, and
// elsewhere to 4 of the larger of its two terms, (1−y)σ(z) and yσ(−z).
func TestSigmoidResidual(t *testing.T) {
	testSigmoidResidual[float32](t)
	testSigmoidResidual[float64](t)
}

func testSigmoidResidual[T Float](t *testing.T) {
	z := samples[T](newRand(), 1, 50)
	hits, misses := make([]*big.Float, len(z)), make([]*big.Float, len(z)) // σ(z) and σ(−z)
	for i, z := range z {
		v := newBig(max(-1100, min(1100, float64(z))))
		hits[i], misses[i] = bigSigmoid(v), bigSigmoid(newBig(0).Neg(v))
		if sizeof[T]() == 4 { // see SigmoidResidual
			switch {
			case z > 69:
				misses[i].SetInt64(0)
			case z < -69:
				hits[i].SetInt64(0)
			}
		}
	}
	eachLevel(t, func(t *testing.T) { checkSigmoidResidual(t, z, hits, misses) })
}

func checkSigmoidResidual[T Float](t *testing.T, z []T, hits, misses []*big.Float) {
	y, got := make([]T, len(z)), make([]T, len(z))
	for _, label := range []T{0, 1, 0.25, 1e-7, 1 - 1e-5} {
		Fill(y, label)
		SigmoidResidual(got, z, y)
		p := newBig(float64(label))
		q := newBig(0).Sub(newBig(1), p)
		for i, z := range z {
			hit, miss := newBig(0).Mul(hits[i], q), newBig(0).Mul(misses[i], p)
			want := newBig(0).Sub(hit, miss)
			allowed := 4.0
			if label != 0 && label != 1 && want.Sign() != 0 {
				larger := hit
				if miss.Cmp(hit) > 0 {
					larger = miss
				}
				ratio, _ := newBig(0).Quo(larger, newBig(0).Abs(want)).Float64()
				allowed *= 1 + ratio
			}
			if u := ulps(got[i], want); !(u <= allowed) {
				t.Fatalf("SigmoidResidual(%v, %v) = %v is off by %.2f ulps", z, label, got[i], u)
			}
		}
	}
	for _, c := range [][3]float64{
		{inf, 1, 0}, {-inf, 0, 0}, {inf, 0, 1}, {-inf, 1, -1}, {inf, 0.5, 0.5}, {nan, 1, nan}, {1, nan, nan},
	} {
		got := []T{0}
		SigmoidResidual(got, []T{T(c[0])}, []T{T(c[1])})
		if !same(got[0], T(c[2])) {
			t.Errorf("SigmoidResidual(%v, %v) = %v, should be %v", c[0], c[1], got[0], c[2])
		}
	}
}
