package main

import (
	"math"
	"math/big"
)

// An approximation is a polynomial in place of a function.
type approximation struct {
	f                func(x *big.Float) *big.Float
	lo, hi           float64
	degree32, degree int // for float32, for float64
}

// The polynomials of the kernels: of exp(x) = 1 + x + x²·P(x) and of
// log(1+x) = x + x²·P(x), the latter once for x around 0 and once for x = ½ + t.
var (
	expSeries   = approximation{expTail, -0.3466, 0.3466, 4, 10} // ½ log 2, rounded up
	logSeries   = approximation{log1pTail, math.Sqrt(0.5) - 1, math.Sqrt2 - 1, 8, 19}
	log1pSeries = approximation{log1pTailAtHalf, -0.5, 0.5, 9, 20}
)

// coefficients of the polynomial, lowest first.
func (a approximation) coefficients(f64 bool) []float64 {
	if f64 {
		return fit(a.f, a.lo, a.hi, a.degree)
	}
	return fit(a.f, a.lo, a.hi, a.degree32)
}

// precision is what the coefficients are computed with, in bits.
const precision = 300

func newFloat(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

func add(x, y *big.Float) *big.Float { return newFloat(0).Add(x, y) }
func sub(x, y *big.Float) *big.Float { return newFloat(0).Sub(x, y) }
func mul(x, y *big.Float) *big.Float { return newFloat(0).Mul(x, y) }
func div(x, y *big.Float) *big.Float { return newFloat(0).Quo(x, y) }

// fit returns the coefficients, lowest first, of the polynomial of the given degree
// that agrees with f at the Chebyshev nodes of [lo, hi]. Its largest error is close
// to the least possible.
func fit(f func(x *big.Float) *big.Float, lo, hi float64, degree int) []float64 {
	n := degree + 1
	nodes := make([]*big.Float, n)
	divided := make([]*big.Float, n) // divided differences
	for i := range nodes {
		// Rounded to float32 the node is the same on every machine.
		c := float32(math.Cos(math.Pi * (float64(i) + 0.5) / float64(n)))
		nodes[i] = newFloat((lo+hi)/2 + (hi-lo)/2*float64(c))
		divided[i] = f(nodes[i])
	}
	for j := 1; j < n; j++ {
		for i := n - 1; i >= j; i-- {
			divided[i] = div(sub(divided[i], divided[i-1]), sub(nodes[i], nodes[i-j]))
		}
	}
	// Newton's form, multiplied out.
	poly := make([]*big.Float, n)
	for i := range poly {
		poly[i] = newFloat(0)
	}
	for i := n - 1; i >= 0; i-- {
		for j := n - 1; j > 0; j-- {
			poly[j] = sub(poly[j-1], mul(poly[j], nodes[i]))
		}
		poly[0] = sub(divided[i], mul(poly[0], nodes[i]))
	}
	coefs := make([]float64, n)
	for i, c := range poly {
		coefs[i], _ = c.Float64()
	}
	return coefs
}

// series adds term(1), term(2), … to first until they no longer count.
func series(first *big.Float, term func(i int) *big.Float) *big.Float {
	s := first
	for i := 1; ; i++ {
		t := term(i)
		if t.Sign() == 0 || t.MantExp(nil) < s.MantExp(nil)-precision {
			return s
		}
		s = add(s, t)
	}
}

// expTail is (exp(x) − 1 − x)/x² = 1/2! + x/3! + x²/4! + …
func expTail(x *big.Float) *big.Float {
	power, factorial := newFloat(1), newFloat(2)
	return series(newFloat(0.5), func(i int) *big.Float {
		power = mul(power, x)
		factorial = mul(factorial, newFloat(float64(i+2)))
		return div(power, factorial)
	})
}

// log1pOver is log(1+x)/x for x > −1, by 2·atanh(s) with s = x/(2+x).
func log1pOver(x *big.Float) *big.Float {
	d := add(newFloat(2), x)
	s := div(x, d)
	square, power := mul(s, s), newFloat(1)
	atanhOver := series(newFloat(1), func(i int) *big.Float {
		power = mul(power, square)
		return div(power, newFloat(float64(2*i+1)))
	})
	return div(mul(newFloat(2), atanhOver), d)
}

// log1pTail is (log(1+x) − x)/x² for x > −1.
func log1pTail(x *big.Float) *big.Float {
	if x.Sign() == 0 {
		return newFloat(-0.5)
	}
	return div(sub(log1pOver(x), newFloat(1)), x)
}

func log1pTailAtHalf(t *big.Float) *big.Float { return log1pTail(add(t, newFloat(0.5))) }

// pi is π, to the digits that package math has.
func pi() *big.Float {
	const digits = "3.14159265358979323846264338327950288419716939937510582097494459"
	x, ok := newFloat(0).SetString(digits)
	if !ok {
		panic(digits)
	}
	return x
}

// mills is e^(t²/2)·Φ(−t): for small t by the series of Φ, and else by the continued fraction
// of Laplace, φ(t)/Φ(−t) = t + 1/(t + 2/(t + …)).
func mills(t *big.Float) *big.Float {
	scale := div(newFloat(1), newFloat(0).Sqrt(mul(newFloat(2), pi()))) // φ(0)
	if t.Cmp(newFloat(2)) > 0 {
		f := t
		for i := 400; i > 0; i-- {
			f = add(t, div(newFloat(float64(i)), f))
		}
		return div(scale, f)
	}
	square := mul(t, t)
	half := mul(square, newFloat(0.5))
	exp := add(newFloat(1), add(half, mul(mul(half, half), expTail(half))))
	term := t
	sum := series(t, func(i int) *big.Float {
		term = div(mul(term, square), newFloat(float64(2*i+1)))
		return term
	})
	return sub(mul(newFloat(0.5), exp), mul(scale, sum))
}

// millsTail is M(t)·(t+k) by q = (t−k)/(t+k).
func millsTail(q *big.Float) *big.Float {
	k := newFloat(millsScale)
	t := div(mul(k, add(newFloat(1), q)), sub(newFloat(1), q))
	return mul(mills(t), add(t, k))
}

// erfTail is erf(√s)/√s − 1, where erf(√s)/√s = (2/√π)·Σ (−s)ⁱ/(i!·(2i+1)).
func erfTail(s *big.Float) *big.Float {
	power := newFloat(1)
	sum := series(newFloat(1), func(i int) *big.Float {
		power = div(mul(power, newFloat(0).Neg(s)), newFloat(float64(i)))
		return div(power, newFloat(float64(2*i+1)))
	})
	return sub(mul(sum, div(newFloat(2), newFloat(0).Sqrt(pi()))), newFloat(1))
}

// ln2 is log 2, in two parts: hi has the given number of bits.
func ln2(hiBits uint) (hi, lo float64) {
	l := log1pOver(newFloat(1))
	h := new(big.Float).SetPrec(hiBits).Set(l)
	hi, _ = h.Float64()
	lo, _ = sub(l, h).Float64()
	return hi, lo
}
