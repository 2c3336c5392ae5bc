package onnx

import (
	"math"

	"adjoint/onnx/internal/proto"
)

// activations are the rules of activations and of their derivatives.
//
// ONNX has ops for most of them. Where ONNX Runtime computes such an op less
// accurately than the engine it is composed: σ(z) and eᶻ−1 keep their digits where they
// are small, and nothing is ∞·0 or ∞/∞ at z = ±∞.
var activations = map[string]rule{
	"Sigmoid":  unary((*call).sigmoid),
	"Tanh":     native("Tanh"),
	"Softplus": unary((*call).softplus),
	"Softsign": func(c *call) value {
		z := c.clip(c.x[0], -c.largest(), c.largest())
		return c.quotient(z, c.affine(1, c.do("Abs", z), 1))
	},
	"LeakyReLU": func(c *call) value {
		switch β := c.float(0); {
		case β == 0:
			return c.do("Relu", c.x[0])
		case c.element == proto.Float32:
			return c.node("LeakyRelu", c.x, attribute("alpha", float32(β)))
		default:
			return c.do("Max", c.scale(β, c.x[0]), c.x[0])
		}
	},
	"ELU":  func(c *call) value { return c.expLinear(c.x[0], 1, c.float(0)) },
	"SELU": func(c *call) value { return c.expLinear(c.x[0], seluλ, seluλ*seluα) },
	"HardSigmoid": native32("HardSigmoid", func(c *call) value {
		return c.scale(1./6, c.clip(c.affine(1, c.x[0], 3), 0, 6))
	}, attribute("alpha", float32(1./6)), attribute("beta", float32(0.5))),
	"SiLU": func(c *call) value { return c.gated(c.x[0], c.x[0]) },
	"Mish": func(c *call) value {
		z := c.fromBelow(c.x[0])
		return c.product(z, c.tanh(c.softplus(z)))
	},
	"GELU": func(c *call) value {
		z := c.fromBelow(c.x[0])
		return c.product(z, c.normal(z))
	},
	"GELUTanh": func(c *call) value {
		z := c.x[0]
		return c.gated(z, c.product(z, c.affine(geluCubic, c.square(z), geluLinear)))
	},

	// Derivatives of these.
	"SigmoidPrime": unary((*call).sigmoidPrime),
	"TanhPrime":    unary((*call).tanhPrime),
	"SiLUPrime": func(c *call) value {
		z := c.near(c.x[0])
		return c.sum(c.sigmoid(z), c.product(z, c.sigmoidPrime(z)))
	},
	"MishPrime": func(c *call) value {
		z := c.near(c.x[0])
		s := c.softplus(z)
		return c.sum(c.tanh(s), c.product(c.product(z, c.tanhPrime(s)), c.sigmoid(z)))
	},
	"GELUPrime": func(c *call) value {
		z := c.near(c.x[0])
		return c.sum(c.normal(z), c.product(z, c.bell(z, 1/(math.Sqrt2*math.SqrtPi), 0.5)))
	},
	"GELUTanhPrime": func(c *call) value {
		z := c.near(c.x[0])
		z2 := c.square(z)
		v, slope := c.product(z, c.affine(geluCubic, z2, geluLinear)), c.affine(3*geluCubic, z2, geluLinear)
		return c.sum(c.sigmoid(v), c.product(c.product(z, c.sigmoidPrime(v)), slope))
	},
}

// The constants of ops.SELU and ops.GELUTanh.
const (
	seluα      = 1.6732632423543772848170429916717
	seluλ      = 1.0507009873554804934193349852946
	geluLinear = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic  = 0.044715 * geluLinear
)

// far is where e^−z is 0 in either type: beyond ±far an activation is 0, z, or what it
// is at ±∞, and its derivative 0 or 1.
const far = 1000

// near is z moved into [−far, far].
func (c *call) near(z value) value { return c.clip(z, -far, far) }

// fromBelow is z moved up to −far: a factor of what is 0 there.
func (c *call) fromBelow(z value) value { return c.clip(z, -far, math.Inf(1)) }

// sigmoid is σ(z) = 1/(1+e⁻ᶻ). ONNX Runtime has 0 for its Sigmoid where that is less
// than the rounding of 1.
func (c *call) sigmoid(z value) value { return c.do("Reciprocal", c.sigmoidDivisor(z)) }

// gated is z·σ(v), v of the sign of z and as large at least. It is 0 at −∞.
func (c *call) gated(z, v value) value {
	return c.quotient(c.fromBelow(z), c.sigmoidDivisor(v))
}

// sigmoidDivisor is 1/σ(z) = 1+e⁻ᶻ.
func (c *call) sigmoidDivisor(z value) value { return c.affine(1, c.exp(c.neg(z)), 1) }

// sigmoidPrime is σ'(z) = e/(1+e)², e = e^−|z|.
func (c *call) sigmoidPrime(z value) value {
	e := c.exp(c.neg(c.do("Abs", z)))
	return c.quotient(e, c.square(c.affine(1, e, 1)))
}

// tanhPrime is tanh'(z) = 4σ'(2z).
func (c *call) tanhPrime(z value) value { return c.scale(4, c.sigmoidPrime(c.scale(2, z))) }

// softplus is log(1+eᶻ).
func (c *call) softplus(z value) value {
	if c.element == proto.Float32 {
		return c.do("Softplus", z)
	}
	return c.sum(c.do("Relu", z), c.softplusOfMinus(c.do("Abs", z)))
}

// softplusOfMinus is log(1+e⁻ˢ), s ≥ 0.
func (c *call) softplusOfMinus(s value) value {
	if c.element == proto.Float32 {
		return c.do("Softplus", c.neg(s))
	}
	return c.log1p(c.exp(c.neg(s)))
}

// expLinear is right·z for z > 0 and left·(eᶻ−1) for z ≤ 0.
func (c *call) expLinear(z value, right, left float64) value {
	return c.where(c.do("Greater", z, c.number(0)), c.scale(right, z), c.scale(left, c.expm1(z)))
}

// normal is Φ(z) = ½(1 + erf(z/√2)).
func (c *call) normal(z value) value {
	return c.affine(0.5, c.do("Erf", c.scale(1/math.Sqrt2, z)), 0.5)
}
