package onnx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// written returns what a file says, which is well-formed.
func written(t *testing.T, o onnx.Options, y ...*graph.Node) parsed {
	t.Helper()
	var file bytes.Buffer
	if err := onnx.Write(&file, o, y...); err != nil {
		t.Fatal(err)
	}
	p := parse(t, file.Bytes())
	wellFormed(t, p)
	return p
}

func matrix(rows, columns int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(v))
}

func matrix32(rows, columns int, v ...float32) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(v))
}

// logistic is J = mean(L(σ(wx + b), y)) with its leaves and a.
func logistic(dtype tensor.Dtype) (a, j, w, b *graph.Node) {
	g := graph.NewOf(dtype)
	x, y := g.Input("x", 3, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b = g.Param("w", matrix32(1, 3, 1, 2, 3)), g.Param("b", matrix32(1, 1, 0.5))
	if dtype == tensor.Float64 {
		w, b = g.Param("w", matrix(1, 3, 1, 2, 3)), g.Param("b", matrix(1, 1, 0.5))
	}
	a = ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x))).Named("a")
	return a, ops.Mean(ops.LogLoss(a, y)).Named("J"), w, b
}

// Logistic regression with its gradient, in both float types.
func TestWriteGradient(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		a, j, w, b := logistic(dtype)
		r := graph.Gradient(j, w, b)
		p := written(t, onnx.Options{Name: "logistic", Doc: "a and rJ(1)"}, a, j, r[0].Named("dw"), r[1].Named("db"))
		onnx.Golden(t, "gradient-"+dtype.String(), p.String())
	}
}

// What has N in its shape takes N from an input.
func TestWriteBatch(t *testing.T) {
	g := graph.New()
	x := g.Input("x", graph.Batch, 2)
	b := g.Param("b", matrix(3, 1, 1, 2, 3))
	y := []*graph.Node{
		ops.BroadcastTo(b, graph.ShapeOf(3, graph.Batch)).Named("broadcast"),
		ops.Reshape(x, graph.Batch, 2, 1).Named("reshape"),
		g.Const(7, 2, graph.Batch, graph.Batch).Named("constant"),
		ops.Count(x, 0, 1).Named("count"),
		ops.Add(ops.BroadcastTo(b, graph.ShapeOf(3, graph.Batch)), g.Const(2, 3, graph.Batch)).Named("spread"),
		ops.Add(ops.T(x), ops.BroadcastTo(ops.Slice(b, 0, 0, 2), graph.ShapeOf(2, graph.Batch))).Named("sum"),
	}
	onnx.Golden(t, "batch", written(t, onnx.Options{}, y...).String())
}

// Two files of one formula are the same bytes, also after the first has appended
// stable forms to the graph.
func TestWriteIsDeterministic(t *testing.T) {
	_, j, w, _ := logistic(tensor.Float64)
	y := append(graph.Gradient(j, w), j)
	var first, second bytes.Buffer
	for _, file := range []*bytes.Buffer{&first, &second} {
		if err := onnx.Write(file, onnx.Options{}, y...); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the files differ")
	}
}

// The loss of a saturated prediction is written in its stable form.
func TestWriteIsStable(t *testing.T) {
	_, j, _, _ := logistic(tensor.Float32)
	p := written(t, onnx.Options{}, j)
	for _, n := range p.nodes {
		if n.op == "Log" || n.op == "Sigmoid" {
			t.Errorf("the file has %s, which is infinite, or leads to it, where σ is 0 or 1:\n%v", n.op, p)
		}
	}
}

func TestInputs(t *testing.T) {
	g := graph.New()
	x, y, z := g.Input("x", 2, graph.Batch), g.Input("y", 2, graph.Batch), g.Input("z", 2)
	sum := ops.Add(x, y)
	shape := func(p parsed) string { return strings.Join(p.inputs, " ") }
	if got := shape(written(t, onnx.Options{}, sum)); got != "x: double(2, N) y: double(2, N)" {
		t.Errorf("inputs %s", got)
	}
	if got := shape(written(t, onnx.Options{Inputs: []*graph.Node{z, y, x}}, sum)); got != "z: double(2) y: double(2, N) x: double(2, N)" {
		t.Errorf("inputs %s", got)
	}
	// r of a mean reads N only, and no value: N is that of an input that is listed.
	r := graph.Gradient(ops.Mean(x), x)
	if err := onnx.Write(io.Discard, onnx.Options{}, r...); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("N of no input: %v", err)
	}
	if got := shape(written(t, onnx.Options{Inputs: []*graph.Node{x}}, r...)); got != "x: double(2, N)" {
		t.Errorf("inputs %s", got)
	}
}

// Names are made different where they are not.
func TestNames(t *testing.T) {
	g := graph.New()
	x, also := g.Input("x", 2), g.Input("x", 2)
	unnamed := g.Input("", 2)
	w := g.Param("x", tensor.New(tensor.WithShape(2), tensor.WithBacking([]float64{1, 2})))
	y := ops.Mul(ops.Add(ops.Add(x, also), unnamed).Named("x"), w)
	p := written(t, onnx.Options{}, y, y, x, g.Const(2).Named("two"), w)
	if got := strings.Join(p.inputs, " "); got != "x: double(2) x#2: double(2) %2: double(2)" {
		t.Errorf("inputs %s", got)
	}
	want := []string{"%6: double(2)", "%6#2: double(2)", "x#3: double(2)", "two: double()", "x#4: double(2)"}
	if !slices.Equal(p.outputs, want) {
		t.Errorf("outputs %q, want %q", p.outputs, want)
	}
}

// Texts that are not UTF-8, which protocol buffers want, are mended, and names stay
// different.
func TestTextsAreUTF8(t *testing.T) {
	g := graph.New()
	x, also := g.Input("caf\xe9", 2), g.Input("caf\xe8", 2) // in Latin-1
	σ := ops.Sigmoid(ops.Add(x, also).Named("\xff")).Named("σ")
	p := written(t, onnx.Options{Name: "\xff", Doc: "r\xe9sum\xe9"}, σ)
	if p.name != "\uFFFD" || p.doc != "r\uFFFDsum\uFFFD" {
		t.Errorf("name %q, doc %q", p.name, p.doc)
	}
	if got := strings.Join(append(p.inputs, p.outputs...), " "); got != "caf\uFFFD: double(2) caf\uFFFD#2: double(2) σ: double(2)" {
		t.Errorf("inputs and outputs %q", got)
	}
	if p.nodes[0].out[0] != "\uFFFD" {
		t.Errorf("the sum is %q", p.nodes[0].out)
	}
}

// An op without a rule is written as its definition.
func TestDefinition(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 2)
	p := written(t, onnx.Options{}, graph.Apply(cubed{}, x))
	if len(p.nodes) != 2 || p.nodes[0].op != "Mul" || p.nodes[1].op != "Mul" {
		t.Errorf("x·x² is\n%v", p)
	}
}

// cubed is x³, by definition.
type cubed struct{}

func (cubed) String() string                              { return "cubed" }
func (cubed) Shape(x ...graph.Shape) (graph.Shape, error) { return x[0], nil }
func (cubed) Kernel() compute.Kernel                      { return compute.Kernel{} }
func (cubed) Expand(x ...*graph.Node) *graph.Node         { return ops.Mul(x[0], ops.Square(x[0])) }
func (op cubed) Reverse(y, ζ *graph.Node) []*graph.Node   { return graph.Through(op, y, ζ) }

// Symbols are written by their names, and what a formula needs of them is computed in it.
func TestWriteSymbols(t *testing.T) {
	if math.MaxInt < math.MaxInt64 {
		t.Skip("the end of a slice is written as the largest int, which has 64 bits in the golden file")
	}
	T := graph.Extent("T")
	g := graph.New()
	x := g.Input("x", 2, T, graph.Batch)
	w := g.Param("w", matrix(2, 2, 1, 2, 3, 4))
	h := ops.MatMul(w, ops.Reshape(x, 2, graph.Times(T, graph.Batch)))
	late := ops.Slice(ops.Reshape(h, 2, T, graph.Batch), 1, 1, graph.End).Named("late")
	last := ops.Index(x, 1, -1).Named("last")
	j := ops.Add(ops.Mean(ops.Square(late)), ops.Sum(last)).Named("j")
	onnx.Golden(t, "symbols", written(t, onnx.Options{}, late, last, j, graph.Gradient(j, x)[0].Named("dx"), g.Size(graph.Quotient(T, 1, 1, 2)).Named("half")).String())
}
