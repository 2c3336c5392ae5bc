package samples

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Random returns a formula of a few random ops, in which values are broadcast,
// reduced, moved and shared, with the gradient of a sum of them. The choices are
// those of intn, a number from 0 to n−1.
func Random(dtype tensor.Dtype, intn func(n int) int) *Formula {
	f := &Formula{named: map[string]bool{}}
	b := builder{f, graph.NewOf(dtype), map[string]*node{}}
	var wrt, pool []*node
	for i, shape := range [][]int{{3, batch}, {1, batch}, {batch, 2}} {
		wrt = append(wrt, b.input(fmt.Sprintf("x%d", i), Operand{Any, shape}))
	}
	for i, shape := range [][]int{{2, 3}, {3, 1}, {3}, {}} {
		v := make([]float64, size(shape))
		for k := range v {
			v[k] = float64(intn(2001)-1000) / 500
		}
		wrt = append(wrt, b.g.Param(fmt.Sprintf("w%d", i), denseOf(dtype, shape, v)))
	}
	pool = append(pool, wrt...)
	pool = append(pool, b.g.Const(0.5, 3, batch), b.g.Const(2), ops.Tanh(b.g.BatchSize()))
	pick := func() *node { return pool[intn(len(pool))] }
	cost := b.g.Const(0)
	for i := range 4 + intn(12) {
		y := random[intn(len(random))](pick(), pick(), intn)
		if y.Err() != nil || y.Op() == nil || y.Shape().Rank() > 4 {
			continue // these operands do not fit
		}
		pool = append(pool, y)
		cost = ops.Add(cost, ops.Mean(ops.Tanh(y)))
		b.output(fmt.Sprintf("y%d", i), y)
	}
	b.output("cost", cost)
	for i, r := range graph.Gradient(cost, wrt...) {
		b.output(fmt.Sprintf("r%d", i), r)
	}
	return f
}

// random are functions of two nodes, of which not all take all shapes, that keep
// values in bounds.
var random = []func(a, b *node, intn func(n int) int) *node{
	func(a, _ *node, _ func(int) int) *node { return ops.Tanh(a) },
	func(a, _ *node, _ func(int) int) *node { return ops.Sigmoid(a) },
	func(a, _ *node, _ func(int) int) *node { return ops.Softplus(ops.Tanh(a)) },
	func(a, _ *node, _ func(int) int) *node { return ops.Exp(ops.Sin(a)) },
	func(a, _ *node, _ func(int) int) *node { return ops.SiLU(ops.Tanh(a)) },
	func(a, _ *node, _ func(int) int) *node { return ops.Affine(a, 0.5, -0.25) },
	func(a, _ *node, _ func(int) int) *node { return ops.Log(ops.Sigmoid(a)) },
	func(a, b *node, _ func(int) int) *node { return ops.Add(a, b) },
	func(a, b *node, _ func(int) int) *node { return ops.Sub(a, b) },
	func(a, b *node, _ func(int) int) *node { return ops.Mul(ops.Tanh(a), b) },
	func(a, b *node, _ func(int) int) *node { return ops.Mul(ops.Sigmoid(a), a) },
	func(a, b *node, _ func(int) int) *node { return ops.Div(a, ops.Shift(ops.Square(b), 1)) },
	func(a, b *node, _ func(int) int) *node { return ops.Where(ops.Greater(a, b), a, b) },
	func(a, b *node, _ func(int) int) *node { return ops.Tanh(ops.MatMul(a, b)) },
	func(a, b *node, _ func(int) int) *node { return ops.Tanh(ops.MatMul(ops.T(a), b)) },
	func(a, b *node, _ func(int) int) *node { return ops.Bias(a, b) },
	func(a, b *node, _ func(int) int) *node { return ops.SquaredError(ops.Tanh(a), ops.Tanh(b)) },
	func(a, b *node, _ func(int) int) *node { return ops.LogLoss(ops.Sigmoid(a), ops.Sigmoid(b)) },
	func(a, b *node, _ func(int) int) *node { return ops.CrossEntropy(ops.Softmax(a, 0), ops.Softmax(b, 0)) },
	func(a, b *node, _ func(int) int) *node { return ops.BroadcastTo(a, b.Shape()) },
	func(a, b *node, _ func(int) int) *node { return ops.SumTo(ops.Tanh(a), b.Shape()) },
	func(a, _ *node, _ func(int) int) *node { return ops.Transpose(a) },
	func(a, _ *node, intn func(int) int) *node { return ops.Mean(a, intn(3)) },
	func(a, _ *node, intn func(int) int) *node { return ops.Tanh(ops.Sum(a, intn(3))) },
	func(a, _ *node, intn func(int) int) *node { return ops.Norm2(ops.Shift(a, 3), intn(3)) },
	func(a, _ *node, intn func(int) int) *node { return ops.Softmax(a, intn(3)) },
	func(a, _ *node, intn func(int) int) *node { return ops.LogSumExp(a, intn(3)) },
	func(a, _ *node, intn func(int) int) *node { return ops.ExpandDims(a, intn(3)) },
	func(a, _ *node, intn func(int) int) *node { return ops.Slice(a, intn(2), 0, 1+intn(2)) },
	func(a, b *node, intn func(int) int) *node { return ops.Concat(intn(2), a, b) },
}
