package main

import "math"

// neonTranscendental emits the kernels made of exponentials and logarithms, by the
// formulas of transcendental.
func neonTranscendental(n *neon) {
	unary := func(kernel string, f func(x value) value) {
		n.pointwise(kernel, "dst x", "", func(p *neonPlace, _ map[string]value) {
			p.store("dst", f(p.take("x")))
		})
	}
	labelled := func(kernel string, f func(z, y value) value) {
		n.pointwise(kernel, "dst z y", "", func(p *neonPlace, _ map[string]value) {
			z, y := p.take("z"), p.take("y")
			p.store("dst", f(z, y))
		})
	}
	unary("exp", func(x value) value {
		return n.expClamped(n.min(n.c(expHighest(n.f64)), n.max(n.c(expLowest(n.f64)), x)))
	})
	unary("log", n.logarithm)
	unary("sigmoid", func(z value) value {
		e := n.expOf(n.minusAbs(z))
		return n.div(n.ifNegative(z, e, n.c(1)), n.add(e, n.c(1)))
	})
	unary("sigmoidComplement", func(z value) value {
		e := n.expOf(n.minusAbs(z))
		return n.div(n.ifNegative(z, n.c(1), e), n.add(e, n.c(1)))
	})
	unary("sigmoidPrime", func(z value) value { return n.bell(n.expOf(n.minusAbs(z))) })
	unary("tanh", n.tanh)
	unary("tanhPrime", func(z value) value {
		a := n.minusAbs(z)
		return n.mul(n.bell(n.expOf(n.add(a, a))), n.c(4))
	})
	unary("softplus", func(z value) value {
		return n.add(n.max(n.c(0), z), n.log1pExp(n.minusAbs(z)))
	})
	labelled("logLoss", func(z, y value) value {
		a := n.minusAbs(z)
		p := n.ifNegative(z, y, n.sub(n.c(1), y))
		loss := n.andNot(n.mul(p, a), n.equal(p, n.c(0)))
		return n.sub(n.log1pExp(a), loss)
	})
	labelled("sigmoidResidual", func(z, y value) value {
		minus := n.minusAbs(z)
		e := n.expOf(minus)
		if !n.f64 {
			e = n.andNot(e, n.greater(n.c(-sure), minus))
		}
		t := n.div(e, n.add(e, n.c(1)))
		return n.ifNegative(z, n.sub(t, y), n.sub(n.sub(n.c(1), y), t))
	})
}

func (n *neon) minusAbs(x value) value { return n.neg(n.abs(x)) }

// polynomial is vec.polynomial.
func (n *neon) polynomial(x value, a approximation) value {
	coefs := a.coefficients(n.f64)
	if len(coefs) < 12 {
		return n.horner(x, coefs, 1)
	}
	square := n.mul(x, x)
	even, odd := n.horner(square, coefs, 2), n.horner(square, coefs[1:], 2)
	return n.addMul(even, odd, x)
}

func (n *neon) horner(x value, coefs []float64, step int) value {
	last := (len(coefs) - 1) / step * step
	p := n.c(coefs[last])
	for i := last - step; i >= 0; i -= step {
		p = n.addMul(n.c(coefs[i]), p, x)
	}
	return p
}

// reduce is vec.reduce.
func (n *neon) reduce(x value) (r, t value) {
	shift := math.Ldexp(1.5, n.fraction()) + float64(2*n.bias())
	t = n.addMul(n.c(shift), n.c(math.Log2E), x)
	whole := n.sub(t, n.c(shift))
	hi, lo := ln2(uint(n.fraction() + 1))
	r = n.subMul(n.copy(x), whole, n.c(hi))
	return n.subMul(r, whole, n.c(lo)), t
}

func (n *neon) expm1Reduced(r value) value {
	q := n.polynomial(r, expSeries)
	return n.addMul(n.copy(r), q, n.mul(r, r))
}

// expOf returns exp(x) for x ≤ 0.
func (n *neon) expOf(x value) value {
	return n.expClamped(n.max(n.c(expLowest(n.f64)), x))
}

func (n *neon) expClamped(x value) value {
	r, t := n.reduce(x)
	y := n.add(n.expm1Reduced(r), n.c(1))
	half := n.shiftRight(t, 1)
	rest := n.subInt(t, half)
	y = n.mul(y, n.shiftLeft(half, n.fraction()))
	return n.mul(y, n.shiftLeft(rest, n.fraction()))
}

func (n *neon) bell(e value) value {
	return n.div(e, n.addMul(n.c(1), n.add(e, n.c(2)), e))
}

// tanh is vec.tanh.
func (n *neon) tanh(z value) value {
	a := n.minusAbs(z)
	r, t := n.reduce(n.max(n.c(-50), n.add(a, a)))
	q := n.expm1Reduced(r)
	power := n.shiftLeft(n.subInt(t, n.i(uint64(n.bias()))), n.fraction())
	m := n.addMul(n.sub(power, n.c(1)), q, power)
	y := n.div(m, n.add(m, n.c(2)))
	return n.withSign(z, y)
}

// withSign is vec.withSign.
func (n *neon) withSign(z, y value) value { return n.choose(n.i(1<<(8*n.size()-1)), z, y) }

func (n *neon) log1pExp(a value) value {
	e := n.expOf(a)
	p := n.polynomial(n.sub(e, n.c(0.5)), log1pSeries)
	return n.addMul(n.copy(e), p, n.mul(e, e))
}

// logarithm is vec.log.
func (n *neon) logarithm(x value) value {
	up := n.fraction() + 1
	tiny := n.greater(n.c(math.Ldexp(1, 1-n.bias())), x)
	down := n.and(tiny, n.c(float64(up)))
	y := n.choose(tiny, n.mul(x, n.c(math.Ldexp(1, up))), x)

	v := &vec{f64: n.f64}
	root, one := v.bits(math.Sqrt(0.5)), v.bits(1)
	k := n.shiftRight(n.addInt(y, n.i(v.wrap(one-root))), n.fraction())
	fraction := n.subInt(y, n.subInt(n.shiftLeft(k, n.fraction()), n.i(one)))
	whole := math.Ldexp(1, n.fraction())
	k = n.sub(n.sub(n.or(k, n.c(whole)), n.c(whole+float64(n.bias()))), down)
	f := n.sub(fraction, n.c(1))

	p := n.polynomial(f, logSeries)
	hi, lo := ln2(uint(n.fraction() + 1))
	p = n.addMul(n.mul(k, n.c(lo)), p, n.mul(f, f))
	s := n.addMul(n.add(f, p), k, n.c(hi))

	inf := math.Inf(1)
	s = n.choose(n.equal(x, n.c(0)), n.c(-inf), s)
	s = n.choose(n.equal(x, n.c(inf)), x, s)
	return n.choose(n.atLeast(x, n.c(0)), s, n.c(math.NaN()))
}
