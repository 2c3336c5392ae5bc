package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
)

// The normal distribution. With Mills' ratio M and t ≥ 0 its tail is
//
//	Φ(−t) = e^(−t²/2)·M(t)     M(t) = P(q)/(t+k), q = (t−k)/(t+k)
//
// where q takes the place of t so that one polynomial P serves from 0 to where Φ(−t)
// vanishes. The rounding of t², by which e^(−t²/2) would be off by t² times as much, is
// added to the exponent again.
//
// Source: Shepherd and Laframboise 1981 for q; Cody 1969 for the rounding of t².

// millsScale is k.
const millsScale = 5

// millsSeries is P, up to t = 39, erfSeries erf(√s)/√s − 1.
var (
	millsSeries = approximation{millsTail, -1, (39. - millsScale) / (39. + millsScale), 11, 22}
	erfSeries   = approximation{erfTail, 0, 1, 7, 12}
)

// gauss emits the kernels of the normal distribution: those of GELU and erf, with their
// slopes.
func gauss(v *vec) {
	vectors := 1
	if v.wide { // there are twice as many registers
		vectors = 2
	}
	unary := func(kernel string, f func(z operand.Op) operand.Op) {
		v.pointwise(kernel, "dst z", "", vectors, nil, func(p *place) { p.store("dst", f(p.load("z"))) })
	}
	unary("gelu", v.gelu)
	unary("geluPrime", v.geluPrime)
	unary("erf", v.erf)
	var h, c operand.Op
	v.pointwise("bell", "dst z", "h c", 1,
		func(s map[string]operand.Op) { h, c = s["h"], s["c"] },
		func(p *place) { p.store("dst", v.gaussBell(p.load("z"), h, c)) })
}

// Where |z| is more than gaussFlat, Φ(−|z|) and |z|·φ(z) are 0.
func gaussFlat(f64 bool) float64 {
	if f64 {
		return 39
	}
	return 15
}

// magnitude returns |z|, at most limit.
func (v *vec) magnitude(z operand.Op, limit float64) operand.Op {
	return v.min(v.load(v.c(limit)), v.abs(z))
}

// mills returns M(t). What q has lost by rounding is (t − k(q+1) − qt)/(t+k).
func (v *vec) mills(t operand.Op) operand.Op {
	u := v.div(v.load(v.c(1)), v.add(t, v.c(millsScale)))
	q := v.mulAdd(v.load(v.c(-2*millsScale)), u, v.c(1))
	lost := v.subMul(v.load(t), v.add(q, v.c(1)), v.c(millsScale))
	q = v.addMul(v.load(q), v.subMul(lost, q, t), u)
	return v.mul(v.polynomial(q, millsSeries), u)
}

// square returns t², rounded, and by how much that is too large.
func (v *vec) square(t operand.Op) (w, rest operand.Op) {
	w = v.mul(t, t)
	return w, v.subMul(v.load(w), t, t)
}

// falling returns f·exp(x + rest) for x ≤ 0 and a little rest, rounded once, and 0, with the sign of f,
// for x < zero. x is no less than expLowest.
func (v *vec) falling(x, rest, f operand.Op, zero float64) operand.Op {
	y := v.expTimes(x, zero, func(r operand.Op) operand.Op { return v.mul(v.expReduced(v.add(r, rest)), f) })
	if v.wide {
		return v.or(y, v.and(f, v.i(v.signBit()))) // 0 for x < zero has lost it
	}
	return y
}

// fallingSquare returns f·exp(−t²/2) for |f| ≤ 1.
func (v *vec) fallingSquare(t, f operand.Op) operand.Op {
	w, rest := v.square(t)
	return v.falling(v.mul(w, v.c(-0.5)), v.mul(rest, v.c(0.5)), f, v.expZero())
}

// gelu returns −tΦ(−t) with t = |z| for z < 0, and z − tΦ(−t) else.
func (v *vec) gelu(z operand.Op) operand.Op {
	t := v.magnitude(z, gaussFlat(v.f64))
	y := v.fallingSquare(t, v.mul(v.mills(t), t))
	return v.ifNegative(z, v.minusAbs(y), v.sub(z, y))
}

// geluPrime returns d = Φ(−t) − tφ(t) for z < 0, and 1 − d else.
func (v *vec) geluPrime(z operand.Op) operand.Op {
	t := v.magnitude(z, gaussFlat(v.f64))
	d := v.fallingSquare(t, v.subMul(v.mills(t), t, v.c(density)))
	return v.ifNegative(z, d, v.sub(v.load(v.c(1)), d))
}

// density is φ(0).
const density = 1 / (math.Sqrt2 * math.SqrtPi)

// erf returns 1 − 2Φ(−√2·t) with t = |z| and the sign of z or, where t < 1, by its series.
func (v *vec) erf(z operand.Op) operand.Op {
	t := v.magnitude(z, gaussFlat(v.f64)*math.Sqrt2/2)
	w, rest := v.square(t)
	near := v.mulAdd(v.polynomial(w, erfSeries), t, t)
	m := v.mills(v.mul(t, v.c(math.Sqrt2)))
	far := v.sub(v.load(v.c(1)), v.falling(v.minusAbs(w), rest, v.add(m, m), v.expZero()))
	y := v.choose(v.compare(less, t, v.c(1)), near, far)
	return v.withSign(z, y)
}

// gaussBell returns h·exp(−cz²) for c ≥ ½. What cz² loses by rounding is added too.
func (v *vec) gaussBell(z, h, c operand.Op) operand.Op {
	w, rest := v.square(v.magnitude(z, 64))
	x := v.mul(w, c)
	rest = v.add(v.mul(rest, c), v.subMul(v.load(x), w, c))
	// Where cz² is too large to matter, so may rest be, or NaN.
	rest = v.choose(v.compare(less, v.abs(rest), v.c(1)), rest, v.zero())
	return v.falling(v.max(v.load(v.c(v.expLowest())), v.minusAbs(x)), rest, h, v.expLowest())
}
