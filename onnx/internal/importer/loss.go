package importer

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// lossRules are those of losses.
var lossRules = map[string]rule{
	"NegativeLogLikelihoodLoss": func(c *call) []*Value { return c.one(c.likelihood(c.node(0))) },
	"SoftmaxCrossEntropyLoss": func(c *call) []*Value {
		logp := ops.LogSoftmax(c.node(0), 1)
		return append(c.one(c.likelihood(logp)), c.one(logp)...)
	},
}

// likelihood is −w[class]·log p[class], of log-probabilities (N, C, d…) and classes (N, d…), with
// weights of the classes or without, the sum, the mean by weight, or each. A class that is
// ignored has the weight 0.
func (c *call) likelihood(logp *graph.Node) *graph.Node {
	d := logp.Shape().Dims()
	if len(d) < 2 || graph.Symbolic(d[1]) {
		refuse("log-probabilities of shape %v: %w", logp.Shape(), graph.ErrShape)
	}
	labels := ops.ExpandDims(c.node(1), 1)
	ignored := math.NaN()
	if i, ok := attributeOf[int64](c, "ignore_index"); ok {
		ignored = float64(i)
	}
	counted := ops.OneMinus(ops.Equal(labels, c.number(ignored)))
	class := ops.Where(counted, labels, c.number(0))
	loss := ops.Neg(ops.GatherAlong(logp, 1, class))
	weight := counted
	if c.has(2) {
		weight = ops.Mul(counted, ops.Gather(c.node(2), 0, class))
	}
	loss = ops.Where(counted, ops.Mul(weight, loss), c.number(0))
	to := slices.Delete(d, 1, 2)
	switch reduction := c.text("reduction", "mean"); reduction {
	case "none":
		return ops.Reshape(loss, to...)
	case "sum":
		return ops.Sum(loss)
	case "mean":
		return ops.Div(ops.Sum(loss), ops.Sum(weight))
	default:
		refuse("its reduction is %q", reduction)
	}
	return nil
}
