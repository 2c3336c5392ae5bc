package onnx_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// What cannot be written is refused, with the name of the op, before anything is
// written.
func TestRefusals(t *testing.T) {
	g := graph.New()
	x, z := g.Input("x", 3, graph.Batch), graph.New().Input("z", 2)
	bump := (&ops.Pointwise{Name: "bump", G: math.Exp, Prime: func(z, a *graph.Node) *graph.Node { return a }}).Of
	prod := graph.Gradient(ops.Prod(x), x)[0]
	for _, c := range []struct {
		what   string
		o      onnx.Options
		y      []*graph.Node
		err    error
		saying string
	}{
		{"no outputs", onnx.Options{}, nil, graph.ErrNotOutput, "no outputs"},
		{"a nil output", onnx.Options{}, []*graph.Node{nil}, graph.ErrGraph, ""},
		{"a failed output", onnx.Options{}, []*graph.Node{ops.MatMul(x, x)}, graph.ErrShape, "refuse_test.go:"},
		{"two graphs", onnx.Options{}, []*graph.Node{x, z}, graph.ErrGraph, "x and z"},
		{"an input of another graph", onnx.Options{Inputs: []*graph.Node{z}}, []*graph.Node{x}, graph.ErrGraph, ""},
		{"a nil input", onnx.Options{Inputs: []*graph.Node{nil}}, []*graph.Node{x}, graph.ErrGraph, ""},
		{"an input that is none", onnx.Options{Inputs: []*graph.Node{ops.Neg(x)}}, []*graph.Node{x}, graph.ErrNotInput, "−"},
		{"an input twice", onnx.Options{Inputs: []*graph.Node{x, x}}, []*graph.Node{x}, graph.ErrNotInput, "twice"},
		{"an input that is not listed", onnx.Options{Inputs: []*graph.Node{g.Input("y", 2)}}, []*graph.Node{ops.Neg(x)}, graph.ErrUnfed, "x of shape (3, N)"},
		{"N of no input", onnx.Options{}, []*graph.Node{g.BatchSize()}, graph.ErrUnfed, "no input has the extent N"},
		{"a function of the user's", onnx.Options{}, []*graph.Node{ops.Neg(bump(x).Named("a"))}, onnx.ErrUnsupported, "a of shape (3, N): bump"},
		{"second derivatives of a product", onnx.Options{}, []*graph.Node{graph.VJP(prod, prod, x)[0]}, onnx.ErrUnsupported, "beyond the first"},
	} {
		var file bytes.Buffer
		err := onnx.Write(&file, c.o, c.y...)
		if !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.saying) || file.Len() > 0 {
			t.Errorf("%s: %v after %d bytes, want %v: %s", c.what, err, file.Len(), c.err, c.saying)
		}
	}
}

func TestWriteReportsTheWriter(t *testing.T) {
	a, _, _, _ := logistic(tensor.Float64)
	if err := onnx.Write(broken{}, onnx.Options{}, a); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("error %v", err)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
