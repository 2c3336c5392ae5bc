package main

import "github.com/mmcloughlin/avo/operand"

// σ and tanh, and their derivatives, of one exponential each.

// sigmoid returns 1/(1+e) for z ≥ 0 and e/(1+e) for z < 0, with e = exp(−|z|).
func (v *vec) sigmoid(z operand.Op) operand.Op { return v.sigmoidOf(z, v.expOf(v.minusAbs(z))) }

func (v *vec) sigmoidOf(z, e operand.Op) operand.Op {
	return v.div(v.ifNegative(z, e, v.c(1)), v.add(e, v.c(1)))
}

// sigmoidAndPrime returns both with the bits of each alone.
func (v *vec) sigmoidAndPrime(z operand.Op) (y, prime operand.Op) {
	e := v.expOf(v.minusAbs(z))
	return v.sigmoidOf(z, e), v.bell(e)
}

// sigmoidComplement returns e/(1+e) for z ≥ 0 and 1/(1+e) for z < 0.
func (v *vec) sigmoidComplement(z operand.Op) operand.Op {
	e := v.expOf(v.minusAbs(z))
	numerator := v.ifNegative(z, v.load(v.c(1)), e)
	return v.div(numerator, v.add(e, v.c(1)))
}

// sure is the z from which on σ(z) is 1 to SigmoidResidual in float32.
const sure = 69

// sigmoidResidual returns 1 − y − t for z ≥ 0 and t − y for z < 0, where t = e/(1+e). In
// float32 e is 0 for |z| > sure.
func (v *vec) sigmoidResidual(z, y operand.Op) operand.Op {
	one, minus := v.c(1), v.minusAbs(z)
	var e operand.Op
	if v.f64 {
		e = v.expOf(minus)
	} else {
		m, power := v.expm1(minus)
		e = v.mulAddWhere(v.compare(notLess, minus, v.c(-sure)), m, power, power)
	}
	t := v.div(e, v.add(e, one))
	return v.subIfNegative(z, t, y, v.sub(v.sub(one, y), t))
}

// bell returns e/(1+e)², as e/(1+e(2+e)), for 0 ≤ e ≤ 1.
func (v *vec) bell(e operand.Op) operand.Op {
	d := v.mulAdd(v.add(e, v.c(2)), e, v.c(1))
	return v.div(e, d)
}

// tanh returns −m/(2+m) with m = exp(−2|z|) − 1, and the sign of z.
func (v *vec) tanh(z operand.Op) operand.Op {
	a := v.minusAbs(z)
	// Further out tanh is ±1.
	q, power := v.expm1(v.max(v.load(v.c(-50)), v.add(a, a)))
	return v.tanhOf(z, q, power)
}

// tanhOf returns tanh(z) of exp(−2|z|) − 1 = q·power + power − 1.
func (v *vec) tanhOf(z, q, power operand.Op) operand.Op {
	m := v.mulAdd(q, power, v.sub(power, v.c(1)))
	y := v.div(m, v.add(m, v.c(2)))
	return v.withSign(z, y)
}

// tanhAndPrime returns both with the bits of each alone: further out than tanh looks, where 2ⁿ is less
// than a half unit of 1, it is ±1.
func (v *vec) tanhAndPrime(z operand.Op) (y, prime operand.Op) {
	a := v.minusAbs(z)
	x := v.max(v.load(v.c(v.expBound())), v.add(a, a))
	r, n, t := v.reduce(x, 2*v.bias())
	p := v.polynomial(r, expSeries)
	q := v.mulAdd(v.load(p), v.mul(r, r), r)
	e := v.mulAdd(v.mulAdd(p, r, v.c(1)), r, v.c(1))
	var power operand.Op
	if v.wide {
		e, power = v.scale(e, n), v.scale(v.load(v.c(1)), n)
	} else {
		half := v.shiftRight(t, 1)
		first, second := v.shiftLeft(half, v.fraction()), v.shiftLeft(v.subInt(t, half), v.fraction())
		e, power = v.mul(v.mul(e, first), second), v.mul(first, second)
	}
	return v.tanhOf(z, q, power), v.mul(v.bell(e), v.c(4))
}
