package samples

import (
	"adjoint/graph"
	"adjoint/ops"
)

// on is a sample of a function of one tensor of numbers.
func on(name string, f func(x *node) *node, shape ...int) Sample {
	return Sample{Name: name, X: []Operand{{Any, shape}}, F: func(x ...*node) *node { return f(x[0]) }}
}

// adding is on, of a function that adds up over the examples.
func adding(name string, f func(x *node) *node, shape ...int) Sample {
	s := on(name, f, shape...)
	s.Sums = true
	return s
}

// on2 is a sample of a function of two tensors of numbers.
func on2(name string, f func(a, b *node) *node, a, b []int) Sample {
	return Sample{Name: name, X: []Operand{{Any, a}, {Any, b}}, F: func(x ...*node) *node { return f(x[0], x[1]) }}
}

func einsum(spec string) func(a, b *node) *node {
	return func(a, b *node) *node { return ops.Einsum(spec, a, b) }
}

var shaped = []Sample{
	on2("MatMul", ops.MatMul, []int{2, 3}, []int{3, batch}),
	on2("MatMul of stacks", ops.MatMul, []int{2, 2, 3}, []int{3, batch}),
	on2("Bias", ops.Bias, []int{3, 1}, []int{3, batch}),
	on2("Outer", ops.Outer, []int{3}, []int{4}),
	on2("Einsum", einsum("ij,jk->ik"), []int{2, 3}, []int{3, batch}),
	on2("Einsum of batches", einsum("bij,bjk->bik"), []int{batch, 2, 3}, []int{batch, 3, 2}),
	on2("Einsum to a scalar", einsum("ij,ij->"), []int{3, batch}, []int{3, batch}),
	on("T", func(x *node) *node { return ops.T(ops.Square(x)) }, 3, batch),
	on("Transpose of three axes", func(x *node) *node { return ops.Transpose(x, 1, 2, 0) }, 2, 3, batch),
	on("Reshape", func(x *node) *node { return ops.Reshape(x, 2, 3, batch) }, 6, batch),
	on("Reshape of two batches", func(x *node) *node { return ops.Reshape(x, batch, 2, 2, batch) }, batch, 4, batch),
	on("ExpandDims", func(x *node) *node { return ops.ExpandDims(x, 1) }, 3, batch),
	on("Squeeze", func(x *node) *node { return ops.Squeeze(x) }, 1, batch, 1),
	on("BroadcastTo", func(x *node) *node { return ops.BroadcastTo(x, graph.ShapeOf(2, 3, batch)) }, 3, 1),
	on("BroadcastTo a fixed shape", func(x *node) *node { return ops.BroadcastTo(x, graph.ShapeOf(3, 4)) }, 1, 4),
	adding("SumTo", func(x *node) *node { return ops.SumTo(x, graph.ShapeOf(3, 1)) }, 2, 3, batch),
	adding("SumTo a scalar", func(x *node) *node { return ops.SumTo(x, graph.ShapeOf()) }, 3, batch),
	adding("SumTo a column", func(x *node) *node { return ops.SumTo(x, graph.ShapeOf(3, 1)) }, 3, batch),
	on("Slice", func(x *node) *node { return ops.Slice(x, 0, 1, 3) }, 4, batch),
	on2("Concat", func(a, b *node) *node { return ops.Concat(0, a, b) }, []int{2, batch}, []int{3, batch}),
	on2("Stack", func(a, b *node) *node { return ops.Stack(1, a, b) }, []int{3, batch}, []int{3, batch}),
	{
		Name: "Concat with a tangent of zero",
		X:    []Operand{{Any, []int{2, batch}}, {Any, []int{1, batch}}},
		F: func(x ...*node) *node {
			return graph.JVP(ops.Concat(0, x[0], x[1]), []*node{x[0]}, []*node{ops.Square(x[0])})
		},
	},
	{
		Name: "Gather",
		X:    []Operand{{Any, []int{4, 3}}, {Below(4), []int{1, batch}}},
		F:    func(x ...*node) *node { return ops.Gather(ops.Square(x[0]), 0, x[1]) },
	},
	{
		Name: "Gather on the last axis",
		X:    []Operand{{Any, []int{2, batch, 3}}, {Below(3), []int{4}}},
		F:    func(x ...*node) *node { return ops.Gather(ops.Square(x[0]), 2, x[1]) },
	},
	{
		Name: "Gather one",
		X:    []Operand{{Any, []int{4, 3}}, {Below(3), nil}},
		F:    func(x ...*node) *node { return ops.Gather(ops.Square(x[0]), 1, x[1]) },
	},
	{
		Name: "OneHot",
		X:    []Operand{{Below(4), []int{1, batch}}},
		F:    func(x ...*node) *node { return ops.OneHot(x[0], 4) },
	},
	on("Jacobian", func(x *node) *node {
		rows := graph.Jacobian(ops.Sin(ops.Sum(ops.Square(x), 1)), x)
		return ops.Concat(0, rows...)
	}, 2, 3),
	on("BatchSize", func(x *node) *node { return ops.Scale(0.5, x.Graph().BatchSize()) }, 1, batch),
	on("Count", func(x *node) *node { return ops.Mul(x, ops.Count(x)) }, batch, 2, batch),
}

var reductions = cancelling(InDerivatives, []Sample{
	adding("Sum", func(x *node) *node { return ops.Sum(x) }, 3, batch),
	adding("Sum of columns", func(x *node) *node { return ops.Sum(x, 1) }, 3, batch),
	adding("Sum of outer axes", func(x *node) *node { return ops.Sum(x, 0, 2) }, 2, 3, batch),
	on("Sum of a scalar", func(x *node) *node { return ops.Sum(x) }),
	adding("Mean", func(x *node) *node { return ops.Mean(x) }, 3, batch),
	on("Mean of rows", func(x *node) *node { return ops.Mean(x, 0) }, 3, batch),
	adding("Variance", func(x *node) *node { return ops.Variance(x, 1) }, 3, batch),
	on("Norm1", func(x *node) *node { return ops.Norm1(x, 0) }, 3, batch),
	on("Norm2", func(x *node) *node { return ops.Norm2(x) }, 3, batch),
	on("Norm2 of columns", func(x *node) *node { return ops.Norm2(x, 0) }, 3, batch),
	on("Norm2 of a scalar", func(x *node) *node { return ops.Norm2(x) }),
	on("Norm2 of 0", func(x *node) *node { return ops.Norm2(ops.Scale(0, x), 0) }, 3, batch),
	on("Max", func(x *node) *node { return ops.Max(x, 0) }, 3, batch),
	of("Max with ties", Whole, func(x *node) *node { return ops.Max(x) }),
	of("Min with ties", Whole, func(x *node) *node { return ops.Min(x, 1) }),
	on("LogSumExp", func(x *node) *node { return ops.LogSumExp(x, 0) }, 3, batch),
	of("LogSumExp far out", Wide, func(x *node) *node { return ops.LogSumExp(x) }),
	on("Softmax", func(x *node) *node { return ops.Softmax(x, 0) }, 3, batch),
	of("Softmax far out", Wide, func(x *node) *node { return ops.Softmax(x, 1) }),
	on("LogSoftmax", func(x *node) *node { return ops.LogSoftmax(x, 0) }, 3, batch),
	of("Log of Softmax", Wide, func(x *node) *node { return ops.Log(ops.Softmax(x, 0)) }),
	on2("Dot", ops.Dot, []int{3, batch}, []int{3, batch}),
	{
		Name: "Prod",
		X:    []Operand{{Whole, []int{2, 3, batch}}},
		F:    func(x ...*node) *node { return ops.Prod(x[0], 1) },
		Once: true,
	},
	{
		Name: "Prod of columns",
		X:    []Operand{{NearOne, []int{3, batch}}},
		F:    func(x ...*node) *node { return ops.Prod(x[0], 1) },
		Once: true,
	},
})
