package interop

import (
	"math"
	"slices"
)

// uncertain are the rules of entropies, focal losses and what goes with them, as their
// definitions have them.
var uncertain = map[string]rule{
	"LogCosh": func(c call) *node {
		a := abs(c.x[0])
		return add(a, c.affine(1, softplus(c.scale(-2, a)), -math.Ln2))
	},
	"Logit": func(c call) *node { return sub(log(c.x[0]), log(c.affine(-1, c.x[0], 1))) },
	"Entropy": func(c call) *node {
		return c.entropy(c.x[0], log(c.x[0]))
	},
	"EntropyFromLogits": func(c call) *node {
		e, total := c.exponentials(c.x[0], c.int(0))
		return c.entropy(div(e, c.broadcast(total, slices.Clone(e.Shape()))), c.logSoftmax(c.x[0], c.int(0)))
	},
	"Focal": func(c call) *node { return c.focal(c.x[0]) },
	"FocalLoss": func(c call) *node {
		a, y := c.x[0], c.x[1]
		b := c.affine(-1, a, 1)
		hit, miss := mul(c.power(b, c.float(0)), log(a)), mul(c.power(a, c.float(0)), log(b))
		return c.sumTo(neg(add(mul(y, hit), mul(c.affine(-1, y, 1), miss))), c.shape)
	},
	"FocalLossFromLogits": func(c call) *node {
		z, y := c.x[0], c.x[1]
		return c.sumTo(add(mul(y, c.focal(z)), mul(c.affine(-1, y, 1), c.focal(neg(z)))), c.shape)
	},
}

// entropy is −Σ p⊙log p along an axis, which it takes away.
func (c call) entropy(p, log *node) *node {
	return c.reshape(c.sumTo(neg(mul(p, log)), kept(p.Shape(), c.int(0))), c.shape)
}

// focal is e^(−γ·softplus(z))·softplus(−z).
func (c call) focal(z *node) *node {
	return mul(exp(c.scale(-c.float(0), softplus(z))), softplus(neg(z)))
}
