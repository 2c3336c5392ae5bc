package main

import "math"

// neonArithmetic emits what one or a few instructions compute.
func neonArithmetic(n *neon) {
	two := func(kernel, x, y string, f func(x, y value) value) {
		n.pointwise(kernel, "dst "+x+" "+y, "", func(p *neonPlace, _ map[string]value) {
			a, b := p.take(x), p.take(y)
			p.store("dst", f(a, b))
		})
	}
	one := func(kernel string, f func(x value) value) {
		n.pointwise(kernel, "dst x", "", func(p *neonPlace, _ map[string]value) {
			p.store("dst", f(p.take("x")))
		})
	}
	two("add", "x", "y", n.add)
	two("sub", "x", "y", n.sub)
	two("mul", "x", "y", n.mul)
	two("div", "x", "y", n.div)
	// A tie is y, and NaN is the result if one is NaN.
	two("maximum", "x", "y", func(x, y value) value {
		return n.choose(n.or(n.greater(x, y), n.isNaN(x)), x, y)
	})
	two("minimum", "x", "y", func(x, y value) value {
		return n.choose(n.or(n.greater(y, x), n.isNaN(x)), x, y)
	})
	two("weigh", "p", "x", func(q, x value) value {
		lost := n.and(n.equal(q, n.c(0)), n.equal(n.abs(x), n.c(math.Inf(1))))
		return n.andNot(n.mul(q, x), lost)
	})
	one("sqrt", n.sqrt)
	one("abs", n.abs)
	one("relu", func(z value) value { return n.max(z, n.c(0)) })
	two("reluReverse", "z", "zeta", func(z, zeta value) value {
		s := n.andNot(n.c(1), n.greater(n.c(0), z))
		return n.mul(n.choose(n.equal(z, z), s, z), zeta)
	})
	two("sigmoidReverse", "a", "zeta", func(a, zeta value) value {
		return n.mul(zeta, n.mul(a, n.sub(n.c(1), a)))
	})
	two("tanhReverse", "a", "zeta", func(a, zeta value) value {
		return n.mul(zeta, n.subMul(n.c(1), a, a))
	})
	n.pointwise("fill", "dst", "a", func(p *neonPlace, s map[string]value) { p.store("dst", s["a"]) })
	n.pointwise("shift", "dst x", "a", func(p *neonPlace, s map[string]value) {
		p.store("dst", n.add(p.take("x"), s["a"]))
	})
	n.pointwise("scale", "dst x", "a", func(p *neonPlace, s map[string]value) {
		p.store("dst", n.mul(p.take("x"), s["a"]))
	})
	n.pointwise("affine", "dst x", "a b", func(p *neonPlace, s map[string]value) {
		p.store("dst", n.addMul(n.copy(s["b"]), p.take("x"), s["a"]))
	})
	n.pointwise("axpy", "dst x", "a", func(p *neonPlace, s map[string]value) {
		x := p.take("x")
		p.store("dst", n.addMul(p.load("dst"), x, s["a"]))
	})
}

// isNaN returns a mask.
func (n *neon) isNaN(x value) value {
	r := n.equal(x, x)
	n.emit(0x6e205800, "mvn %s.16b, %s.16b", r, r)
	return r
}

// neonUpdates emits the optimizers.
func neonUpdates(n *neon) {
	atLeast := func(least float64, x value) value {
		return n.andNot(x, n.greater(n.c(least), n.abs(x)))
	}
	faintest := (&vec{f64: n.f64}).faintest()
	faded := func(x value) value { return atLeast(math.Ldexp(1, faintest), x) }
	squared := func(g value) value {
		g = atLeast(math.Ldexp(1, faintest/2), g)
		return n.mul(g, g)
	}
	// The moves of w by rate·d/(√s+ε).
	scaled := func(p *neonPlace, d, s value, k map[string]value) {
		step := n.div(n.mul(k["rate"], d), n.add(n.sqrt(s), k["eps"]))
		p.store("w", n.sub(p.load("w"), step))
	}
	n.pointwise("sgd", "w g", "rate", func(p *neonPlace, k map[string]value) {
		d := p.take("g")
		p.store("w", n.subMul(p.load("w"), d, k["rate"]))
	})
	n.pointwise("momentum", "w g v", "mu rateG rateV", func(p *neonPlace, k map[string]value) {
		d := p.take("g")
		u := faded(n.addMul(n.copy(d), k["mu"], p.load("v")))
		p.store("v", u)
		w := n.subMul(p.load("w"), d, k["rateG"])
		p.store("w", n.subMul(w, u, k["rateV"]))
	})
	n.pointwise("adaGrad", "w g s", "rate eps", func(p *neonPlace, k map[string]value) {
		d := p.take("g")
		s := n.add(p.load("s"), squared(d))
		p.store("s", s)
		scaled(p, d, s, k)
	})
	n.pointwise("rmsProp", "w g s", "alpha beta rate eps", func(p *neonPlace, k map[string]value) {
		d := p.take("g")
		s := faded(n.addMul(n.mul(k["alpha"], p.load("s")), k["beta"], squared(d)))
		p.store("s", s)
		scaled(p, d, s, k)
	})
	n.pointwise("adam", "w g m v", "beta1 alpha1 beta2 alpha2 rate eps keep", func(p *neonPlace, k map[string]value) {
		d := p.take("g")
		m := faded(n.addMul(n.mul(k["beta1"], p.load("m")), k["alpha1"], d))
		p.store("m", m)
		v := faded(n.addMul(n.mul(k["beta2"], p.load("v")), k["alpha2"], squared(d)))
		p.store("v", v)
		step := n.div(n.mul(k["rate"], m), n.add(n.sqrt(v), k["eps"]))
		p.store("w", n.sub(n.mul(k["keep"], p.load("w")), step))
	})
}
