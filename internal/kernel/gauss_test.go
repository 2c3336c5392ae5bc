package kernel

import (
	"math"
	"math/big"
	"testing"
)

// The normal distribution to 300 bits: by its series, of positive terms, and from 3 on by the
// continued fraction of Laplace, of which 200 terms leave out 10⁻⁵⁰.

// bigPi is π, as OEIS A000796 has it.
var bigPi, _, _ = big.ParseFloat("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899", 10, precision, big.ToNearestEven)

// bigDensity is φ(z).
func bigDensity(z *big.Float) *big.Float {
	e := newBig(0).Mul(z, z)
	root := newBig(0).Sqrt(newBig(0).Mul(newBig(2), bigPi))
	return e.Quo(bigExp(e.Mul(e, newBig(-0.5))), root)
}

// bigNormal is Φ(z). Where z² is more than 2000 it is 0 or 1 to any float64.
func bigNormal(z *big.Float) *big.Float {
	t := newBig(0).Abs(z)
	tail := newBig(0)
	switch far, _ := t.Float64(); {
	case far > 44:
	case far > 3:
		f := newBig(0).Set(t)
		for i := 200; i > 0; i-- {
			f.Quo(newBig(float64(i)), f)
			f.Add(f, t)
		}
		tail.Quo(bigDensity(t), f)
	default:
		square, term, sum := newBig(0).Mul(t, t), newBig(0).Set(t), newBig(0).Set(t)
		for i := 3; term.Sign() != 0 && term.MantExp(nil) > sum.MantExp(nil)-precision; i += 2 {
			term.Mul(term, square)
			term.Quo(term, newBig(float64(i)))
			sum.Add(sum, term)
		}
		tail.Sub(newBig(0.5), sum.Mul(sum, bigDensity(t)))
	}
	if z.Sign() < 0 {
		return tail
	}
	return newBig(0).Sub(newBig(1), tail)
}

func bigGELUPrime(z *big.Float) *big.Float {
	y := bigNormal(z)
	if t, _ := newBig(0).Abs(z).Float64(); t < 44 {
		y.Add(y, newBig(0).Mul(z, bigDensity(z)))
	}
	return y
}

// bigErf is erf z = 2Φ(√2·z) − 1 or, where that would lose digits, z·(2/√π)·(1 − z²/3 + z⁴/10).
func bigErf(z *big.Float) *big.Float {
	if z.MantExp(nil) < -30 {
		s := newBig(0).Mul(z, z)
		y := newBig(0).Quo(s, newBig(10))
		y.Sub(y, newBig(0).Quo(newBig(1), newBig(3)))
		y.Add(y.Mul(y, s), newBig(1))
		y.Mul(y, newBig(0).Quo(newBig(2), newBig(0).Sqrt(bigPi)))
		return y.Mul(y, z)
	}
	y := bigNormal(newBig(0).Mul(z, newBig(0).Sqrt(newBig(2))))
	return y.Sub(y.Mul(y, newBig(2)), newBig(1))
}

// TestBigNormal holds the references to values that were published: of erf and erfc in Abramowitz
// and Stegun, table 7.1 and formula 7.1.14, and of −log₁₀Φ(−t) in table 26.2.
func TestBigNormal(t *testing.T) {
	for _, c := range []struct{ got, want, unit float64 }{
		{float(bigErf(newBig(0.5))), 0.5204998778, 1e-10},
		{float(bigErf(newBig(1))), 0.8427007929, 1e-10},
		{float(bigErf(newBig(2))), 0.9953222650, 1e-10},
		{float(bigNormal(newBig(1))), 0.841344746068543, 1e-15},
		{-math.Log10(float(bigNormal(newBig(-5)))), 6.54265, 1e-5},
		{-math.Log10(float(bigNormal(newBig(-10)))), 23.11805, 1e-5},
		{-math.Log10(float(bigNormal(newBig(-20)))), 88.56010, 1e-5},
	} {
		if !(math.Abs(c.got-c.want) <= 0.51*c.unit) {
			t.Errorf("%.16g, published %.16g", c.got, c.want)
		}
	}
}

func float(x *big.Float) float64 {
	f, _ := x.Float64()
	return f
}

// TestGELUPrime holds the derivative to 4 units in the last place of Φ(z), where it is less than that.
func TestGELUPrime(t *testing.T) {
	testGELUPrime[float32](t)
	testGELUPrime[float64](t)
}

func testGELUPrime[T Float](t *testing.T) {
	r := newRand()
	z := make([]T, 600/thin())
	want, ratio := make([]*big.Float, len(z)), make([]float64, len(z)) // of Φ(z) to it
	for i := range z {
		z[i] = T(-0.75 + (r.Float64()-0.5)*1.1)
		want[i] = bigGELUPrime(newBig(float64(z[i])))
		ratio[i] = math.Abs(float(bigNormal(newBig(float64(z[i])))) / float(want[i]))
	}
	eachLevel(t, func(t *testing.T) {
		got := make([]T, len(z))
		GELUPrime(got, z)
		for i, z := range z {
			if u := ulps(got[i], want[i]); !(u <= 4*(1+ratio[i])) {
				t.Fatalf("GELUPrime(%v) = %v is off by %.2f ulps; Φ is %.2f times as much", z, got[i], u, ratio[i])
			}
		}
	})
}

// TestBell holds h·exp(−cz²) to 3 units in the last place, whatever h and c are.
func TestBell(t *testing.T) {
	testBell[float32](t)
	testBell[float64](t)
}

func testBell[T Float](t *testing.T) {
	r := newRand()
	z := samples[T](r, 1, 10)
	for range 100 {
		z = append(z, T(23+16*r.Float64())) // c·z² is some 500 to 800, where the exponential is scaled
	}
	got, want := make([]T, len(z)), make([]*big.Float, len(z))
	for _, p := range [][2]T{{T(density), 0.5}, {2 / T(math.SqrtPi), 1}, {-3, 0.7}, {1e20, 1e5}, {1, 1e30}} {
		h, c := p[0], p[1]
		for i, z := range z {
			x := newBig(math.Min(math.Abs(float64(z)), 1e9))
			x.Mul(x, x)
			x.Mul(x, newBig(-float64(c)))
			want[i] = newBig(0)
			if x.Cmp(newBig(-1600)) > 0 {
				want[i].Mul(newBig(float64(h)), bigExp(x))
			}
		}
		eachLevel(t, func(t *testing.T) {
			Bell(got, z, h, c)
			for i, z := range z {
				if u := ulps(got[i], want[i]); !(u <= 2) {
					t.Fatalf("Bell(%v, %v, %v) = %v is off by %.2f ulps", z, h, c, got[i], u)
				}
			}
		})
	}
	eachLevel(t, func(t *testing.T) {
		for _, c := range []struct{ z, want float64 }{{inf, 0}, {-inf, 0}, {nan, nan}, {0, 2}} {
			x := []T{T(c.z)}
			if Bell(x, x, 2, 1); !same(x[0], T(c.want)) {
				t.Errorf("Bell(%v) = %v, should be %v", c.z, x[0], c.want)
			}
		}
	})
}
