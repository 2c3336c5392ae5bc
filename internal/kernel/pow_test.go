package kernel

import (
	"math"
	"math/big"
	"testing"
)

// bigPow is xʸ for x > 0.
func bigPow(x, y float64) *big.Float {
	p := newBig(0).Mul(newBig(y), bigLog(newBig(x)))
	if f, _ := p.Float64(); math.Abs(f) > 1100 {
		return bigExp(newBig(math.Copysign(1100, f))) // is 0 or ∞ too
	}
	return bigExp(p)
}

// TestPow holds powers to the rounding of the right ones, from the smallest numbers to where
// they overflow or vanish, near 1 to large powers, and for little powers of everything.
func TestPow(t *testing.T) {
	rng := newRand()
	worst, coarse := 0.0, 0.0
	check := func(x, y float64) {
		got, want := Pow(x, y), bigPow(x, y)
		off := ulps(got, want)
		if got < 0x1p-1021 {
			coarse = max(coarse, off)
		} else {
			worst = max(worst, off)
		}
		if !(off <= 0.52) && !(got < 0x1p-1021 && off <= 1) {
			t.Errorf("Pow(%v, %v) = %v is off by %.3f ulps", x, y, got, off)
		}
	}
	check32 := func(x, y float32) {
		got := float32(Pow(float64(x), float64(y)))
		if off := ulps(got, bigPow(float64(x), float64(y))); !(off <= 0.51) {
			t.Errorf("Pow(%v, %v) = %v is off by %.3f ulps", x, y, got, off)
		}
	}
	for range 500 / thin() {
		x := math.Ldexp(1+rng.Float64(), rng.IntN(2098)-1074)
		power := 1500 * (rng.Float64() - 0.5)
		check(x, power/math.Log(max(x, 0x1p-1022)))             // of every size
		check(1+math.Ldexp(power, -12-rng.IntN(50)), 1e6*power) // of numbers near 1
		check(x, power*1e-6)
		check(x, float64(rng.IntN(9)-4))
		single := float32(math.Ldexp(1+rng.Float64(), rng.IntN(276)-149))
		check32(single, float32(power/7/math.Log(float64(single))))
	}
	t.Logf("at most %.4f ulps, %.4f of subnormal results", worst, coarse)
}

// TestPowEnds has what is exact: signs, 0, ±∞, NaN and whole results.
func TestPowEnds(t *testing.T) {
	zero := math.Copysign(0, -1)
	ends := []float64{0, zero, 1, -1, inf, -inf, nan, 2, -2, 3, -3, 0.5, -0.5, 1 << 53, 1<<53 + 2, -1e300, 1e300, 5e-324, -5e-324, math.MaxFloat64, 1 - 0x1p-53}
	for _, x := range ends {
		for _, y := range ends {
			got, want := Pow(x, y), math.Pow(x, y)
			if math.Abs(want) > 0x1p-1022 && math.Abs(want) < math.MaxFloat64 && math.Abs(got/want-1) < 1e-6 {
				continue // what is rounded is the subject of TestPow
			}
			if !same(got, want) || math.Signbit(got) != math.Signbit(want) {
				t.Errorf("Pow(%v, %v) = %v, math.Pow has %v", x, y, got, want)
			}
		}
	}
	for n := 1; n < 40; n++ {
		for p := 0; math.Pow(float64(n), float64(p)) < 1<<53 && p < 53; p++ {
			want := int64(1)
			for range p {
				want *= int64(n)
			}
			if got := Pow(float64(-n), float64(p)); math.Abs(got) != float64(want) || (got < 0) != (p%2 == 1) {
				t.Errorf("Pow(%d, %d) = %v", -n, p, got)
			}
		}
	}
}

func BenchmarkPow(b *testing.B) {
	for name, f := range map[string]func(x, y float64) float64{"Pow": Pow, "math.Pow": math.Pow} {
		b.Run(name, func(b *testing.B) {
			sum := 0.0
			for b.Loop() {
				for i := range 64 {
					sum += f(1+float64(i)/7, 2.5)
				}
			}
			b.ReportMetric(sum/float64(b.N), "sum")
		})
	}
}
