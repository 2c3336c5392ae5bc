package interop

import (
	"slices"

	"gorgonia.org/gorgonia"
)

// softmax is the rule of a softmax along an axis.
func softmax(c call) *node {
	e, total := c.exponentials(c.x[0], c.int(0))
	return div(e, c.broadcast(total, c.shape))
}

// losses are the rules of softmax, losses and penalties. A loss sums over the
// components of each example, the rows.
var losses = map[string]rule{
	"Softmax":      softmax,
	"SumExpShares": softmax, // of lines that are finite
	"LogSoftmax":   func(c call) *node { return c.logSoftmax(c.x[0], c.int(0)) },
	"LogSumExp": func(c call) *node {
		axis := c.axes()[0]
		_, total := c.exponentials(c.x[0], axis)
		return c.reshape(add(log(total), c.peak(c.x[0], axis)), c.shape)
	},

	"LogLoss": func(c call) *node {
		a, y := c.x[0], c.x[1]
		hit, miss := mul(y, log(a)), mul(c.affine(-1, y, 1), log(c.affine(-1, a, 1)))
		return c.sumTo(neg(add(hit, miss)), c.shape)
	},
	"LogLossFromLogits": func(c call) *node {
		z, y := c.x[0], c.x[1]
		return c.sumTo(sub(softplus(z), mul(y, z)), c.shape)
	},
	"CrossEntropy": func(c call) *node { return c.sumTo(neg(mul(c.x[1], log(c.x[0]))), c.shape) },
	"CrossEntropyFromLogits": func(c call) *node {
		return c.sumTo(neg(mul(c.x[1], c.logSoftmax(c.x[0], 0))), c.shape)
	},
	"SparseCrossEntropyFromLogits": func(c call) *node {
		z, labels := c.x[0], c.x[1]
		return c.sumTo(neg(mul(c.oneHot(labels, z.Shape()), c.logSoftmax(z, 0))), c.shape)
	},
	"KL": func(c call) *node {
		p, q := c.x[0], c.x[1]
		return c.sumTo(mul(p, sub(log(p), log(q))), c.shape)
	},
	"KLFromLog": func(c call) *node {
		p, u := c.x[0], c.x[1]
		return c.sumTo(mul(p, sub(log(p), u)), c.shape)
	},
	"SquaredError":  func(c call) *node { return c.sumTo(square(sub(c.x[0], c.x[1])), c.shape) },
	"AbsoluteError": func(c call) *node { return c.sumTo(abs(sub(c.x[0], c.x[1])), c.shape) },
	"Huber": func(c call) *node {
		e, δ := abs(sub(c.x[0], c.x[1])), c.float(0)
		inner, outer := c.scale(0.5, square(e)), c.affine(δ, e, -δ*δ/2)
		h := add(mul(inner, c.test(gorgonia.Lte, e, δ)), mul(outer, c.test(gorgonia.Gt, e, δ)))
		return c.sumTo(h, c.shape)
	},
	"Hinge": func(c call) *node {
		return c.sumTo(must(gorgonia.Rectify(c.affine(-1, mul(c.x[0], c.x[1]), 1))), c.shape)
	},

	"L1Penalty": func(c call) *node { return c.scale(c.float(0)/(2*c.float(1)), sum(abs(c.x[0]))) },
	"L2Penalty": func(c call) *node { return c.scale(c.float(0)/(2*c.float(1)), sum(square(c.x[0]))) },
}

// peak is the maximum of z along an axis, which stays with extent 1.
func (b *builder) peak(z *node, axis int) *node {
	return b.reshape(max(z, axis), kept(z.Shape(), axis))
}

// shifted is z less its maximum along an axis. gorgonia's own SoftMax takes the
// maximum of a line from the first entry of the array.
func (b *builder) shifted(z *node, axis int) *node {
	return sub(z, b.broadcast(b.peak(z, axis), z.Shape()))
}

// exponentials are those of z, shifted, and their sums along the axis.
func (b *builder) exponentials(z *node, axis int) (e, total *node) {
	e = exp(b.shifted(z, axis))
	return e, b.sumTo(e, kept(z.Shape(), axis))
}

func (b *builder) logSoftmax(z *node, axis int) *node {
	_, total := b.exponentials(z, axis)
	return sub(b.shifted(z, axis), b.broadcast(log(total), slices.Clone(z.Shape())))
}
