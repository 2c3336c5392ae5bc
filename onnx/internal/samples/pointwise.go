package samples

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// of is a sample of a function of one matrix (3, N).
func of(name string, values Domain, f func(z *node) *node) Sample {
	return Sample{Name: name, X: []Operand{{values, []int{3, batch}}}, F: func(x ...*node) *node { return f(x[0]) }}
}

// single is of, where ONNX Runtime has no kernel in float64.
func single(name string, values Domain, f func(z *node) *node) Sample {
	s := of(name, values, f)
	s.Single = true
	return s
}

var pointwise = []Sample{
	of("Affine", Any, func(z *node) *node { return ops.Affine(z, 2, -3) }),
	of("Scale", Any, func(z *node) *node { return ops.Scale(-0.5, z) }),
	of("Shift", Any, func(z *node) *node { return ops.Shift(z, 0.25) }),
	of("Neg", Any, ops.Neg),
	of("OneMinus", Any, ops.OneMinus),
	of("StopGradient", Any, func(z *node) *node { return ops.Mul(z, ops.StopGradient(z)) }),
	of("Recompute", Any, func(z *node) *node {
		return graph.Recompute(func(x ...*node) *node { return ops.Tanh(x[0]) }, z)
	}),
	of("Sigmoid", Any, ops.Sigmoid),
	of("Sigmoid far out", Wide, ops.Sigmoid),
	of("Tanh", Any, ops.Tanh),
	of("Tanh far out", Wide, ops.Tanh),
	of("Softplus", Any, ops.Softplus),
	of("Softplus far out", Wide, ops.Softplus),
	of("Exp", Any, ops.Exp),
	of("Expm1", Any, ops.Expm1),
	of("Expm1 near 0", Small, ops.Expm1),
	of("Log", Positive, ops.Log),
	of("Log of Sigmoid", Wide, func(z *node) *node { return ops.Log(ops.Sigmoid(z)) }),
	of("Log1p", Positive, ops.Log1p),
	of("Log1p near 0", Small, ops.Log1p),
	of("Sqrt", Positive, ops.Sqrt),
	of("Square", Any, ops.Square),
	of("Reciprocal", Positive, ops.Reciprocal),
	of("Sin", Any, ops.Sin),
	of("Cos", Any, ops.Cos),
	of("Pow", Positive, func(z *node) *node { return ops.Pow(z, 2.5) }),
	of("Cube", Any, func(z *node) *node { return ops.Pow(z, 3) }),
	single("Erf", Any, ops.Erf),
	of("Abs", Whole, ops.Abs),
	of("Sign", Whole, ops.Sign),
	of("ReLU", Whole, ops.ReLU),
	of("LeakyReLU", Whole, func(z *node) *node { return ops.LeakyReLU(z, 0.01) }),
	of("Clip", Whole, func(z *node) *node { return ops.Clip(z, -1, 1) }),
	of("Clip from below", Any, func(z *node) *node { return ops.Clip(z, 0.5, math.Inf(1)) }),
	of("Clip from above", Any, func(z *node) *node { return ops.Clip(z, math.Inf(-1), 0.5) }),
	of("HardSigmoid", Wide, ops.HardSigmoid),
	of("ELU", Any, func(z *node) *node { return ops.ELU(z, 0.7) }),
	of("ELU far out", Wide, func(z *node) *node { return ops.ELU(z, 1) }),
	of("SELU", Any, ops.SELU),
	of("SiLU", Any, ops.SiLU),
	of("Mish", Any, ops.Mish),
	of("Softsign", Any, ops.Softsign),
	of("GELUTanh", Any, ops.GELUTanh),
}

// tails are functions whose small values ONNX has no op for.
var tails = cancelling(Always, []Sample{single("GELU", Any, ops.GELU)})

// of2 is a sample of a function of two matrices (3, N).
func of2(name string, a, b Domain, f func(a, b *node) *node) Sample {
	x := []Operand{{a, []int{3, batch}}, {b, []int{3, batch}}}
	return Sample{Name: name, X: x, F: func(x ...*node) *node { return f(x[0], x[1]) }}
}

var pairwise = []Sample{
	of2("Add", Any, Any, ops.Add),
	of2("Sub", Any, Any, ops.Sub),
	of2("Mul", Any, Any, ops.Mul),
	of2("Div", Any, Positive, ops.Div),
	of2("Maximum", Whole, Whole, ops.Maximum),
	of2("Minimum", Whole, Whole, ops.Minimum),
	of2("Greater", Whole, Whole, ops.Greater),
	of2("GreaterEqual", Whole, Whole, ops.GreaterEqual),
	of2("Less", Whole, Whole, ops.Less),
	of2("LessEqual", Whole, Whole, ops.LessEqual),
	of2("Equal", Whole, Whole, ops.Equal),
	{
		Name: "Where",
		X:    []Operand{{Labels, []int{3, batch}}, {Any, []int{3, 1}}, {Any, []int{1, batch}}},
		F:    func(x ...*node) *node { return ops.Where(x[0], x[1], x[2]) },
	},
	{
		Name: "Add of a row and a column",
		X:    []Operand{{Any, []int{3, 1}}, {Any, []int{1, batch}}},
		F:    func(x ...*node) *node { return ops.Add(x[0], x[1]) },
	},
	{
		Name: "Mul with a scalar",
		X:    []Operand{{Any, []int{2, 1, batch}}, {Any, nil}},
		F:    func(x ...*node) *node { return ops.Mul(x[0], x[1]) },
	},
	{
		Name: "Add of constants",
		X:    []Operand{{Any, []int{1, batch}}},
		F: func(x ...*node) *node {
			g := x[0].Graph()
			column, row := ops.BroadcastTo(g.Const(2), graph.ShapeOf(3, 1)), ops.Mul(x[0], g.Const(3, 1, batch))
			return graph.Apply(graph.Add(row, row).Op(), ops.BroadcastTo(column, graph.ShapeOf(3, batch)), g.Const(0.5, 3, batch))
		},
	},
}
