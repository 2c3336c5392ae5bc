package ops_test

import (
	"math"

	"adjoint/ops"
)

// rowsLarge are ops at sizes at which kernels work in blocks, in tiles or with
// several workers.
var rowsLarge = []row{
	{
		Name:   "MatMul(large)",
		F:      binary(ops.MatMul),
		Shapes: [][][]int{{{67, 130}, {130, 75}}},
		Value:  func(x ...array) array { return matMul(x[0], x[1]) },
	},
	{
		Name:   "Bias(large)",
		F:      binary(ops.Bias),
		Shapes: [][][]int{{{130, 1}, {130, 133}}},
		Entry:  func(x ...float64) float64 { return x[0] + x[1] },
	},
	{
		Name:    "Log(large)",
		F:       unary(ops.Log),
		Shapes:  [][][]int{{{129, 130}}},
		Domains: domains{between(0.1, 3)},
		Entry:   func(x ...float64) float64 { return math.Log(x[0]) },
	},
	{
		Name:   "Mul(large)",
		F:      binary(ops.Mul),
		Shapes: [][][]int{{{129, 130}, {130}}},
		Entry:  func(x ...float64) float64 { return x[0] * x[1] },
	},
	{
		Name:   "Sum(large)",
		F:      unary(func(x *node) *node { return ops.Sum(x, 0) }),
		Shapes: [][][]int{{{530, 33}}},
		Value: func(x ...array) array {
			s := array{Dims: []int{33}, Data: make([]float64, 33)}
			for i, v := range x[0].Data {
				s.Data[i%33] += v
			}
			return s
		},
	},
}
