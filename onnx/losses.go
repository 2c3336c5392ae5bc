package onnx

// losses are the rules of losses, which sum over the components of each example, the
// rows, and of penalties.
var losses = map[string]rule{
	"LogLoss": perExample(func(c *call, a, y value) value {
		hit, miss := c.weigh(y, c.log(a)), c.weigh(c.affine(-1, y, 1), c.log1p(c.neg(a)))
		return c.neg(c.sum(hit, miss))
	}),
	"LogLossFromLogits": perExample(func(c *call, z, y value) value { // max(z, 0) − yz is (1−y)|z| or y|z|
		s := c.do("Abs", z)
		weight := c.where(c.do("Greater", z, c.number(0)), c.affine(-1, y, 1), y)
		return c.sum(c.weigh(weight, s), c.softplusOfMinus(s))
	}),
	"CrossEntropy":           perExample(func(c *call, a, y value) value { return c.neg(c.weigh(y, c.log(a))) }),
	"CrossEntropyFromLogits": perExample(func(c *call, z, y value) value { return c.neg(c.weigh(y, c.logSoftmax(z, 0))) }),
	"KL": perExample(func(c *call, p, q value) value {
		return c.divergence(p, c.log(q), c.do("GreaterOrEqual", q, c.number(0)))
	}),
	"KLFromLog": perExample(func(c *call, p, u value) value {
		return c.divergence(p, u, c.do("Equal", u, u)) // all but NaN
	}),
	"SquaredError":  perExample(func(c *call, a, y value) value { return c.square(c.difference(a, y)) }),
	"AbsoluteError": perExample(func(c *call, a, y value) value { return c.do("Abs", c.difference(a, y)) }),
	"Huber": perExample(func(c *call, a, y value) value {
		e, δ := c.do("Abs", c.difference(a, y)), c.float(0)
		outer, inner := c.scale(δ, c.affine(1, e, -δ/2)), c.scale(0.5, c.square(e))
		return c.where(c.do("Greater", e, c.number(δ)), outer, inner)
	}),
	"Hinge": perExample(func(c *call, a, y value) value { return c.do("Relu", c.affine(-1, c.product(a, y), 1)) }),

	"L1Penalty": func(c *call) value {
		return c.scale(c.float(0)/(2*c.float(1)), c.sumAll(c.do("Abs", c.x[0])))
	},
	"L2Penalty": func(c *call) value {
		return c.scale(c.float(0)/(2*c.float(1)), c.sumAll(c.square(c.x[0])))
	},
}

// perExample is the rule of a loss whose terms are f.
func perExample(f func(c *call, a, y value) value) rule {
	return func(c *call) value { return c.sumOver(f(c, c.x[0], c.x[1]), []int{0}, true) }
}

// weigh is p·v, where 0·∞ is 0.
func (c *call) weigh(p, v value) value {
	return c.where(c.do("And", c.isZero(p), c.do("IsInf", v)), c.number(0), c.product(p, v))
}

// divergence is p(log p − u), and 0 where p is 0 and u is known.
func (c *call) divergence(p, u, known value) value {
	return c.where(c.do("And", c.isZero(p), known), c.number(0), c.product(p, c.difference(c.log(p), u)))
}
