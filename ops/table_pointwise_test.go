package ops_test

import (
	"fmt"
	"math"

	"adjoint/ops"
	"adjoint/optest"
)

// entry turns a function of one number into a row's plain reference.
func entry(f func(z float64) float64) func(x ...float64) float64 {
	return func(x ...float64) float64 { return f(x[0]) }
}

// at states the values and derivatives of an op of one input at some numbers.
func at(why string, x, y, prime []float64) []optest.Point {
	return []optest.Point{{X: [][]float64{x}, Y: y, R: [][]float64{prime}, Why: why}}
}

// orLimit is y, and the limit 0 at z = −∞, where the formula is −∞·0.
func orLimit(y, z float64) float64 {
	if math.IsInf(z, -1) {
		return 0
	}
	return y
}

func sign(z float64) float64 {
	if math.IsNaN(z) {
		return z
	}
	return truth(z > 0) - truth(z < 0)
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

var rowsActivation = []row{
	{
		Name:  "Sigmoid",
		F:     unary(ops.Sigmoid),
		Entry: entry(logistic),
		Points: at("σ(0) = ½, σ'(0) = ¼; σ'(±1000) is below the smallest number", []float64{0, 1000, -1000},
			[]float64{0.5, 1, 0}, []float64{0.25, 0, 0}),
	},
	{
		Name:   "Tanh",
		F:      unary(ops.Tanh),
		Entry:  entry(func(z float64) float64 { return 1 - 2/(math.Exp(2*z)+1) }),
		Points: at("tanh'(0) = 1", []float64{0, 1000, -1000}, []float64{0, 1, -1}, []float64{1, 0, 0}),
	},
	{
		Name:    "ReLU",
		F:       unary(ops.ReLU),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry:   entry(func(z float64) float64 { return math.Max(0, z) }),
		Points:  at("ReLU'(0) = 1 (2.1.3)", []float64{-3, 0, 4}, []float64{0, 0, 4}, []float64{0, 1, 1}),
	},
	{
		Name:    "LeakyReLU(0.1)",
		F:       unary(func(z *node) *node { return ops.LeakyReLU(z, 0.1) }),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry:   entry(func(z float64) float64 { return math.Max(0.1*z, z) }),
		Points:  at("ReLU'(0; β) = 1 (2.1.3)", []float64{-5, 0, 4}, []float64{-0.5, 0, 4}, []float64{0.1, 1, 1}),
	},
	{
		Name:    "ELU(1.5)",
		F:       unary(func(z *node) *node { return ops.ELU(z, 1.5) }),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry: entry(func(z float64) float64 {
			if z > 0 {
				return z
			}
			return 1.5 * (math.Exp(z) - 1)
		}),
		Points: at("ELU'(0) = α, as in the paper", []float64{-1000, 0, 4}, []float64{-1.5, 0, 4}, []float64{0, 1.5, 1}),
	},
	{
		Name:    "SELU",
		F:       unary(ops.SELU),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry: entry(func(z float64) float64 {
			if z > 0 {
				return 1.0507009873554805 * z
			}
			return 1.7580993408473766 * (math.Exp(z) - 1)
		}),
		Points: at("λ and λα of the paper", []float64{-1000, 0, 1}, []float64{-1.7580993408473766, 0, 1.0507009873554805},
			[]float64{0, 1.7580993408473766, 1.0507009873554805}),
	},
	{
		Name:   "Softplus",
		F:      unary(ops.Softplus),
		Entry:  entry(func(z float64) float64 { return math.Log(1 + math.Exp(z)) }),
		Points: at("softplus(0) = log 2", []float64{0, 1000, -1000}, []float64{math.Ln2, 1000, 0}, []float64{0.5, 1, 0}),
	},
	{
		Name:   "SiLU",
		F:      unary(ops.SiLU),
		Entry:  entry(func(z float64) float64 { return orLimit(z*logistic(z), z) }),
		Points: at("limits", []float64{0, 1000, -1000}, []float64{0, 1000, 0}, []float64{0.5, 1, 0}),
	},
	{
		Name:   "GELU",
		F:      unary(ops.GELU),
		Entry:  entry(func(z float64) float64 { return orLimit(0.5*z*(1+math.Erf(z/math.Sqrt2)), z) }),
		Points: at("limits", []float64{0, 1000, -1000}, []float64{0, 1000, 0}, []float64{0.5, 1, 0}),
	},
	{
		Name: "GELUTanh",
		F:    unary(ops.GELUTanh),
		Entry: entry(func(z float64) float64 {
			return orLimit(0.5*z*(1+math.Tanh(math.Sqrt(2/math.Pi)*(z+0.044715*z*z*z))), z)
		}),
		Points: at("limits", []float64{0, 1000, -1000, 1e30, -1e30}, []float64{0, 1000, 0, 1e30, 0}, []float64{0.5, 1, 0, 1, 0}),
	},
	{
		Name:   "Mish",
		F:      unary(ops.Mish),
		Entry:  entry(func(z float64) float64 { return orLimit(z*math.Tanh(math.Log(1+math.Exp(z))), z) }),
		Points: at("tanh(log 2) = 3/5", []float64{0, 1000, -1000}, []float64{0, 1000, 0}, []float64{0.6, 1, 0}),
	},
	{
		Name:    "Softsign",
		F:       unary(ops.Softsign),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry:   entry(func(z float64) float64 { return sign(z) - sign(z)/(1+math.Abs(z)) }),
		Points:  at("softsign'(0) = 1", []float64{0, 1, -3}, []float64{0, 0.5, -0.75}, []float64{1, 0.25, 0.0625}),
	},
	{
		Name:    "HardSigmoid",
		F:       unary(ops.HardSigmoid),
		Domains: domains{between(-5, -3, -3, 3, 3, 5)},
		Entry:   entry(func(z float64) float64 { return math.Max(0, math.Min(1, z/6+0.5)) }),
		Points: at("slope 1/6 at the kinks", []float64{-3, 0, 3, 4}, []float64{0, 0.5, 1, 1},
			[]float64{1. / 6, 1. / 6, 1. / 6, 0}),
	},
	{
		Name:  "Pointwise",
		F:     unary(gaussian),
		Entry: entry(func(z float64) float64 { return math.Exp(-z * z) }),
	},
	{
		Name:  "Entrywise",
		F:     unary(func(z *node) *node { return ops.Entrywise(swish{3}, z) }),
		Entry: entry(func(z float64) float64 { return z * logistic(3*z) }),
	},
}

// swish is z·σ(βz), a Family as a user writes one.
type swish struct{ β float64 }

func (s swish) Pointwise() *ops.Pointwise {
	return &ops.Pointwise{
		Name: fmt.Sprintf("swish(%g)", s.β),
		G:    func(z float64) float64 { return z * logistic(s.β*z) },
		Prime: func(z, a *node) *node { // σ + βa(1−σ)
			σ := ops.Sigmoid(ops.Scale(s.β, z))
			return ops.Add(σ, ops.Mul(ops.Scale(s.β, a), ops.OneMinus(σ)))
		},
	}
}

var positive = domains{between(0.1, 3)}

var rowsElementary = []row{
	{Name: "Exp", F: unary(ops.Exp), Entry: entry(math.Exp)},
	{Name: "Expm1", F: unary(ops.Expm1), Entry: entry(math.Expm1)},
	{
		Name:    "Log",
		F:       unary(ops.Log),
		Domains: positive,
		Entry:   entry(math.Log),
		Points:  at("the ends of the domain", []float64{0, 1, math.Inf(1)}, []float64{math.Inf(-1), 0, math.Inf(1)}, []float64{math.Inf(1), 1, 0}),
	},
	{
		Name:    "Log1p",
		F:       unary(ops.Log1p),
		Domains: domains{between(-0.9, 2)},
		Entry:   entry(math.Log1p),
		Points:  at("near 0 it is z", []float64{1e-20, -1}, []float64{1e-20, math.Inf(-1)}, []float64{1, math.Inf(1)}),
	},
	{
		Name:    "Sqrt",
		F:       unary(ops.Sqrt),
		Domains: positive,
		Entry:   entry(math.Sqrt),
		Points:  at("the slope at 0 is infinite", []float64{0, 4}, []float64{0, 2}, []float64{math.Inf(1), 0.25}),
	},
	{
		Name:    "Reciprocal",
		F:       unary(ops.Reciprocal),
		Domains: domains{between(-3, -0.2, 0.2, 3)},
		Entry:   entry(func(z float64) float64 { return 1 / z }),
	},
	{Name: "Square", F: unary(ops.Square), Entry: entry(func(z float64) float64 { return z * z })},
	{
		Name:    "Abs",
		F:       unary(ops.Abs),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry:   entry(math.Abs),
		Points:  at("abs'(0) = sign(0) = 0", []float64{-2, 0, 2}, []float64{2, 0, 2}, []float64{-1, 0, 1}),
	},
	{
		Name:    "Sign",
		F:       unary(ops.Sign),
		Domains: domains{between(-2, 0, 0, 2)},
		Entry:   entry(func(z float64) float64 { return sign(z) }),
		Points:  at("sign(0) = 0", []float64{-2, 0, 2}, []float64{-1, 0, 1}, []float64{0, 0, 0}),
	},
	{Name: "Sin", F: unary(ops.Sin), Entry: entry(math.Sin)},
	{Name: "Cos", F: unary(ops.Cos), Entry: entry(math.Cos)},
	{Name: "Erf", F: unary(ops.Erf), Entry: entry(math.Erf)},
	powRow(0, between(-2, 2)), powRow(1, between(-2, 2)), powRow(3, between(-2, 2)),
	powRow(-2, between(-3, -0.3, 0.3, 3)), powRow(2.5, between(0.1, 3)),
	{
		Name:    "Clip(-1, 0.5)",
		F:       unary(func(z *node) *node { return ops.Clip(z, -1, 0.5) }),
		Domains: domains{between(-2, -1, -1, 0.5, 0.5, 2)},
		Entry:   entry(func(z float64) float64 { return math.Max(-1, math.Min(z, 0.5)) }),
		Points: at("slope 1 at the ends, as PyTorch", []float64{-2, -1, 0, 0.5, 2}, []float64{-1, -1, 0, 0.5, 0.5},
			[]float64{0, 1, 1, 1, 0}),
	},
	{
		Name:   "Affine(-2, 3)",
		F:      unary(func(z *node) *node { return ops.Affine(z, -2, 3) }),
		Entry:  entry(func(z float64) float64 { return -2*z + 3 }),
		Points: at("by hand", []float64{5}, []float64{-7}, []float64{-2}),
	},
	{Name: "Scale(4)", F: unary(func(z *node) *node { return ops.Scale(4, z) }), Entry: entry(func(z float64) float64 { return 4 * z })},
	{Name: "Shift(4)", F: unary(func(z *node) *node { return ops.Shift(z, 4) }), Entry: entry(func(z float64) float64 { return z + 4 })},
	{Name: "Neg", F: unary(ops.Neg), Entry: entry(func(z float64) float64 { return 0 - z })},
	{Name: "OneMinus", F: unary(ops.OneMinus), Entry: entry(func(z float64) float64 { return 1 - z })},
}

func powRow(p float64, d optest.Domain) row {
	return row{
		Name:    fmt.Sprintf("Pow(%g)", p),
		F:       unary(func(z *node) *node { return ops.Pow(z, p) }),
		Domains: domains{d},
		Entry:   entry(func(z float64) float64 { return math.Pow(z, p) }),
	}
}

// pairs are the shapes of two operands that the rows of binary ops share.
var pairs = [][][]int{{{}, {}}, {{5}, {5}}, {{2, 3}, {3}}, {{2, 1}, {1, 3}}, {{}, {2, 3}}, {{3, batch}, {3, 1}}, {{1, batch}, {3, batch}}}

var triples = [][][]int{{{}, {}, {}}, {{4}, {4}, {4}}, {{2, 1}, {3}, {}}, {{1, batch}, {3, batch}, {3, 1}}, {{}, {2, 1}, {1, 3}}}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func compareRow(name string, f func(a, b *node) *node, holds func(a, b float64) bool) row {
	return row{
		Name:    name,
		F:       binary(f),
		Shapes:  pairs,
		Domains: domains{values(-1, 0, 2)},
		Entry:   func(x ...float64) float64 { return truth(holds(x[0], x[1])) },
	}
}

var rowsArith = []row{
	{Name: "Add", F: binary(ops.Add), Shapes: pairs, Entry: func(x ...float64) float64 { return x[0] + x[1] }},
	{Name: "Sub", F: binary(ops.Sub), Shapes: pairs, Entry: func(x ...float64) float64 { return x[0] - x[1] }},
	{Name: "Mul", F: binary(ops.Mul), Shapes: pairs, Entry: func(x ...float64) float64 { return x[0] * x[1] }},
	{
		Name: "Div", F: binary(ops.Div), Shapes: pairs,
		Domains: domains{between(-2, 2), between(-3, -0.3, 0.3, 3)},
		Entry:   func(x ...float64) float64 { return x[0] / x[1] },
	},
	{
		Name: "Maximum", F: binary(ops.Maximum), Shapes: pairs,
		Domains: domains{between(-2, -1, 0, 1), between(-1, 0, 1, 2)},
		Entry:   func(x ...float64) float64 { return math.Max(x[0], x[1]) },
		Points: []optest.Point{{X: [][]float64{{1, 2, 3}, {3, 2, 1}}, Y: []float64{3, 2, 3},
			R: [][]float64{{0, 0, 1}, {1, 1, 0}}, Why: "a tie goes to b"}},
	},
	{
		Name: "Minimum", F: binary(ops.Minimum), Shapes: pairs,
		Domains: domains{between(-2, -1, 0, 1), between(-1, 0, 1, 2)},
		Entry:   func(x ...float64) float64 { return math.Min(x[0], x[1]) },
		Points: []optest.Point{{X: [][]float64{{1, 2, 3}, {3, 2, 1}}, Y: []float64{1, 2, 1},
			R: [][]float64{{1, 0, 0}, {0, 1, 1}}, Why: "a tie goes to b"}},
	},
	{
		Name: "Where", F: ternary(ops.Where), Shapes: triples,
		Domains: domains{values(0, 1, -2), between(-2, 2)},
		Entry: func(x ...float64) float64 {
			if x[0] != 0 {
				return x[1]
			}
			return x[2]
		},
	},
	{
		Name:   "Dropout",
		F:      unary(func(x *node) *node { return ops.Dropout(x, 0.4) }),
		Entry:  entry(func(z float64) float64 { return z }),
		Points: at("in prediction it is x", []float64{-1, 2}, []float64{-1, 2}, []float64{1, 1}),
	},
	{
		Name:    "Drop",
		F:       binary(func(x, u *node) *node { return ops.Drop(x, u, 0.4) }),
		Domains: domains{between(-2, 2), values(0, 0.2, 0.5, 0.9)},
		Shapes:  [][][]int{{{}, {}}, {{3}, {3}}, {{2, 3}, {2, 3}}, {{2, batch}, {2, batch}}},
		Entry: func(x ...float64) float64 {
			if x[1] >= 0.4 {
				return x[0] / 0.6
			}
			return x[1] - x[1]
		},
	},
	compareRow("Greater", ops.Greater, func(a, b float64) bool { return a > b }),
	compareRow("GreaterEqual", ops.GreaterEqual, func(a, b float64) bool { return a >= b }),
	compareRow("Less", ops.Less, func(a, b float64) bool { return a < b }),
	compareRow("LessEqual", ops.LessEqual, func(a, b float64) bool { return a <= b }),
	compareRow("Equal", ops.Equal, func(a, b float64) bool { return a == b }),
	{
		Name:   "StopGradient",
		F:      unary(ops.StopGradient),
		Entry:  entry(func(z float64) float64 { return z }),
		Points: at("a constant to derivatives", []float64{-1, 2}, []float64{-1, 2}, []float64{0, 0}),
		Exempt: map[optest.Law]string{
			optest.Differential: "its derivative is zero by definition",
			optest.Reverse:      "its derivative is zero by definition",
		},
	},
}
