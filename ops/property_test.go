package ops_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
	"pgregory.net/rapid"
)

// constructors are the exported functions of ops, by name.
var constructors = map[string]any{
	"Abs": ops.Abs, "Add": ops.Add, "Affine": ops.Affine, "Bias": ops.Bias, "BroadcastTo": ops.BroadcastTo, "Clip": ops.Clip,
	"Concat": ops.Concat, "Cos": ops.Cos, "Count": ops.Count, "CrossEntropy": ops.CrossEntropy,
	"CrossEntropyFromLogits": ops.CrossEntropyFromLogits, "Div": ops.Div, "Dot": ops.Dot, "ELU": ops.ELU, "Einsum": ops.Einsum,
	"Equal": ops.Equal, "Erf": ops.Erf, "Exp": ops.Exp, "ExpandDims": ops.ExpandDims, "Expm1": ops.Expm1, "GELU": ops.GELU,
	"GELUTanh": ops.GELUTanh, "Gather": ops.Gather, "Greater": ops.Greater, "GreaterEqual": ops.GreaterEqual,
	"HardSigmoid": ops.HardSigmoid, "Hinge": ops.Hinge, "Huber": ops.Huber, "KL": ops.KL, "L1Penalty": ops.L1Penalty,
	"L2Penalty": ops.L2Penalty, "LeakyReLU": ops.LeakyReLU, "Less": ops.Less, "LessEqual": ops.LessEqual, "Log": ops.Log,
	"Log1p": ops.Log1p, "LogLoss": ops.LogLoss, "LogLossFromLogits": ops.LogLossFromLogits, "LogSoftmax": ops.LogSoftmax,
	"LogSumExp": ops.LogSumExp, "AbsoluteError": ops.AbsoluteError, "SquaredError": ops.SquaredError, "MatMul": ops.MatMul, "Max": ops.Max, "Maximum": ops.Maximum,
	"Mean": ops.Mean, "Min": ops.Min, "Minimum": ops.Minimum, "Mish": ops.Mish, "Mul": ops.Mul, "Neg": ops.Neg,
	"Norm1": ops.Norm1, "Norm2": ops.Norm2, "OneHot": ops.OneHot, "OneMinus": ops.OneMinus, "Outer": ops.Outer, "Pow": ops.Pow,
	"Prod": ops.Prod, "ReLU": ops.ReLU, "Reciprocal": ops.Reciprocal, "Reshape": ops.Reshape, "SELU": ops.SELU, "Scale": ops.Scale,
	"Shift": ops.Shift, "SiLU": ops.SiLU, "Sigmoid": ops.Sigmoid, "Sign": ops.Sign, "Sin": ops.Sin, "Slice": ops.Slice,
	"Softmax": ops.Softmax, "Softplus": ops.Softplus, "Softsign": ops.Softsign,
	"SparseCrossEntropyFromLogits": ops.SparseCrossEntropyFromLogits, "Sqrt": ops.Sqrt, "Square": ops.Square,
	"Squeeze": ops.Squeeze, "Stack": ops.Stack, "StopGradient": ops.StopGradient, "Sub": ops.Sub, "Sum": ops.Sum,
	"SumTo": ops.SumTo, "T": ops.T, "Tanh": ops.Tanh, "Transpose": ops.Transpose, "Variance": ops.Variance, "Where": ops.Where,
}

// Whatever an op is given, it builds or fails; what is built differentiates,
// compiles and runs; and nothing panics. A formula may be refused for the
// reasons that package graph names, and for no other.
func TestNothingPanics(t *testing.T) {
	names := make([]string, 0, len(constructors))
	for name := range constructors {
		names = append(names, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		g := graph.New()
		if rapid.Bool().Draw(t, "float32") {
			g = graph.NewOf(tensor.Float32)
		}
		x := g.Input("x", 2, graph.Batch)
		nodes := []*graph.Node{
			x, g.Input("y", 1, graph.Batch), g.Const(0.5), g.Const(2, 3), g.Const(-1, 2, 3), g.Const(1, 3, 1), g.Const(0, 2, 1, 3),
			g.BatchSize(), nil, graph.New().Const(1), g.Input("bad", -7),
		}
		for i := range rapid.IntRange(1, 8).Draw(t, "ops") {
			name := rapid.SampledFrom(names).Draw(t, fmt.Sprint("op", i))
			n := call(t, name, nodes)
			known(t, n.Err())
			if n.Err() == nil {
				nodes = append(nodes, n)
			}
		}
		n := nodes[len(nodes)-1]
		j := ops.Sum(n)
		outputs := append(graph.Gradient(j, x, nodes[1]), n, j)
		outputs = append(outputs, graph.HVP(j, []*graph.Node{x}, []*graph.Node{x})...)
		p, err := graph.Compile(outputs...)
		known(t, err)
		if err != nil {
			return
		}
		for _, in := range nodes[:2] {
			shape := in.Shape().At(3).Dims()
			known(t, p.Feed(in, tensor.New(tensor.WithShape(shape...), tensor.Of(g.Dtype()))))
		}
		known(t, p.Run())
		_ = p.String() + g.String() + graph.Composition(j, x)
	})
}

// call applies a constructor to random arguments.
func call(t *rapid.T, name string, nodes []*graph.Node) *graph.Node {
	f := reflect.ValueOf(constructors[name])
	var args []reflect.Value
	for i := range f.Type().NumIn() {
		in := f.Type().In(i)
		if f.Type().IsVariadic() && i == f.Type().NumIn()-1 {
			for range rapid.IntRange(0, 3).Draw(t, "variadic") {
				args = append(args, argument(t, in.Elem(), nodes))
			}
			continue
		}
		args = append(args, argument(t, in, nodes))
	}
	return f.Call(args)[0].Interface().(*graph.Node)
}

func argument(t *rapid.T, of reflect.Type, nodes []*graph.Node) reflect.Value {
	switch of {
	case reflect.TypeFor[*graph.Node]():
		return reflect.ValueOf(rapid.SampledFrom(nodes).Draw(t, "node"))
	case reflect.TypeFor[float64]():
		return reflect.ValueOf(rapid.SampledFrom([]float64{0, 1, -1, 0.5, 2, 3, 1e300, math.NaN(), math.Inf(1)}).Draw(t, "number"))
	case reflect.TypeFor[int]():
		return reflect.ValueOf(rapid.SampledFrom([]int{0, 0, 1, 1, 2, 3, -1, -2, 6, math.MaxInt / 4, math.MinInt}).Draw(t, "int"))
	case reflect.TypeFor[string]():
		return reflect.ValueOf(rapid.SampledFrom([]string{"", "ij->ji", "ij,jk->ik", "i->", "->", "ii->i", "ij,j->i", "é->é"}).Draw(t, "spec"))
	case reflect.TypeFor[graph.Shape]():
		return reflect.ValueOf(rapid.SampledFrom([]graph.Shape{
			{}, graph.ShapeOf(2, 3), graph.ShapeOf(2, graph.Batch), graph.ShapeOf(1, 1), graph.ShapeOf(4, 2, 3), graph.ShapeOf(0), graph.ShapeOf(-9),
		}).Draw(t, "shape"))
	}
	t.Fatalf("no argument of type %v", of)
	return reflect.Value{}
}

// known reports an error that wraps none of the sentinels.
func known(t *rapid.T, err error) {
	if err == nil {
		return
	}
	for _, s := range []error{
		graph.ErrShape, graph.ErrAxis, graph.ErrType, graph.ErrGraph, graph.ErrEmpty, graph.ErrSize, graph.ErrValue,
		graph.ErrUnfed, graph.ErrNotScalar,
	} {
		if errors.Is(err, s) {
			return
		}
	}
	t.Fatalf("error %v wraps no sentinel", err)
}
