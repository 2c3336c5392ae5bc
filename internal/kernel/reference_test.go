package kernel

import (
	"math"
	"math/big"
)

// Values to compare with, to 300 bits, from math/big and one series.

const precision = 300

func newBig(x float64) *big.Float { return new(big.Float).SetPrec(precision).SetFloat64(x) }

// bigExp is exp(x) for |x| < 2000: the series at x/2ᵏ < 2⁻⁸, squared k times.
func bigExp(x *big.Float) *big.Float {
	const k = 20
	small := newBig(0).SetMantExp(x, -k)
	sum, term := newBig(1), newBig(1)
	for i := 1; term.Sign() != 0 && term.MantExp(nil) > -precision; i++ {
		term.Mul(term, small)
		term.Quo(term, newBig(float64(i)))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// bigLog is log(x), by one step of Halley's method from the float64 nearest to it.
func bigLog(x *big.Float) *big.Float {
	mant := newBig(0)
	exp := x.MantExp(mant)
	m, _ := mant.Float64()
	y := newBig(math.Log(m) + float64(exp)*math.Ln2)
	e := bigExp(y)
	d := newBig(0).Sub(x, e)
	d.Quo(d, newBig(0).Add(x, e))
	return y.Add(y, d.Add(d, d))
}

func bigSigmoid(z *big.Float) *big.Float {
	e := bigExp(newBig(0).Neg(z))
	return newBig(0).Quo(newBig(1), e.Add(e, newBig(1)))
}

// bigBell is e/(1+e)².
func bigBell(e *big.Float) *big.Float {
	d := newBig(0).Add(e, newBig(1))
	return newBig(0).Quo(e, d.Mul(d, d))
}

func bigTanh(z *big.Float) *big.Float {
	if z.MantExp(nil) < -60 { // z − z³/3
		cube := newBig(0).Mul(z, z)
		cube.Mul(cube, z)
		return newBig(0).Sub(z, cube.Quo(cube, newBig(3)))
	}
	e := bigExp(newBig(0).Add(z, z))
	return newBig(0).Quo(newBig(0).Sub(e, newBig(1)), e.Add(e, newBig(1)))
}

func bigSoftplus(z *big.Float) *big.Float {
	e := bigExp(z)
	if e.MantExp(nil) < -60 { // e − e²/2
		half := newBig(0).Quo(e, newBig(2))
		return newBig(0).Sub(e, half.Mul(half, e))
	}
	return bigLog(e.Add(e, newBig(1)))
}

// ulps is the distance of got from the true value, in units of the last place of a
// T of that size. A true value beyond the largest T is infinite.
func ulps[T Float](got T, want *big.Float) float64 {
	fraction, least := 52, -1074
	if sizeof[T]() == 4 {
		fraction, least = 23, -149
	}
	if math.IsInf(float64(got), 0) || got != got {
		var rounded float64
		if sizeof[T]() == 4 {
			f, _ := want.Float32()
			rounded = float64(f)
		} else {
			rounded, _ = want.Float64()
		}
		if rounded == float64(got) {
			return 0
		}
		return math.Inf(1)
	}
	d := newBig(0).Sub(newBig(float64(got)), want)
	unit := max(want.MantExp(nil)-1-fraction, least)
	f, _ := d.SetMantExp(d, -unit).Float64()
	return math.Abs(f)
}
