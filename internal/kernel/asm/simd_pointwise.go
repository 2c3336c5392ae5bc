package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A simdExpr puts a vector on the stack.
type simdExpr func()

// op returns the expression of an instruction of others.
func (s *simd) op(o vectorOp, args ...simdExpr) simdExpr {
	return func() {
		for _, x := range args {
			x()
		}
		s.vector(o)
	}
}

func (s *simd) add(x, y simdExpr) simdExpr { return s.op(vAdd, x, y) }
func (s *simd) sub(x, y simdExpr) simdExpr { return s.op(vSub, x, y) }
func (s *simd) mul(x, y simdExpr) simdExpr { return s.op(vMul, x, y) }
func (s *simd) div(x, y simdExpr) simdExpr { return s.op(vDiv, x, y) }

// c is a constant in all lanes.
func (s *simd) c(x float64) simdExpr {
	return func() {
		s.raw("F%dConst $(%s)", 8*s.size(), strconv.FormatFloat(x, 'e', -1, 64))
		s.vector(vSplat)
	}
}

// infinity is +Inf, which the assembler cannot write.
func (s *simd) infinity() simdExpr { return s.div(s.c(1), s.c(0)) }

// scalar is the value of a register, F0 to F15 of the type, in all lanes.
func (s *simd) scalar(i int) simdExpr {
	return func() {
		s.raw("Get %s", s.register(i))
		s.vector(vSplat)
	}
}

func (s *simd) register(i int) string {
	if s.f64 {
		i += 16
	}
	return fmt.Sprintf("F%d", i)
}

// A simdPlace is where the entries of each slice lie that are next.
type simdPlace struct {
	s      *simd
	at     map[string]int // registers
	scalar map[string]simdExpr
}

func (p *simdPlace) load(slice string) simdExpr {
	return func() {
		p.s.base(p.at[slice])
		p.s.read(0)
	}
}

func (p *simdPlace) store(slice string, x simdExpr) {
	p.s.base(p.at[slice])
	x()
	p.s.write(0)
}

// pointwise emits a kernel that does the same to every entry of its slices: vectors by the
// assembly, what is left by plain Go, whose bits are the same.
func (s *simd) pointwise(kernel, slices, scalars string, body func(p *simdPlace)) {
	s.kernels = append(s.kernels, kernel)
	names, numbers := strings.Fields(slices), strings.Fields(scalars)
	signature := "(" + strings.Join(names, ", ") + " []" + s.typeName()
	if len(numbers) > 0 {
		signature += ", " + strings.Join(numbers, ", ") + " " + s.typeName()
	}
	signature += ")"
	vectors := fmt.Sprintf("%sVectors%d", kernel, 8*s.size())
	s.wrap(kernel, vectors, names, numbers, signature)
	bytes := 24 * len(names)
	s.begin(vectors, signature, bytes+s.size()*len(numbers))
	p := &simdPlace{s: s, at: map[string]int{}, scalar: map[string]simdExpr{}}
	for i, name := range names {
		p.at[name] = 1 + i
		s.raw("I64Load %s_base+%d(FP); Set R%d", name, 24*i, 1+i)
	}
	for i, name := range numbers {
		p.scalar[name] = s.scalar(i)
		s.raw("F%dLoad %s+%d(FP); Set %s", 8*s.size(), name, bytes+s.size()*i, s.register(i))
	}
	s.raw("I64Load %s_len+8(FP); Set R6", names[0])
	s.while(6, s.lanes(), func() {
		body(p)
		for _, name := range names {
			s.step(p.at[name], "I64Const $16")
		}
		s.step(6, "I64Const $-%d", s.lanes())
	})
	s.raw("RET")
}

// wrap declares the kernel: whole vectors, and the rest.
func (s *simd) wrap(kernel, vectors string, names, numbers []string, signature string) {
	call := func(name, bound string) {
		args := make([]string, 0, len(names)+len(numbers))
		for _, slice := range names {
			args = append(args, slice+bound)
		}
		fmt.Fprintf(s.stubs, "\t\t%s(%s)\n", name, strings.Join(append(args, numbers...), ", "))
	}
	fmt.Fprintf(s.stubs, "\nfunc %s%s {\n\tn := len(%s) / %d * %d\n\tif n > 0 {\n", s.symbol(kernel), signature, names[0], s.lanes(), s.lanes())
	call(vectors, "")
	fmt.Fprintf(s.stubs, "\t}\n\tif n < len(%s) {\n", names[0])
	call(kernel+"Go", "[n:]")
	fmt.Fprintf(s.stubs, "\t}\n}\n")
}

// simdArithmetic emits what one or a few instructions compute.
func simdArithmetic(s *simd) {
	two := func(kernel, x, y string, f func(x, y simdExpr) simdExpr) {
		s.pointwise(kernel, "dst "+x+" "+y, "", func(p *simdPlace) { p.store("dst", f(p.load(x), p.load(y))) })
	}
	one := func(kernel string, f func(x simdExpr) simdExpr) {
		s.pointwise(kernel, "dst x", "", func(p *simdPlace) { p.store("dst", f(p.load("x"))) })
	}
	by := func(kernel, scalars string, f func(p *simdPlace) simdExpr) {
		s.pointwise(kernel, "dst x", scalars, func(p *simdPlace) { p.store("dst", f(p)) })
	}
	two("add", "x", "y", s.add)
	two("sub", "x", "y", s.sub)
	two("mul", "x", "y", s.mul)
	two("div", "x", "y", s.div)
	// A tie is y, and NaN is the result if one is NaN.
	two("maximum", "x", "y", func(x, y simdExpr) simdExpr {
		return s.op(vSelect, x, y, s.op(vOr, s.op(vGt, x, y), s.op(vNe, x, x)))
	})
	two("minimum", "x", "y", func(x, y simdExpr) simdExpr {
		return s.op(vSelect, x, y, s.op(vOr, s.op(vLt, x, y), s.op(vNe, x, x)))
	})
	two("weigh", "p", "x", func(q, x simdExpr) simdExpr {
		lost := s.op(vAnd, s.op(vEq, q, s.c(0)), s.op(vEq, s.op(vAbs, x), s.infinity()))
		return s.op(vAndNot, s.mul(q, x), lost)
	})
	one("sqrt", func(x simdExpr) simdExpr { return s.op(vSqrt, x) })
	one("abs", func(x simdExpr) simdExpr { return s.op(vAbs, x) })
	one("relu", func(x simdExpr) simdExpr { return s.op(vMax, x, s.c(0)) })
	two("reluReverse", "z", "zeta", func(z, zeta simdExpr) simdExpr {
		step := s.op(vAndNot, s.c(1), s.op(vLt, z, s.c(0)))
		return s.mul(s.op(vSelect, step, z, s.op(vEq, z, z)), zeta)
	})
	two("sigmoidReverse", "a", "zeta", func(a, zeta simdExpr) simdExpr {
		return s.mul(zeta, s.mul(a, s.sub(s.c(1), a)))
	})
	two("tanhReverse", "a", "zeta", func(a, zeta simdExpr) simdExpr {
		return s.mul(zeta, s.sub(s.c(1), s.mul(a, a)))
	})
	s.pointwise("fill", "dst", "a", func(p *simdPlace) { p.store("dst", p.scalar["a"]) })
	by("shift", "a", func(p *simdPlace) simdExpr { return s.add(p.load("x"), p.scalar["a"]) })
	by("scale", "a", func(p *simdPlace) simdExpr { return s.mul(p.load("x"), p.scalar["a"]) })
	by("affine", "a b", func(p *simdPlace) simdExpr {
		return s.add(s.mul(p.load("x"), p.scalar["a"]), p.scalar["b"])
	})
	by("axpy", "a", func(p *simdPlace) simdExpr {
		return s.add(p.load("dst"), s.mul(p.load("x"), p.scalar["a"]))
	})
}

// simdUpdates emits the optimizers.
func simdUpdates(s *simd) {
	faintest := (&vec{f64: s.f64}).faintest()
	atLeast := func(exponent int, x simdExpr) simdExpr {
		return s.op(vAndNot, x, s.op(vLt, s.op(vAbs, x), s.c(math.Ldexp(1, exponent))))
	}
	// fade replaces an entry of the state by x, or by 0 where that is little.
	fade := func(p *simdPlace, state string, x simdExpr) {
		p.store(state, x)
		p.store(state, atLeast(faintest, p.load(state)))
	}
	squared := func(p *simdPlace) simdExpr {
		g := atLeast(faintest/2, p.load("g"))
		return s.mul(g, g)
	}
	// move subtracts rate·d/(√v+ε) from x.
	move := func(p *simdPlace, x simdExpr, d, v string) {
		root := s.add(s.op(vSqrt, p.load(v)), p.scalar["eps"])
		p.store("w", s.sub(x, s.div(s.mul(p.scalar["rate"], p.load(d)), root)))
	}
	// mean is a·x + b·y.
	mean := func(p *simdPlace, a, x, b string, y simdExpr) simdExpr {
		return s.add(s.mul(p.scalar[a], p.load(x)), s.mul(p.scalar[b], y))
	}
	s.pointwise("sgd", "w g", "rate", func(p *simdPlace) {
		p.store("w", s.sub(p.load("w"), s.mul(p.scalar["rate"], p.load("g"))))
	})
	s.pointwise("momentum", "w g v", "mu rateG rateV", func(p *simdPlace) {
		fade(p, "v", s.add(s.mul(p.scalar["mu"], p.load("v")), p.load("g")))
		p.store("w", s.sub(p.load("w"), mean(p, "rateG", "g", "rateV", p.load("v"))))
	})
	s.pointwise("adaGrad", "w g s", "rate eps", func(p *simdPlace) {
		fade(p, "s", s.add(p.load("s"), squared(p)))
		move(p, p.load("w"), "g", "s")
	})
	s.pointwise("rmsProp", "w g s", "alpha beta rate eps", func(p *simdPlace) {
		fade(p, "s", mean(p, "alpha", "s", "beta", squared(p)))
		move(p, p.load("w"), "g", "s")
	})
	s.pointwise("adam", "w g m v", "beta1 alpha1 beta2 alpha2 rate eps keep", func(p *simdPlace) {
		fade(p, "m", mean(p, "beta1", "m", "alpha1", p.load("g")))
		fade(p, "v", mean(p, "beta2", "v", "alpha2", squared(p)))
		move(p, s.mul(p.scalar["keep"], p.load("w")), "m", "v")
	})
}
