package main

import (
	"math"

	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// arithmetic emits the kernels that are an instruction or two.
func arithmetic(v *vec) {
	binary := func(kernel string, f func(x, y operand.Op) reg.VecVirtual) {
		v.pointwise(kernel, "dst x y", "", 4, nil, func(p *place) {
			p.store("dst", f(p.load("x"), p.load("y")))
		})
	}
	binary("add", v.add)
	binary("sub", v.sub)
	binary("mul", v.mul)
	binary("div", v.div)
	binary("maximum", v.maximum)
	binary("minimum", v.minimum)

	// The product, but 0 for 0·∞.
	v.pointwise("weigh", "dst p x", "", 2, nil, func(q *place) {
		p, x := q.load("p"), q.load("x")
		magnitude := v.abs(x)
		product := v.mul(p, x)
		some := v.choose(v.compare(equal, magnitude, v.c(math.Inf(1))), v.zero(), product)
		q.store("dst", v.choose(v.compare(equal, p, v.c(0)), some, product))
	})

	scalar := func(kernel, slices string, f func(a operand.Op, p *place)) {
		var a operand.Op
		v.pointwise(kernel, slices, "a", 4,
			func(s map[string]operand.Op) { a = s["a"] },
			func(p *place) { f(a, p) })
	}
	scalar("fill", "dst", func(a operand.Op, p *place) { p.store("dst", a) })
	scalar("shift", "dst x", func(a operand.Op, p *place) { p.store("dst", v.add(p.load("x"), a)) })
	scalar("scale", "dst x", func(a operand.Op, p *place) { p.store("dst", v.mul(p.load("x"), a)) })
	scalar("axpy", "dst x", func(a operand.Op, p *place) {
		p.store("dst", v.addMul(p.load("dst"), p.load("x"), a))
	})
	var a, b operand.Op
	v.pointwise("affine", "dst x", "a b", 4,
		func(s map[string]operand.Op) { a, b = s["a"], s["b"] },
		func(p *place) { p.store("dst", v.mulAdd(p.load("x"), a, b)) })
}

// rectifiers emits the kernels of ReLU, and its like in form.
func rectifiers(v *vec) {
	unary := func(kernel string, f func(x operand.Op) reg.VecVirtual, keep ...float64) {
		v.pointwise(kernel, "dst x", "", 4,
			func(map[string]operand.Op) { v.keep(keep...) },
			func(p *place) { p.store("dst", f(p.load("x"))) })
	}
	unary("relu", func(x operand.Op) reg.VecVirtual { return v.max(v.c(0), x) }, 0)
	unary("sqrt", v.sqrt)
	v.pointwise("abs", "dst x", "", 4, nil, func(p *place) {
		p.store("dst", v.abs(p.load("x")))
	})

	reverse := func(kernel string, f func(a, zeta operand.Op) reg.VecVirtual, keep ...float64) {
		v.pointwise(kernel, "dst a zeta", "", 2,
			func(map[string]operand.Op) { v.keep(keep...) },
			func(p *place) { p.store("dst", f(p.load("a"), p.load("zeta"))) })
	}
	reverse("reluReverse", func(z, zeta operand.Op) reg.VecVirtual {
		s := v.choose(v.compare(less, z, v.c(0)), v.c(0), v.c(1))
		return v.mul(zeta, v.choose(v.compare(unordered, z, z), z, s))
	}, 0, 1)
	reverse("sigmoidReverse", func(a, zeta operand.Op) reg.VecVirtual {
		return v.mul(zeta, v.mul(a, v.sub(v.c(1), a)))
	}, 1)
	reverse("tanhReverse", func(a, zeta operand.Op) reg.VecVirtual {
		return v.mul(zeta, v.subMul(v.load(v.c(1)), a, a))
	}, 1)
}

// signBit has the bit set that is the sign of an entry.
func (v *vec) signBit() uint64 { return 1 << (8*v.size() - 1) }
