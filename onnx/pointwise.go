package onnx

import (
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// pairwise are the rules of ops that act entry by entry on several tensors. What
// they become broadcasts.
var pairwise = map[string]rule{
	"Add":          native("Add"),
	"Sub":          native("Sub"),
	"Mul":          native("Mul"),
	"Div":          native("Div"),
	"Maximum":      native("Max"),
	"Minimum":      native("Min"),
	"Greater":      comparison("Greater"),
	"GreaterEqual": comparison("GreaterOrEqual"),
	"Less":         comparison("Less"),
	"LessEqual":    comparison("LessOrEqual"),
	"Equal":        comparison("Equal"),
	"Where":        func(c *call) value { return c.where(c.cast(c.x[0], proto.Bool), c.x[1], c.x[2]) },
	"Power":        native("Pow"),
	"Mod":          func(c *call) value { return c.node("Mod", c.x, attribute("fmod", int64(1))) },
	"DivOrZero": func(c *call) value {
		a, b := c.x[0], c.x[1]
		return c.where(c.isZero(b), c.number(0), c.quotient(a, b))
	},
	"DivPower": func(c *call) value {
		y, a := c.x[0], c.x[1]
		q := y
		for range c.int(0) {
			q = c.quotient(q, a)
		}
		return c.where(c.do("And", c.isZero(y), c.isZero(a)), c.number(0), q)
	},
}

// comparison is 1 where a comparison holds, else 0.
func comparison(op string) rule {
	return func(c *call) value { return c.cast(c.do(op, c.x...), c.element) }
}

// pointwise are the rules of elementary functions, entry by entry.
var pointwise = map[string]rule{
	"Affine":       func(c *call) value { return c.affine(c.float(0), c.x[0], c.float(1)) },
	"StopGradient": native("Identity"),
	"Exp":          native("Exp"),
	"Log":          native("Log"),
	"Sqrt":         native("Sqrt"),
	"Reciprocal":   native("Reciprocal"),
	"Abs":          native("Abs"),
	"Sign":         native("Sign"),
	"Sin":          native("Sin"),
	"Erf":          native("Erf"),
	"Cos": native32("Cos", func(c *call) value { // 1 − 2sin²(z/2): halving rounds nothing
		return c.affine(-2, c.square(c.do("Sin", c.scale(0.5, c.x[0]))), 1)
	}),
	"Square": unary((*call).square),
	"Tan":    native("Tan"),
	"Asin":   native("Asin"),
	"Acos":   native("Acos"),
	"Atan":   native("Atan"),
	"Sinh":   native("Sinh"),
	"Cosh":   native("Cosh"),
	"Asinh":  native("Asinh"),
	"Acosh":  native("Acosh"),
	"Atanh":  native("Atanh"),
	"Floor":  native("Floor"),
	"Ceil":   native("Ceil"),
	"Round":  native("Round"),
	"Trunc":  func(c *call) value { return c.product(c.do("Sign", c.x[0]), c.do("Floor", c.do("Abs", c.x[0]))) },
	"Whole":  native("Identity"),
	"Narrow": func(c *call) value { return c.cast(c.cast(c.x[0], formats[c.args[0].(string)]), c.element) },
	"Pow":    func(c *call) value { return c.do("Pow", c.x[0], c.number(c.float(0))) },
	"Expm1":  unary((*call).expm1),
	"Log1p": func(c *call) value { // log1p has no value at ∞
		x := c.x[0]
		return c.where(c.do("Greater", x, c.number(1)), c.log(c.affine(1, x, 1)), c.log1p(x))
	},
	"Clip": func(c *call) value { return c.clip(c.x[0], c.float(0), c.float(1)) },

	// Derivatives of these, and of activations.
	"Bell": func(c *call) value { return c.bell(c.x[0], c.float(0), c.float(1)) },
	"Step": func(c *call) value {
		return c.where(c.do("Less", c.x[0], c.number(0)), c.number(c.float(0)), c.number(c.float(1)))
	},
	"StepExp": func(c *call) value {
		z := c.x[0]
		return c.where(c.do("Greater", z, c.number(0)), c.number(c.float(1)), c.scale(c.float(0), c.exp(z)))
	},
	"Window": func(c *call) value {
		z := c.x[0]
		inside := c.do("And", c.do("GreaterOrEqual", z, c.number(c.float(0))), c.do("LessOrEqual", z, c.number(c.float(1))))
		return c.where(inside, c.number(c.float(2)), c.number(0))
	},
}

// expm1 is eᶻ − 1 = tanh(z/2)·(eᶻ+1), accurate near 0.
func (c *call) expm1(z value) value {
	return c.product(c.tanh(c.scale(0.5, z)), c.affine(1, c.exp(z), 1))
}

// log1p is log(1+x), x finite, accurate near 0 (W. Kahan): with u = 1+x rounded it is
// x·(log(u)/(u−1)), and x where u is 1.
func (c *call) log1p(x value) value {
	u := c.affine(1, x, 1)
	corrected := c.product(x, c.quotient(c.log(u), c.affine(1, u, -1)))
	return c.where(c.do("Equal", u, c.number(1)), x, corrected)
}

// clip is z moved into [lo, hi]. (For a bound that is left out ONNX Runtime takes the
// largest number, and so moves ∞.)
func (c *call) clip(z value, lo, hi float64) value {
	return c.do("Clip", z, c.number(lo), c.number(hi))
}

// bell is h·e^−wz².
func (c *call) bell(z value, h, w float64) value {
	return c.scale(h, c.exp(c.scale(-w, c.square(z))))
}

// formats are the types of entries of the formats of ops.Narrow.
var formats = map[string]proto.Element{
	ops.Float16: proto.Float16, ops.BFloat16: proto.BFloat16, ops.Float32: proto.Float32,
}
