package ops_test

import (
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"
)

var rowsBias = []row{{
	Name:   "Bias",
	F:      binary(ops.Bias),
	Shapes: [][][]int{{{3, 1}, {3, batch}}, {{1, 1}, {1, 1}}, {{2, 1}, {2, 4}}},
	Value: func(x ...array) array {
		b, u := x[0], x[1]
		return optest.ArrayOf(u.Dims, func(i []int) float64 { return u.At(i...) + b.At(i[0], 0) })
	},
}}

var rowsBroadcast = []row{
	{
		Name:   "BroadcastTo",
		F:      unary(func(x *node) *node { return ops.BroadcastTo(x, graph.ShapeOf(2, 3, 4)) }),
		Shapes: [][][]int{{{}}, {{4}}, {{3, 1}}, {{2, 1, 4}}, {{2, 3, 4}}},
		Value: func(x ...array) array {
			return optest.ArrayOf([]int{2, 3, 4}, x[0].Broadcast)
		},
	},
}
