package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
)

// updates emits the steps of the optimizers.
func updates(v *vec) {
	step := func(kernel, slices, scalars string, body func(h map[string]operand.Op, p *place)) {
		var h map[string]operand.Op
		v.pointwise(kernel, slices, scalars, 1,
			func(s map[string]operand.Op) { h = s },
			func(p *place) { body(h, p) })
	}
	step("sgd", "w g", "rate", func(h map[string]operand.Op, p *place) {
		p.store("w", v.subMul(p.load("w"), p.load("g"), h["rate"]))
	})
	step("momentum", "w g v", "mu rateG rateV", func(h map[string]operand.Op, p *place) {
		g := p.load("g")
		u := v.faded(v.mulAdd(p.load("v"), h["mu"], g))
		p.store("v", u)
		w := v.subMul(p.load("w"), g, h["rateG"])
		p.store("w", v.subMul(w, u, h["rateV"]))
	})
	step("adaGrad", "w g s", "rate eps", func(h map[string]operand.Op, p *place) {
		g := p.load("g")
		s := v.add(p.load("s"), v.squared(g))
		p.store("s", s)
		d := v.add(v.sqrt(s), h["eps"])
		p.store("w", v.sub(p.load("w"), v.div(v.mul(g, h["rate"]), d)))
	})
	step("rmsProp", "w g s", "alpha beta rate eps", func(h map[string]operand.Op, p *place) {
		g := p.load("g")
		s := v.faded(v.addMul(v.mul(p.load("s"), h["alpha"]), v.squared(g), h["beta"]))
		p.store("s", s)
		d := v.add(v.sqrt(s), h["eps"])
		p.store("w", v.sub(p.load("w"), v.div(v.mul(g, h["rate"]), d)))
	})
	step("adam", "w g m v", "beta1 alpha1 beta2 alpha2 rate eps keep", func(h map[string]operand.Op, p *place) {
		g := p.load("g")
		m := v.faded(v.addMul(v.mul(p.load("m"), h["beta1"]), g, h["alpha1"]))
		p.store("m", m)
		s := v.faded(v.addMul(v.mul(p.load("v"), h["beta2"]), v.squared(g), h["alpha2"]))
		p.store("v", s)
		d := v.add(v.sqrt(s), h["eps"])
		p.store("w", v.sub(v.mul(p.load("w"), h["keep"]), v.div(v.mul(m, h["rate"]), d)))
	})
}

// faintest is the exponent of what a state has to reach, lest it become subnormal.
func (v *vec) faintest() int { return 27 - v.bias() }

// faded returns x, or 0 where |x| is so small that what it fades to is subnormal.
func (v *vec) faded(x operand.Op) operand.Op { return v.atLeast(math.Ldexp(1, v.faintest()), x) }

// squared returns g², or 0 where a state of that size would be.
func (v *vec) squared(g operand.Op) operand.Op {
	g = v.atLeast(math.Ldexp(1, v.faintest()/2), g)
	return v.mul(g, g)
}

// atLeast returns x, or 0 where |x| is less than some number.
func (v *vec) atLeast(least float64, x operand.Op) operand.Op {
	tiny := v.compare(less, v.abs(x), v.c(least))
	return v.choose(tiny, v.zero(), x)
}
