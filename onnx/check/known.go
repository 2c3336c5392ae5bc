package main

import (
	"io"
	"math"
	"strings"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A known is a function of a column x whose values, for numbers that are easily too
// large or too small, are known without the engine.
type known struct {
	name    string
	f       func(x *graph.Node) *graph.Node
	x, want []float64
}

// first is the label 0 of every example.
func first(z *graph.Node) *graph.Node { return z.Graph().Const(0, 1, graph.Batch) }

func firstOf3(z *graph.Node) *graph.Node { return ops.OneHot(first(z), 3) }

func logLossOf1(z *graph.Node) *graph.Node {
	return ops.LogLoss(ops.Sigmoid(z), z.Graph().Const(1, 1, graph.Batch))
}

func norm2(x *graph.Node) *graph.Node { return ops.Norm2(x, 0) }

// inf is ∞, and log1pE is log(1+e), the loss of the first class for logits 0, 1 and −∞.
// It and other values are from Python's decimal, to 50 digits. cos 10⁵ is from mpmath.
var (
	inf    = math.Inf(1)
	log1pE = 1.3132616875182228

	knowns = []known{
		{"CrossEntropyFromLogits of masked logits", func(z *graph.Node) *graph.Node {
			return ops.CrossEntropyFromLogits(z, firstOf3(z))
		}, []float64{0, 1, -inf}, []float64{log1pE}},
		{"CrossEntropy of masked logits", func(z *graph.Node) *graph.Node {
			return ops.CrossEntropy(ops.Softmax(z, 0), firstOf3(z))
		}, []float64{0, -inf, 1}, []float64{log1pE}},
		{"SparseCrossEntropyFromLogits of masked logits", func(z *graph.Node) *graph.Node {
			return ops.SparseCrossEntropyFromLogits(z, first(z))
		}, []float64{0, 1, -inf, -inf}, []float64{log1pE}},
		{"gradient of masked logits", func(z *graph.Node) *graph.Node {
			return graph.Gradient(ops.Mean(ops.SparseCrossEntropyFromLogits(z, first(z))), z)[0]
		}, []float64{0, 0, -inf}, []float64{-0.5, 0.5, 0}},
		{"LogLoss of a confident Sigmoid", logLossOf1, []float64{40}, []float64{4.2483542552915889863e-18}},
		{"LogLoss of a certain Sigmoid", logLossOf1, []float64{inf}, []float64{0}},
		{"LogLoss of a large logit", logLossOf1, []float64{-1e30}, []float64{1e30}},
		{"Norm2 of large numbers", norm2, []float64{3e20, -4e20}, []float64{5e20}},
		{"Norm2 of little numbers", norm2, []float64{3e-30, -4e-30}, []float64{5e-30}},
		{"Norm2 of ∞", norm2, []float64{1, -inf}, []float64{inf}},
		{"Norm2 of 0", norm2, []float64{0, 0}, []float64{0}},
		{"Sigmoid", ops.Sigmoid, []float64{-inf, -80, -40, 0, inf}, []float64{0, 1.8048513878454151723e-35, 4.2483542552915889773e-18, 0.5, 1}},
		{"SiLU", ops.SiLU, []float64{-inf, -1e30, -80, inf}, []float64{0, 0, -1.4438811102763321378e-33, inf}},
		{"Mish", ops.Mish, []float64{-inf, -1e30, -20, inf}, []float64{0, 0, -4.1223072406287614006e-8, inf}},
		{"GELUTanh", ops.GELUTanh, []float64{-inf, -1e30, 1e30, inf}, []float64{0, 0, 1e30, inf}},
		{"ELU", func(z *graph.Node) *graph.Node { return ops.ELU(z, 2) }, []float64{-inf, -1e-20, 1e30}, []float64{-2, -2e-20, 1e30}},
		{"Softsign", ops.Softsign, []float64{-inf, -1e30, 1e-30, inf}, []float64{-1, -1, 1e-30, 1}},
		{"Log1p", ops.Log1p, []float64{-1, 0, 1e-30, inf}, []float64{-inf, 0, 1e-30, inf}},
		{"LogSoftmax", func(z *graph.Node) *graph.Node { return ops.LogSoftmax(z, 0) },
			[]float64{0, 40, -inf}, []float64{-40, -4.2483542552915889863e-18, -inf}},
		{"LogSumExp", func(z *graph.Node) *graph.Node { return ops.LogSumExp(z, 0) }, []float64{-inf, -80, 0}, []float64{1.8048513878454151723e-35}},
		{"LogSumExp of ∞", func(z *graph.Node) *graph.Node { return ops.LogSumExp(z) }, []float64{-1, inf}, []float64{inf}},
		{"LogSumExp of −∞", func(z *graph.Node) *graph.Node { return ops.LogSumExp(z) }, []float64{-inf, -inf}, []float64{-inf}},
		{"Huber", func(x *graph.Node) *graph.Node {
			return ops.Scale(1e-10, ops.Huber(x, ops.Scale(0, x), 1.9e19))
		}, []float64{2e19}, []float64{1.995e28}},
		{"Cos", ops.Cos, []float64{0, 1e5}, []float64{1, -0.99936080743821245}},
	}
)

// writeKnown writes a file of each in both float types.
func writeKnown(to folder) error {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		for _, k := range knowns {
			g := graph.NewOf(dtype)
			x := g.Input("x", len(k.x), graph.Batch)
			y := k.f(x).Named("y")
			dims := y.Shape().At(1).Dims()
			expected := file{Tolerance: loose(dtype), Entrywise: true, Runs: []run{{
				map[string]array{"x": floats(dtype, []int{len(k.x), 1}, k.x)},
				map[string]output{"y": {floats(dtype, dims, k.want), 0}},
			}}}
			name := "known-" + dtype.String() + "-" + strings.ReplaceAll(k.name, " ", "-")
			err := to.write(name, expected, func(w io.Writer) error { return onnx.Write(w, onnx.Options{}, y) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}
