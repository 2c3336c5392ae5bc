package ops_test

import (
	"math"
	"math/big"
)

// Elementary functions to some 400 digits, from their power series: what the
// accuracy of the kernels is measured against. Arguments are at most a few
// thousand.

const precision = 1400

type real = *big.Float

func num(x float64) real { return new(big.Float).SetPrec(precision).SetFloat64(x) }

func plus(a, b real) real  { return num(0).Add(a, b) }
func minus(a, b real) real { return num(0).Sub(a, b) }
func mul(a, b real) real   { return num(0).Mul(a, b) }
func over(a, b real) real  { return num(0).Quo(a, b) }
func neg(a real) real      { return num(0).Neg(a) }

// bigExp is eˣ, by the series at x/2ᵏ, squared k times.
func bigExp(x real) real {
	const k = 40
	small := num(0).SetMantExp(x, -k)
	sum, term := num(1), num(1)
	for n := 1; n < 46; n++ {
		term = over(mul(term, small), num(float64(n)))
		sum = plus(sum, term)
	}
	for range k {
		sum = mul(sum, sum)
	}
	return sum
}

// bigLog is log x, by Halley's iteration on exp.
func bigLog(x real) real {
	mantissa := num(0)
	exponent := x.MantExp(mantissa)
	f, _ := mantissa.Float64()
	y := plus(num(math.Log(f)), mul(num(float64(exponent)), num(math.Ln2)))
	for range 4 {
		e := bigExp(y)
		y = plus(y, mul(num(2), over(minus(x, e), plus(x, e))))
	}
	return y
}

// bigErf is erf x = (2/√π)Σ(−1)ⁿx²ⁿ⁺¹/(n!(2n+1)), for |x| < 5.
func bigErf(x real) real {
	sum, term, square := num(0), x, mul(x, x)
	for n := range 400 {
		sum = plus(sum, over(term, num(float64(2*n+1))))
		term = over(mul(neg(term), square), num(float64(n+1)))
	}
	return over(mul(num(2), sum), num(0).Sqrt(pi))
}

// pi is π by Machin's formula, 16·atan(1/5) − 4·atan(1/239).
var pi = minus(mul(num(16), atanInverse(5)), mul(num(4), atanInverse(239)))

func atanInverse(n float64) real {
	sum, power := num(0), over(num(1), num(n))
	for k := range 320 {
		sum = plus(sum, over(power, num(float64(2*k+1))))
		power = over(neg(power), num(n*n))
	}
	return sum
}

func bigSigmoid(z real) real { return over(num(1), plus(num(1), bigExp(neg(z)))) }

func bigTanh(z real) real {
	return minus(num(1), over(num(2), plus(bigExp(mul(num(2), z)), num(1))))
}

func bigSoftplus(z real) real { return bigLog(plus(num(1), bigExp(z))) }

// bigNormal is Φ(z), bigDensity φ(z).
func bigNormal(z real) real {
	return over(plus(num(1), bigErf(over(z, num(0).Sqrt(num(2))))), num(2))
}

func bigDensity(z real) real {
	return over(bigExp(over(mul(z, z), num(-2))), num(0).Sqrt(mul(num(2), pi)))
}

// ulps is how far a value of a float type is from the right one, in units of the
// right one's last place.
func ulps(got float64, want real, single bool) float64 {
	near, _ := want.Float64()
	unit := math.Nextafter(math.Abs(near), math.Inf(1)) - math.Abs(near)
	if single {
		near32, _ := want.Float32()
		near = math.Abs(float64(near32))
		unit = float64(math.Nextafter32(float32(near), float32(math.Inf(1)))) - near
	}
	if math.IsInf(near, 0) || math.IsInf(got, 0) {
		if got == near || single && math.IsInf(near, 1) && got > 0 {
			return 0
		}
		return math.Inf(1)
	}
	apart, _ := minus(num(got), want).Float64()
	return math.Abs(apart) / unit
}
