package onnx

import "math"

// complements are the rules of what keeps its digits where a probability is nearly 0 or
// 1. ONNX has no such ops: those of a softmax are written as they are defined.
var complements = map[string]rule{
	"SigmoidComplement": func(c *call) value { return c.sigmoid(c.neg(c.x[0])) },
	"SigmoidResidual": func(c *call) value {
		z, y := c.x[0], c.x[1]
		hit, miss := c.product(c.affine(-1, y, 1), c.sigmoid(z)), c.product(y, c.sigmoid(c.neg(z)))
		return c.difference(hit, miss)
	},
	"SoftmaxComplement": func(c *call) value { return c.affine(-1, c.x[0], 1) },
	"Residual":          func(c *call) value { return c.difference(c.x[0], c.x[1]) },
	"ResidualOfTotal": func(c *call) value {
		s, y := c.x[0], c.x[1]
		return c.difference(c.product(s, c.sumOver(y, []int{c.int(0)}, true)), y)
	},
	"Centre": func(c *call) value {
		s, v := c.x[0], c.x[1]
		return c.difference(v, c.sumOver(c.weigh(s, v), []int{c.int(0)}, true))
	},
	"Weigh":    func(c *call) value { return c.weigh(c.x[0], c.x[1]) },
	"LogRatio": func(c *call) value { return c.difference(c.x[0], c.x[1]) },
	"LogCosh": func(c *call) value {
		a := c.do("Abs", c.x[0])
		return c.sum(a, c.affine(1, c.softplus(c.scale(-2, a)), -math.Ln2))
	},
	"Logit":   func(c *call) value { return c.difference(c.log(c.x[0]), c.log(c.affine(-1, c.x[0], 1))) },
	"Entropy": func(c *call) value { return c.entropy(c.x[0], c.log(c.x[0])) },
	"EntropyFromLogits": func(c *call) value {
		axis := attribute{"axis", int64(c.int(0))}
		return c.entropy(c.node("Softmax", c.x, axis), c.node("LogSoftmax", c.x, axis))
	},
	"Focal": func(c *call) value { return c.focal(c.x[0]) },
	"FocalLoss": perExample(func(c *call, a, y value) value {
		b := c.affine(-1, a, 1)
		hit, miss := c.product(c.power(b), c.log(a)), c.product(c.power(a), c.log(b))
		return c.neg(c.sum(c.weigh(y, hit), c.weigh(c.affine(-1, y, 1), miss)))
	}),
	"FocalLossFromLogits": perExample(func(c *call, z, y value) value {
		hit, miss := c.focal(z), c.focal(c.neg(z))
		return c.sum(c.product(y, hit), c.product(c.affine(-1, y, 1), miss))
	}),
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
