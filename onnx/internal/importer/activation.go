package importer

import (
	"math"
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

var inf = math.Inf(1)

// activationRules are those of activations. Attributes are of float32: of the usual ones, such
// as the constants of SELU, the op of that name is made.
var activationRules = map[string]rule{
	"Relu":     unary(ops.ReLU),
	"Sigmoid":  unary(ops.Sigmoid),
	"Softplus": unary(ops.Softplus),
	"Softsign": unary(ops.Softsign),
	"Mish":     unary(ops.Mish),
	"LeakyRelu": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		return leaky(x, c.float("alpha", 0.01))
	}),
	"Elu": unaryWith(func(c *call, x *graph.Node) *graph.Node { return ops.ELU(x, c.float("alpha", 1)) }),
	"Selu": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		α, γ := c.float("alpha", float64(float32(seluα))), c.float("gamma", float64(float32(seluλ)))
		if float32(α) == float32(seluα) && float32(γ) == float32(seluλ) {
			return ops.SELU(x)
		}
		return ops.Scale(γ, ops.ELU(x, α))
	}),
	"Celu": unaryWith(func(c *call, x *graph.Node) *graph.Node { // α·elu(x/α)
		α := c.float("alpha", 1)
		return ops.Scale(α, ops.ELU(ops.Scale(1/α, x), 1))
	}),
	"Gelu": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		if c.text("approximate", "none") == "tanh" {
			return ops.GELUTanh(x)
		}
		return ops.GELU(x)
	}),
	"Swish": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		if α := c.float("alpha", 1); α != 1 {
			return ops.Mul(x, ops.Sigmoid(ops.Scale(α, x)))
		}
		return ops.SiLU(x)
	}),
	"HardSigmoid": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		return hardSigmoid(x, c.float("alpha", 0.2), c.float("beta", 0.5))
	}),
	"HardSwish": unary(func(x *graph.Node) *graph.Node { return ops.Mul(x, ops.HardSigmoid(x)) }),
	"ThresholdedRelu": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		return ops.Mul(x, ops.Greater(x, c.number(c.float("alpha", 1))))
	}),
	"Shrink": unaryWith(func(c *call, x *graph.Node) *graph.Node {
		λ, bias := c.float("lambd", 0.5), c.float("bias", 0)
		below := ops.Where(ops.Less(x, c.number(-λ)), ops.Shift(x, bias), c.number(0))
		return ops.Where(ops.Greater(x, c.number(λ)), ops.Shift(x, -bias), below)
	}),
	"PRelu": func(c *call) []*Value { // max(x, 0) + slope·min(x, 0)
		return c.mapped(c.x(0).Type, func(x ...*graph.Node) *graph.Node {
			zero := c.number(0)
			return ops.Where(ops.Less(x[0], zero), ops.Mul(x[1], x[0]), x[0])
		}, c.x(0), c.x(1))
	},
	"Softmax":    softmax(ops.Softmax),
	"LogSoftmax": softmax(ops.LogSoftmax),
	"Hardmax":    softmax(hardmax),
}

// The constants of SELU.
const (
	seluα = 1.6732632423543772848170429916717
	seluλ = 1.0507009873554804934193349852946
)

func leaky(x *graph.Node, α float64) *graph.Node {
	if α >= 0 && α <= 1 {
		return ops.LeakyReLU(x, α)
	}
	g := x.Graph()
	return ops.Where(ops.Less(x, g.Const(0)), ops.Scale(α, x), x)
}

func hardSigmoid(x *graph.Node, α, β float64) *graph.Node {
	if float32(α) == float32(1./6) && β == 0.5 {
		return ops.HardSigmoid(x)
	}
	return ops.Clip(ops.Affine(x, α, β), 0, 1)
}

// softmax is the rule of a function along an axis. Up to opset 12 it is over that axis and all
// after it together.
func softmax(f func(z *graph.Node, axis int) *graph.Node) rule {
	return func(c *call) []*Value {
		rank, missing := c.rank(0), -1
		if c.version < 13 {
			missing = 1
		}
		axis := c.axis("axis", missing, rank)
		if c.version < 13 && axis < rank-1 {
			flat := flattened(c.x(0).Shape, axis)
			y := f(ops.Reshape(c.node(0), flat...), 1)
			return c.one(ops.Reshape(y, c.dims(0)...))
		}
		l := c.x(0).layout()
		return []*Value{valueOf(c.x(0).Type, l, f(c.reader.node(c.x(0), l), l.axis(axis, rank)))}
	}
}

// hardmax is 1 at the first largest entry along an axis, else 0.
func hardmax(z *graph.Node, axis int) *graph.Node {
	at := ops.ExpandDims(ops.ArgMax(z, axis), axis)
	return ops.Equal(positions(z, axis), at)
}

// positions counts along an axis of x: 0, 1, 2, …, with extent 1 on the other axes.
func positions(x *graph.Node, axis int) *graph.Node {
	return numbered(x.Graph(), x.Shape().Dim(axis), axis, x.Shape().Rank())
}

// numbered is 0, 1, …, n−1 along an axis of so many, with extent 1 on the others.
func numbered(g *graph.Graph, n, axis, rank int) *graph.Node {
	d := slices.Repeat([]int{1}, rank)
	d[axis] = n
	return ops.Reshape(ops.Range(g.Const(0), n), d...)
}
