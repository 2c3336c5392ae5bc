package samples

import (
	"adjoint/graph"
	"adjoint/ops"
)

// elementary are functions of which the programs that run files have few in float64.
var elementary = []Sample{
	single("Tan", Unit, ops.Tan),
	single("Asin", Unit, ops.Asin),
	single("Acos", Unit, ops.Acos),
	single("Atan", Any, ops.Atan),
	single("Sinh", Any, ops.Sinh),
	single("Cosh", Any, ops.Cosh),
	single("Asinh", Any, ops.Asinh),
	single("Acosh", Positive, func(z *node) *node { return ops.Acosh(ops.Shift(z, 1)) }),
	single("Atanh", Unit, ops.Atanh),
	of("Floor", Wide, ops.Floor),
	of("Ceil", Wide, ops.Ceil),
	of("Round", Wide, ops.Round),
	of("Trunc", Wide, ops.Trunc),
	of("Whole", Labels, func(z *node) *node { return ops.Whole(z, 0, 1) }),
	of("Narrow to float16", Any, func(z *node) *node { return ops.Narrow(z, ops.Float16) }),
	of("Narrow to float32", Any, func(z *node) *node { return ops.Narrow(z, ops.Float32) }),
	of2("Power", Positive, Any, ops.Power),
	of2("Mod", Any, Positive, ops.Mod),
	of("CumSum", Any, func(x *node) *node { return ops.CumSum(x, 0, false, true) }),
	of("CumSum of those before", Any, func(x *node) *node { return ops.CumSum(x, 1, true, false) }),
	of("ArgMax", Any, func(x *node) *node { return ops.ArgMax(x, 0) }),
	of("TopIndices", Any, func(x *node) *node { return ops.TopIndices(x, 0, 2) }),
	along("GatherAlong", func(x, index *node) *node { return ops.GatherAlong(ops.Square(x), 0, index) }),
	along("ScatterAlong", func(x, index *node) *node { return ops.ScatterAlong(ops.Square(x), 0, index, 4) }),
	{
		Name: "Range",
		X:    []Operand{{Any, nil}},
		F:    func(x ...*node) *node { return ops.Range(x[0], 4) },
	},
	{
		Name:   "Det",
		X:      []Operand{{Any, []int{2, 3, 3}}},
		F:      func(x ...*node) *node { return ops.StopGradient(ops.Det(x[0])) },
		Single: true,
	},
	{
		Name: "ScatterAdd",
		X:    []Operand{{Any, []int{4, 3}}, {Below(5), []int{4}}},
		F:    func(x ...*node) *node { return ops.ScatterAdd(ops.Square(x[0]), 0, x[1], 5) },
	},
}

// along is a sample of a function of a matrix and places on its first axis.
func along(name string, f func(x, index *node) *node) Sample {
	x := []Operand{{Any, []int{3, graph.Batch}}, {Below(3), []int{3, graph.Batch}}}
	return Sample{Name: name, X: x, F: func(x ...*node) *node { return f(x[0], x[1]) }}
}
