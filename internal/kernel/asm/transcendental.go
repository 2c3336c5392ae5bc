package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
)

// transcendental emits the kernels made of exponentials and logarithms. All are
// within 2.5 units in the last place, subnormal results included.
func transcendental(v *vec) {
	// As many vectors at a time as the registers of AVX2 allow. More do not pay.
	unary := func(kernel string, vectors int, f func(x operand.Op) operand.Op, keep ...float64) {
		v.pointwise(kernel, "dst x", "", vectors,
			func(map[string]operand.Op) { v.keep(keep...) },
			func(p *place) { p.store("dst", f(p.load("x"))) })
	}
	unary("exp", 3, v.exp, v.expBound(), expHighest(v.f64))
	logs := 2
	if v.wide {
		logs = 1 // there are few masks
	}
	unary("log", logs, v.log)
	unary("sigmoid", 2, v.sigmoid, 1, v.expBound())
	unary("sigmoidComplement", 2, v.sigmoidComplement, 1, v.expBound())
	unary("sigmoidPrime", 3, func(z operand.Op) operand.Op {
		return v.bell(v.expOf(v.minusAbs(z)))
	}, 1, v.expBound())
	unary("tanh", 3, v.tanh)
	unary("tanhPrime", 3, func(z operand.Op) operand.Op {
		a := v.minusAbs(z)
		return v.mul(v.bell(v.expOf(v.add(a, a))), v.c(4))
	}, 1, v.expBound())
	beside := func(kernel string, vectors int, f func(z operand.Op) (y, prime operand.Op)) {
		v.pointwise(kernel, "dst prime z", "", vectors,
			func(map[string]operand.Op) { v.keep(1, v.expBound()) },
			func(p *place) {
				y, prime := f(p.load("z"))
				p.store("dst", y)
				p.store("prime", prime)
			})
	}
	beside("sigmoidAndPrime", 2, v.sigmoidAndPrime)
	beside("tanhAndPrime", 2, v.tanhAndPrime)
	unary("softplus", 2, v.softplus, v.expBound())
	v.pointwise("logLoss", "dst z y", "", 2,
		func(map[string]operand.Op) { v.keep(v.expBound()) },
		func(p *place) { p.store("dst", v.logLoss(p.load("z"), p.load("y"))) })
	v.pointwise("sigmoidResidual", "dst z y", "", 2,
		func(map[string]operand.Op) { v.keep(1, v.expBound()) },
		func(p *place) { p.store("dst", v.sigmoidResidual(p.load("z"), p.load("y"))) })
}

// At expLowest, and below, both halves of 2ⁿ are 0, see expTimes, and so is exp. It has long
// rounded to 0 there, but a product that underflows takes the processor as long as a hundred others:
// what a mask hides, whose logarithm is far below, costs nothing.
func (v *vec) expLowest() float64 { return expLowest(v.f64) }

func expLowest(f64 bool) float64 {
	if f64 {
		return -1418 // −2·1023·log 2
	}
	return -176 // −2·127·log 2
}

// expZero is where exp has rounded to 0.
func (v *vec) expZero() float64 {
	if v.f64 {
		return -746
	}
	return -104
}

// expBound is what expOf compares with.
func (v *vec) expBound() float64 {
	if v.wide {
		return v.expZero()
	}
	return v.expLowest()
}

// expHighest is where exp has become infinite.
func expHighest(f64 bool) float64 {
	if f64 {
		return 710
	}
	return 89
}

// fraction is the number of bits of an entry after the point.
func (v *vec) fraction() int {
	if v.f64 {
		return 52
	}
	return 23
}

// bias is the exponent field of 1.
func (v *vec) bias() int {
	if v.f64 {
		return 1023
	}
	return 127
}

// polynomial returns an approximation at x, by Horner's rule; a long one as
// even(x²) + x·odd(x²), two chains side by side.
func (v *vec) polynomial(x operand.Op, a approximation) operand.Op {
	coefs := a.coefficients(v.f64)
	if len(coefs) < 12 {
		return v.horner(x, coefs, 1)
	}
	square := v.mul(x, x)
	even, odd := v.horner(square, coefs, 2), v.horner(square, coefs[1:], 2)
	return v.mulAdd(odd, x, even)
}

// horner takes every step-th coefficient, lowest first.
func (v *vec) horner(x operand.Op, coefs []float64, step int) operand.Op {
	n := (len(coefs) - 1) / step * step
	p := v.load(v.c(coefs[n]))
	for i := n - step; i >= 0; i -= step {
		v.mulAdd(p, x, v.c(coefs[i]))
	}
	return p
}

// reduce splits x = n·log 2 + r with n whole and |r| ≤ ½ log 2. It returns r, n, and n + bias
// in the low bits of t.
//
// Adding 1.5·2ᶠ, f the bits of the fraction, rounds to a whole number and leaves it
// in the low bits.
func (v *vec) reduce(x operand.Op, bias int) (r, n, t operand.Op) {
	shift := math.Ldexp(1.5, v.fraction()) + float64(bias)
	t = v.mulAdd(v.load(v.c(math.Log2E)), x, v.c(shift))
	n = v.sub(t, v.c(shift))
	hi, lo := ln2(uint(v.fraction() + 1))
	r = v.subMul(v.load(x), n, v.c(hi))
	return v.subMul(r, n, v.c(lo)), n, t
}

// expm1Reduced returns exp(r) − 1 = r + r²·(½ + r/6 + …) for |r| ≤ ½ log 2.
func (v *vec) expm1Reduced(r operand.Op) operand.Op {
	q := v.polynomial(r, expSeries)
	return v.mulAdd(q, v.mul(r, r), r)
}

// expReduced returns exp(r) = 1 + r·(1 + r·(½ + r/6 + …)) for |r| ≤ ½ log 2.
func (v *vec) expReduced(r operand.Op) operand.Op {
	q := v.polynomial(r, expSeries)
	return v.mulAdd(v.mulAdd(q, r, v.c(1)), r, v.c(1))
}

// exp returns exp(x) for any x.
func (v *vec) exp(x operand.Op) operand.Op { return v.expOf(v.min(v.c(expHighest(v.f64)), x)) }

// expOf returns exp(x) for x below expHighest.
func (v *vec) expOf(x operand.Op) operand.Op {
	if !v.wide {
		x = v.max(v.c(v.expLowest()), x)
	}
	return v.expTimes(x, v.expZero(), v.expReduced)
}

// expTimes returns f(r)·2ⁿ, rounded once, for x = n·log 2 + r, and 0 for x < zero, where f(r)·2ⁿ is
// to round to it. Without AVX-512, x ≥ expLowest: it multiplies by 2ⁿ in two halves, so that n
// may reach below and above the exponents of normal numbers.
func (v *vec) expTimes(x operand.Op, zero float64, f func(r operand.Op) operand.Op) operand.Op {
	r, n, t := v.reduce(x, 2*v.bias())
	y := f(r)
	if v.wide {
		return v.scaleWhere(v.compare(notLess, x, v.c(zero)), y, n)
	}
	half := v.shiftRight(t, 1)
	y = v.mul(y, v.shiftLeft(half, v.fraction()))
	return v.mul(y, v.shiftLeft(v.subInt(t, half), v.fraction()))
}

// expm1 returns exp(r) − 1 and 2ⁿ for x = n·log 2 + r, where 2ⁿ is a normal number.
func (v *vec) expm1(x operand.Op) (q, power operand.Op) {
	r, _, t := v.reduce(x, v.bias())
	return v.expm1Reduced(r), v.shiftLeft(t, v.fraction())
}

// minusAbs returns −|x|.
func (v *vec) minusAbs(x operand.Op) operand.Op { return v.or(x, v.i(v.signBit())) }

// withSign returns |y| with the sign of z.
func (v *vec) withSign(z, y operand.Op) operand.Op {
	return v.or(v.and(z, v.i(v.signBit())), v.abs(y))
}

// softplus returns max(z, 0) + log(1+exp(−|z|)).
func (v *vec) softplus(z operand.Op) operand.Op {
	return v.add(v.max(v.zero(), z), v.log1pExp(v.minusAbs(z)))
}

// log1pExp returns log(1+e) with e = exp(a) for a ≤ 0, by e + e²·P(e−½). Around ½ the
// terms of P fall quickly.
func (v *vec) log1pExp(a operand.Op) operand.Op {
	e := v.expOf(a)
	p := v.polynomial(v.sub(e, v.c(0.5)), log1pSeries)
	return v.mulAdd(p, v.mul(e, e), e)
}

// logLoss returns p·|z| + log(1+exp(−|z|)) with p = y for z < 0 and p = 1−y for z ≥ 0,
// where 0·∞ is 0.
func (v *vec) logLoss(z, y operand.Op) operand.Op {
	a := v.minusAbs(z)
	p := v.ifNegative(z, y, v.sub(v.load(v.c(1)), y))
	some := v.compare(notEqual, p, v.c(0))
	loss := v.choose(some, v.mul(p, a), v.zero())
	return v.sub(v.log1pExp(a), loss)
}

// log returns k·log 2 + log(1+f), where x = 2ᵏ·(1+f) and √½ ≤ 1+f < √2.
func (v *vec) log(x operand.Op) operand.Op {
	// Subnormal numbers are scaled up.
	smallest := math.Ldexp(1, 1-v.bias())
	up := v.fraction() + 1
	tiny := v.compare(less, x, v.c(smallest))
	y := v.choose(tiny, v.mul(x, v.c(math.Ldexp(1, up))), x)
	down := v.choose(tiny, v.c(float64(up)), v.zero())

	// The exponent of y/√½, plus the bias, is the upper part of i.
	root := v.bits(math.Sqrt(0.5))
	one := v.bits(1)
	i := v.addInt(y, v.i(v.wrap(one-root)))
	k := v.shiftRight(i, v.fraction())
	fraction := v.subInt(y, v.subInt(v.shiftLeft(k, v.fraction()), v.i(one)))
	// As the fraction of 2ᶠ, k becomes a float.
	whole := math.Ldexp(1, v.fraction())
	k = v.sub(v.or(k, v.c(whole)), v.c(whole+float64(v.bias())))
	k = v.sub(k, down)
	f := v.sub(fraction, v.c(1))

	p := v.polynomial(f, logSeries)
	hi, lo := ln2(uint(v.fraction() + 1))
	p = v.mulAdd(p, v.mul(f, f), v.mul(k, v.c(lo)))
	s := v.addMul(v.add(f, p), k, v.c(hi))

	inf := math.Inf(1)
	s = v.choose(v.compare(equal, x, v.c(0)), v.c(-inf), s)
	s = v.choose(v.compare(equal, x, v.c(inf)), v.c(inf), s)
	return v.choose(v.compare(notGreaterEq, x, v.c(0)), v.c(math.NaN()), s)
}

// wrap keeps the bits that fit in an entry.
func (v *vec) wrap(x uint64) uint64 {
	if v.f64 {
		return x
	}
	return x & math.MaxUint32
}
