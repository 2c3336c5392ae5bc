package onnx

import "math"

// complements are the rules of what keeps its digits where a probability is nearly 0 or
// 1. ONNX has no such ops.
var complements = map[string]rule{
	"SigmoidComplement": func(c *call) value { return c.sigmoid(c.neg(c.x[0])) },
	"SigmoidResidual": func(c *call) value {
		z, y := c.x[0], c.x[1]
		hit, miss := c.product(c.affine(-1, y, 1), c.sigmoid(z)), c.product(y, c.sigmoid(c.neg(z)))
		return c.difference(hit, miss)
	},
	"SoftmaxComplement": func(c *call) value { return c.others(c.x[0], c.int(0)) },
	"Residual":          func(c *call) value { return c.residual(c.x[0], c.x[1], c.number(1)) },
	"ResidualOfTotal": func(c *call) value {
		return c.residual(c.x[0], c.x[1], c.sumOver(c.x[1], []int{c.int(0)}, true))
	},
	"Centre": func(c *call) value { // relative to what the largest s has, as ops.Softmax does
		s, v, axis := c.x[0], c.x[1], c.int(0)
		at := c.node("ArgMax", []value{s}, attribute("axis", int64(axis)))
		apart := c.difference(v, c.node("GatherElements", []value{v, at}, attribute("axis", int64(axis))))
		return c.difference(apart, c.sumOver(c.weigh(s, apart), []int{axis}, true))
	},
	"Weigh":    func(c *call) value { return c.weigh(c.x[0], c.x[1]) },
	"LogRatio": func(c *call) value { return c.difference(c.x[0], c.x[1]) },
	"LogCosh": func(c *call) value {
		a := c.do("Abs", c.x[0])
		t2 := c.square(c.tanh(c.scale(0.5, a))) // cosh a − 1 = 2t²/(1−t²)
		near := c.log1p(c.quotient(c.scale(2, t2), c.affine(-1, t2, 1)))
		far := c.sum(a, c.affine(1, c.softplus(c.scale(-2, a)), -math.Ln2))
		return c.where(c.do("Less", a, c.number(1)), near, far)
	},
	"Logit":   func(c *call) value { return c.difference(c.log(c.x[0]), c.log1p(c.neg(c.x[0]))) },
	"Entropy": func(c *call) value { return c.entropy(c.x[0], c.log(c.x[0])) },
	"EntropyFromLogits": func(c *call) value {
		s := c.node("Softmax", c.x, attribute("axis", int64(c.int(0))))
		return c.entropy(s, c.logSoftmax(c.x[0], c.int(0)))
	},
	"Focal": func(c *call) value { return c.focal(c.x[0]) },
	"FocalLoss": perExample(func(c *call, a, y value) value {
		hit, miss := c.product(c.power(c.affine(-1, a, 1)), c.log(a)), c.product(c.power(a), c.log1p(c.neg(a)))
		return c.neg(c.sum(c.weigh(y, hit), c.weigh(c.affine(-1, y, 1), miss)))
	}),
	"FocalLossFromLogits": perExample(func(c *call, z, y value) value {
		hit, miss := c.focal(z), c.focal(c.neg(z))
		return c.sum(c.weigh(y, hit), c.weigh(c.affine(-1, y, 1), miss))
	}),
}

// others is 1 − s of a softmax s along an axis: where s is more than ½, the sum of the
// others.
func (c *call) others(s value, axis int) value {
	top := c.do("Greater", s, c.number(0.5))
	rest := c.sumOver(c.where(top, c.number(0), s), []int{axis}, true)
	return c.where(top, rest, c.affine(-1, s, 1))
}

// residual is total·s − y = (total−y)·s − y·(1−s).
func (c *call) residual(s, y, total value) value {
	return c.difference(c.product(c.difference(total, y), s), c.product(y, c.others(s, c.int(0))))
}

// entropy is −Σ p⊙log p along an axis, which it takes away.
func (c *call) entropy(p, log value) value {
	return c.neg(c.sumOver(c.weigh(p, log), []int{c.int(0)}, false))
}

// power is x to the power that is the first argument.
func (c *call) power(x value) value { return c.do("Pow", x, c.number(c.float(0))) }

// focal is e^(−γ·softplus(z))·softplus(−z).
func (c *call) focal(z value) value {
	return c.product(c.exp(c.scale(-c.float(0), c.softplus(z))), c.softplus(c.neg(z)))
}
