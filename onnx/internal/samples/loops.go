package samples

import (
	"adjoint/ops"
)

// loop is a sample of a recurrence h' = tanh(wx + uh) over inputs (2, T, N), by Scan or ScanBack. The sums of w
// and u do not overflow: of those that do, the order decides whether tanh is ±1 or NaN.
func loop(name string, scan func(f ops.Step, start *node, x ...*node) *node, times int) Sample {
	return Sample{
		Name: name,
		X:    []Operand{{Columns, []int{3, 2}}, {Columns, []int{3, 3}}, {Any, []int{3, batch}}, {Any, []int{2, times, batch}}},
		F: func(x ...*node) *node {
			return scan(func(h *node, in ...*node) *node {
				return ops.Tanh(ops.Add(ops.MatMul(x[0], in[0]), ops.MatMul(x[1], h)))
			}, x[2], x[3])
		},
		Sums: true,
	}
}

// loops are the recurrences.
var loops = []Sample{
	loop("Scan", ops.Scan, 3),
	loop("ScanBack", ops.ScanBack, 4),
	{
		Name: "Scan with a mask", // where it is 0 the state stays
		X:    []Operand{{Any, []int{2, batch}}, {Any, []int{2, 3, batch}}, {Labels, []int{1, 3, batch}}},
		F: func(x ...*node) *node {
			return ops.Scan(func(s *node, in ...*node) *node {
				next := ops.Mul(ops.Sigmoid(s), in[0])
				return ops.Where(ops.BroadcastTo(in[1], s.Shape()), next, s)
			}, x[0], x[1], x[2])
		},
		Sums: true,
	},
}
