package onnx

import "math"

// pairwise are the rules of ops that act entry by entry on several tensors. What
// they become broadcasts.
var pairwise = map[string]rule{
	"Add":          native("Add"),
	"Sub":          native("Sub"),
	"Mul":          product,
	"Div":          native("Div"),
	"Maximum":      native("Max"),
	"Minimum":      native("Min"),
	"Greater":      comparison("Greater"),
	"GreaterEqual": comparison("GreaterOrEqual"),
	"Less":         comparison("Less"),
	"LessEqual":    comparison("LessOrEqual"),
	"Equal":        comparison("Equal"),
	"Where":        func(c *call) value { return c.where(c.cast(c.x[0], bools), c.x[1], c.x[2]) },
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

// product is the rule of a product.
func product(c *call) value {
	for i, x := range c.of {
		if d, _ := description(x); d.Name == "Sigmoid" && c.element == float64s {
			return c.gated(c.x[1-i], c.valueOf(x.In(0)))
		}
	}
	return c.product(c.x[0], c.x[1])
}

// gated is x·σ(z). In float64 that is x/(1+e⁻ᶻ): ONNX Runtime would make one node of
// a product with a Sigmoid, for which it has no kernel.
func (c *call) gated(x, z value) value {
	if c.element == float64s {
		return c.quotient(x, c.affine(1, c.exp(c.neg(z)), 1))
	}
	return c.product(x, c.sigmoid(z))
}

// pointwise are the rules of ops that act entry by entry on one tensor.
var pointwise = map[string]rule{
	"Affine":       func(c *call) value { return c.affine(c.float(0), c.x[0], c.float(1)) },
	"StopGradient": native("Identity"),
	"Sigmoid":      native("Sigmoid"),
	"Tanh":         native("Tanh"),
	"Exp":          native("Exp"),
	"Log":          native("Log"),
	"Sqrt":         native("Sqrt"),
	"Reciprocal":   native("Reciprocal"),
	"Abs":          native("Abs"),
	"Sign":         native("Sign"),
	"Sin":          native("Sin"),
	"Erf":          native("Erf"),
	"Cos":          native32("Cos", func(c *call) value { return c.do("Sin", c.affine(1, c.x[0], math.Pi/2)) }),
	"Square":       unary((*call).square),
	"Pow":          func(c *call) value { return c.do("Pow", c.x[0], c.number(c.float(0))) },
	"Expm1": func(c *call) value { // tanh(z/2) = (eᶻ−1)/(eᶻ+1)
		z := c.x[0]
		return c.product(c.tanh(c.scale(0.5, z)), c.affine(1, c.exp(z), 1))
	},
	"Log1p": unary((*call).log1p),
	"Clip":  func(c *call) value { return c.clip(c.x[0], c.float(0), c.float(1)) },

	"Softplus": unary((*call).softplus),
	"Softsign": native32("Softsign", func(c *call) value {
		return c.quotient(c.x[0], c.affine(1, c.do("Abs", c.x[0]), 1))
	}),
	"LeakyReLU": func(c *call) value {
		switch β := c.float(0); {
		case β == 0:
			return c.do("Relu", c.x[0])
		case c.element == float32s:
			return c.node("LeakyRelu", c.x, attribute{"alpha", float32(β)})
		default:
			return c.do("Max", c.scale(β, c.x[0]), c.x[0])
		}
	},
	"ELU": func(c *call) value {
		if c.element == float32s {
			return c.node("Elu", c.x, attribute{"alpha", float32(c.float(0))})
		}
		return c.expLinear(c.x[0], 1, c.float(0))
	},
	"SELU": native32("Selu", func(c *call) value { return c.expLinear(c.x[0], seluλ, seluλ*seluα) },
		attribute{"alpha", float32(seluα)}, attribute{"gamma", float32(seluλ)}),
	"HardSigmoid": native32("HardSigmoid", func(c *call) value {
		return c.scale(1./6, c.clip(c.affine(1, c.x[0], 3), 0, 6))
	}, attribute{"alpha", float32(1. / 6)}, attribute{"beta", float32(0.5)}),
	"SiLU": func(c *call) value { return c.gated(c.x[0], c.x[0]) },
	"Mish": func(c *call) value { return c.product(c.x[0], c.tanh(c.softplus(c.x[0]))) },
	"GELU": func(c *call) value { return c.product(c.x[0], c.normal(c.x[0])) },
	"GELUTanh": func(c *call) value {
		z := c.x[0]
		return c.gated(z, c.product(z, c.affine(geluCubic, c.square(z), geluLinear)))
	},

	// Derivatives of these.
	"SigmoidPrime": unary((*call).sigmoidPrime),
	"TanhPrime":    unary((*call).tanhPrime),
	"SiLUPrime": func(c *call) value {
		z := c.x[0]
		return c.sum(c.sigmoid(z), c.product(z, c.sigmoidPrime(z)))
	},
	"MishPrime": func(c *call) value {
		z, s := c.x[0], c.softplus(c.x[0])
		return c.sum(c.tanh(s), c.product(c.product(z, c.tanhPrime(s)), c.sigmoid(z)))
	},
	"GELUPrime": func(c *call) value {
		z := c.x[0]
		return c.sum(c.normal(z), c.product(z, c.bell(z, 1/(math.Sqrt2*math.SqrtPi), 0.5)))
	},
	"GELUTanhPrime": func(c *call) value {
		z := c.clip(c.x[0], -geluFlat, geluFlat)
		z2 := c.square(z)
		v, slope := c.product(z, c.affine(geluCubic, z2, geluLinear)), c.affine(3*geluCubic, z2, geluLinear)
		return c.sum(c.sigmoid(v), c.product(c.product(z, c.sigmoidPrime(v)), slope))
	},
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

// The constants of ops.SELU and ops.GELUTanh.
const (
	seluα      = 1.6732632423543772848170429916717
	seluλ      = 1.0507009873554804934193349852946
	geluLinear = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic  = 0.044715 * geluLinear
	geluFlat   = 64
)

// log1p is log(1+x), accurate near 0 (W. Kahan): with u = 1+x rounded it is
// x·(log(u)/(u−1)), and x where u is 1.
func (c *call) log1p(x value) value {
	u := c.affine(1, x, 1)
	corrected := c.product(x, c.quotient(c.log(u), c.affine(1, u, -1)))
	return c.where(c.do("Equal", u, c.number(1)), x, corrected)
}

// softplus is log(1+eᶻ) = max(z, 0) + log1p(e^−|z|).
func (c *call) softplus(z value) value {
	if c.element == float32s {
		return c.do("Softplus", z)
	}
	return c.sum(c.do("Relu", z), c.log1p(c.exp(c.neg(c.do("Abs", z)))))
}

// clip is z moved into [lo, hi].
func (c *call) clip(z value, lo, hi float64) value {
	in := []value{z, "", ""}
	if !math.IsInf(lo, 0) {
		in[1] = c.number(lo)
	}
	if math.IsInf(hi, 0) {
		return c.do("Clip", in[:2]...)
	}
	in[2] = c.number(hi)
	return c.do("Clip", in...)
}

// expLinear is right·z for z > 0 and left·(eᶻ−1) for z ≤ 0.
func (c *call) expLinear(z value, right, left float64) value {
	below := c.affine(left, c.exp(z), -left)
	return c.where(c.do("Greater", z, c.number(0)), c.scale(right, z), below)
}

// sigmoidPrime is σ'(z) = σ(z)σ(−z).
func (c *call) sigmoidPrime(z value) value {
	return c.product(c.sigmoid(z), c.sigmoid(c.neg(z)))
}

// tanhPrime is tanh'(z) = 4σ'(2z).
func (c *call) tanhPrime(z value) value { return c.scale(4, c.sigmoidPrime(c.scale(2, z))) }

// bell is h·e^−wz².
func (c *call) bell(z value, h, w float64) value {
	return c.scale(h, c.exp(c.scale(-w, c.square(z))))
}

// normal is Φ(z) = ½(1 + erf(z/√2)).
func (c *call) normal(z value) value {
	return c.affine(0.5, c.do("Erf", c.scale(1/math.Sqrt2, z)), 0.5)
}
