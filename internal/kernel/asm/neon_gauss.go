package main

import "math"

// neonGauss emits the kernels of the normal distribution, by the formulas of gauss.
func neonGauss(n *neon) {
	unary := func(kernel string, f func(z value) value) {
		n.pointwise(kernel, "dst z", "", func(p *neonPlace, _ map[string]value) {
			p.store("dst", f(p.take("z")))
		})
	}
	flat := gaussFlat(n.f64)
	unary("gelu", func(z value) value {
		t := n.magnitude(z, flat)
		y := n.fallingSquare(t, n.mul(n.mills(t), t))
		return n.ifNegative(z, n.neg(y), n.sub(z, y))
	})
	unary("geluPrime", func(z value) value {
		t := n.magnitude(z, flat)
		d := n.fallingSquare(t, n.subMul(n.mills(t), t, n.c(density)))
		return n.ifNegative(z, d, n.sub(n.c(1), d))
	})
	unary("erf", func(z value) value {
		t := n.magnitude(z, flat*math.Sqrt2/2)
		w, rest := n.square(t)
		near := n.addMul(n.copy(t), n.polynomial(w, erfSeries), t)
		m := n.mills(n.mul(t, n.c(math.Sqrt2)))
		far := n.sub(n.c(1), n.falling(n.neg(w), rest, n.add(m, m)))
		y := n.choose(n.greater(n.c(1), t), near, far)
		return n.withSign(z, y)
	})
	n.pointwise("bell", "dst z", "h c", func(p *neonPlace, s map[string]value) {
		h, c := s["h"], s["c"]
		w, rest := n.square(n.magnitude(p.take("z"), 64))
		x := n.mul(w, c)
		rest = n.add(n.mul(rest, c), n.subMul(n.copy(x), w, c))
		rest = n.and(n.greater(n.c(1), n.abs(rest)), rest)
		p.store("dst", n.falling(n.max(n.c(expLowest(n.f64)), n.neg(x)), rest, h))
	})
}

func (n *neon) magnitude(z value, limit float64) value { return n.min(n.c(limit), n.abs(z)) }

// mills is vec.mills.
func (n *neon) mills(t value) value {
	u := n.div(n.c(1), n.add(t, n.c(millsScale)))
	q := n.addMul(n.c(1), n.c(-2*millsScale), u)
	lost := n.subMul(n.copy(t), n.add(q, n.c(1)), n.c(millsScale))
	q = n.addMul(n.copy(q), n.subMul(lost, q, t), u)
	return n.mul(n.polynomial(q, millsSeries), u)
}

func (n *neon) square(t value) (w, rest value) {
	w = n.mul(t, t)
	return w, n.subMul(n.copy(w), t, t)
}

// falling is vec.falling.
func (n *neon) falling(x, rest, f value) value {
	r, t := n.reduce(x)
	y := n.mul(n.add(n.expm1Reduced(n.add(r, rest)), n.c(1)), f)
	half := n.shiftRight(t, 1)
	y = n.mul(y, n.shiftLeft(half, n.fraction()))
	return n.mul(y, n.shiftLeft(n.subInt(t, half), n.fraction()))
}

func (n *neon) fallingSquare(t, f value) value {
	w, rest := n.square(t)
	return n.falling(n.mul(w, n.c(-0.5)), n.mul(rest, n.c(0.5)), f)
}
