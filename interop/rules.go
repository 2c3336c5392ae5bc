package interop

import (
	"maps"
	"math"

	"gorgonia.org/gorgonia"
)

// rules are what ops become, by the names they describe themselves with.
var rules = union(pointwise, shaped, losses, uncertain)

// pointwise are the rules of constants and of ops that act entry by entry.
var pointwise = map[string]rule{
	// Leaves.
	"Const": func(c call) *node { return c.filled(c.shape, c.float(0)) },
	"Basis": func(c call) *node {
		return c.array(c.shape, func(i int) float64 { return indicator(i == c.int(0)) })
	},

	// What is its first input, but for derivatives.
	"Held":       func(c call) *node { return c.x[0] },
	"Recomputed": func(c call) *node { return c.x[0] },

	// Entry by entry, of two tensors of one shape.
	"Add":          binary(add),
	"Sub":          binary(sub),
	"Mul":          binary(mul),
	"Div":          binary(div),
	"DivOrZero":    binary(div),
	"DivPower":     func(c call) *node { return div(c.x[0], c.power(c.x[1], float64(c.int(0)))) },
	"Greater":      comparison(gorgonia.Gt),
	"GreaterEqual": comparison(gorgonia.Gte),
	"Less":         comparison(gorgonia.Lt),
	"LessEqual":    comparison(gorgonia.Lte),
	"Equal":        comparison(gorgonia.Eq),
	"Maximum":      between(gorgonia.MaxBetween),
	"Minimum":      between(gorgonia.MinBetween),
	"Where": func(c call) *node {
		holds := must(gorgonia.Ne(c.x[0], c.number(0), true))
		return add(mul(holds, c.x[1]), mul(sub(c.number(1), holds), c.x[2]))
	},

	"Drop": func(c call) *node {
		kept := must(gorgonia.Gte(c.x[1], c.number(c.float(0)), true))
		return mul(kept, c.scale(1/(1-c.float(0)), c.x[0]))
	},

	// Entry by entry, of one tensor.
	"Sigmoid":          unary(sigmoid),
	"Tanh":             unary(tanh),
	"Softplus":         unary(softplus),
	"Exp":              unary(exp),
	"Expm1":            unary(lift(gorgonia.Expm1)),
	"Log":              unary(log),
	"Log1p":            unary(lift(gorgonia.Log1p)),
	"Sqrt":             unary(sqrt),
	"Square":           unary(square),
	"Reciprocal":       unary(lift(gorgonia.Inverse)),
	"Abs":              unary(abs),
	"Sign":             unary(lift(gorgonia.Sign)),
	"Sin":              unary(lift(gorgonia.Sin)),
	"Cos":              unary(lift(gorgonia.Cos)),
	"Mish":             unary(lift(gorgonia.Mish)),
	"Pow":              func(c call) *node { return c.power(c.x[0], c.float(0)) },
	"Labels":           func(c call) *node { return c.x[0] },
	"DegreesOfFreedom": func(c call) *node { return c.affine(1, c.x[0], -c.float(0)) },
	"Affine":           func(c call) *node { return c.affine(c.float(0), c.x[0], c.float(1)) },
	"LeakyReLU":        func(c call) *node { return must(gorgonia.LeakyRelu(c.x[0], c.float(0))) },
	"ELU":              func(c call) *node { return c.elu(c.x[0], c.float(0)) },
	"SELU":             func(c call) *node { return c.scale(seluλ, c.elu(c.x[0], seluα)) },
	"SiLU":             func(c call) *node { return mul(c.x[0], sigmoid(c.x[0])) },
	"Softsign":         func(c call) *node { return div(c.x[0], c.affine(1, abs(c.x[0]), 1)) },
	"Clip":             func(c call) *node { return c.clip(c.x[0], c.float(0), c.float(1)) },
	"HardSigmoid": func(c call) *node {
		return c.scale(1./6, c.clip(c.affine(1, c.x[0], 3), 0, 6))
	},
	"GELUTanh": func(c call) *node {
		z := c.x[0]
		return mul(z, sigmoid(mul(z, c.affine(geluCubic, square(z), geluLinear))))
	},

	// Derivatives of these.
	"SigmoidPrime": func(c call) *node { return c.sigmoidPrime(c.x[0]) },
	"TanhPrime":    func(c call) *node { return c.tanhPrime(c.x[0]) },
	"SiLUPrime":    func(c call) *node { return add(sigmoid(c.x[0]), mul(c.x[0], c.sigmoidPrime(c.x[0]))) },
	"MishPrime": func(c call) *node {
		z, s := c.x[0], softplus(c.x[0])
		return add(tanh(s), mul(mul(z, c.tanhPrime(s)), sigmoid(z)))
	},
	"GELUTanhPrime": func(c call) *node {
		z, z2 := c.x[0], square(c.x[0])
		u, slope := mul(z, c.affine(geluCubic, z2, geluLinear)), c.affine(3*geluCubic, z2, geluLinear)
		return add(sigmoid(u), mul(mul(z, c.sigmoidPrime(u)), slope))
	},
	"Bell": func(c call) *node { return c.scale(c.float(0), exp(c.scale(-c.float(1), square(c.x[0])))) },
	"Step": func(c call) *node {
		z := c.x[0]
		return add(c.scale(c.float(0), c.test(gorgonia.Lt, z, 0)), c.scale(c.float(1), c.test(gorgonia.Gte, z, 0)))
	},
	"StepExp": func(c call) *node {
		above, below := c.test(gorgonia.Gt, c.x[0], 0), c.test(gorgonia.Lte, c.x[0], 0)
		return add(c.scale(c.float(0), mul(exp(mul(c.x[0], below)), below)), c.scale(c.float(1), above))
	},
	"Window": func(c call) *node { return c.scale(c.float(2), c.within(c.x[0], c.float(0), c.float(1))) },
}

// The constants of ops.SELU and ops.GELUTanh.
const (
	seluα      = 1.6732632423543772848170429916717
	seluλ      = 1.0507009873554804934193349852946
	geluLinear = 2 * math.Sqrt2 / math.SqrtPi
	geluCubic  = 0.044715 * geluLinear
)

func union(tables ...map[string]rule) map[string]rule {
	all := map[string]rule{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

func must(n *node, err error) *node { return gorgonia.Must(n, err) }

func lift(f func(*node) (*node, error)) func(*node) *node {
	return func(x *node) *node { return must(f(x)) }
}

func lift2(f func(a, b *node) (*node, error)) func(a, b *node) *node {
	return func(a, b *node) *node { return must(f(a, b)) }
}

// Functions of gorgonia, named so that formulas are short.
var (
	add      = lift2(gorgonia.Add)
	sub      = lift2(gorgonia.Sub)
	mul      = lift2(gorgonia.HadamardProd)
	div      = lift2(gorgonia.HadamardDiv)
	neg      = lift(gorgonia.Neg)
	abs      = lift(gorgonia.Abs)
	square   = lift(gorgonia.Square)
	sqrt     = lift(gorgonia.Sqrt)
	exp      = lift(gorgonia.Exp)
	log      = lift(gorgonia.Log)
	tanh     = lift(gorgonia.Tanh)
	sigmoid  = lift(gorgonia.Sigmoid)
	softplus = lift(gorgonia.Softplus)
)

func unary(f func(*node) *node) rule       { return func(c call) *node { return f(c.x[0]) } }
func binary(f func(a, b *node) *node) rule { return func(c call) *node { return f(c.x[0], c.x[1]) } }
func comparison(f comparer) rule           { return func(c call) *node { return must(f(c.x[0], c.x[1], true)) } }

// A comparer is a comparison of gorgonia's. If same is true its values are numbers of
// the operands' type, 1 and 0.
type comparer = func(a, b *node, same bool) (*node, error)

// between is for gorgonia's extrema of two tensors. They know no scalars, and at a
// tie take the first, where ours take the second.
func between(f func(a, b *node) (*node, error)) rule {
	return func(c call) *node {
		a, b := c.x[0], c.x[1]
		if len(c.shape) > 0 {
			return must(f(b, a))
		}
		one := []int{1}
		return sum(must(f(c.broadcast(b, one), c.broadcast(a, one))))
	}
}

// scale is αx.
func (b *builder) scale(α float64, x *node) *node {
	switch α {
	case 1:
		return x
	case -1:
		return neg(x)
	}
	return mul(b.number(α), x)
}

// affine is αx + β.
func (b *builder) affine(α float64, x *node, β float64) *node {
	switch {
	case β == 0:
		return b.scale(α, x)
	case α == -1:
		return sub(b.number(β), x)
	}
	return add(b.scale(α, x), b.number(β))
}

// power is xᵖ.
func (b *builder) power(x *node, p float64) *node { return must(gorgonia.Pow(x, b.number(p))) }

// test is 1 where a comparison of z with a number holds, else 0.
func (b *builder) test(f comparer, z *node, with float64) *node {
	return must(f(z, b.number(with), true))
}

// within is 1 where lo ≤ z ≤ hi, else 0.
func (b *builder) within(z *node, lo, hi float64) *node {
	return mul(b.test(gorgonia.Gte, z, lo), b.test(gorgonia.Lte, z, hi))
}

// clip is z moved into [lo, hi].
func (b *builder) clip(z *node, lo, hi float64) *node {
	y := mul(z, b.within(z, lo, hi))
	if !math.IsInf(lo, 0) {
		y = add(y, b.scale(lo, b.test(gorgonia.Lt, z, lo)))
	}
	if !math.IsInf(hi, 0) {
		y = add(y, b.scale(hi, b.test(gorgonia.Gt, z, hi)))
	}
	return y
}

// sigmoidPrime is a(1−a) with a = σ(z).
func (b *builder) sigmoidPrime(z *node) *node {
	a := sigmoid(z)
	return mul(a, b.affine(-1, a, 1))
}

// tanhPrime is 1−a² with a = tanh(z).
func (b *builder) tanhPrime(z *node) *node { return b.affine(-1, square(tanh(z)), 1) }

// elu is z for z > 0 and α(eᶻ−1) elsewhere.
func (b *builder) elu(z *node, α float64) *node {
	above, below := b.test(gorgonia.Gt, z, 0), b.test(gorgonia.Lte, z, 0)
	return add(mul(z, above), b.scale(α, must(gorgonia.Expm1(mul(z, below)))))
}

// indicator is 1 if true, else 0.
func indicator(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
