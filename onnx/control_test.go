package onnx_test

import (
	"bytes"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/internal/memtest"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Functions of a file, branches and loops say what NumPy does, which check/control.py has asked.
// Of files that ask for much of little nothing is made: they are refused, or are no more than the
// nodes that they have.
func TestControl(t *testing.T) {
	for _, c := range casesIn(t, "testdata/control.tar.gz") {
		if !strings.HasPrefix(c.name, "hostile") {
			if err := c.run(); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		n := memtest.Allocated(func() {
			f, err := onnx.Read(bytes.NewReader(c.model), onnx.ReadOptions{})
			if err == nil {
				_, err = f.Session()
			}
			if err == nil {
				t.Errorf("%s is read", c.name)
			}
			t.Logf("%s: %.300s", c.name, err)
		})
		if n > 128<<20 {
			t.Errorf("%s: %d bytes for a file of %d", c.name, n, len(c.model))
		}
	}
}

// A tensor in the body of a loop is one parameter, however often the body is read: its derivative
// is that of all times. Three times s ← ws is w³x, whose derivative in w is 3w²x.
func TestParamsOfBody(t *testing.T) {
	value := func(name proto.Name, of proto.Element) proto.Value { return proto.Value{Name: name, Element: of} }
	w := []proto.Tensor{{Name: "w", Element: proto.Float32, Dims: []int{1}, Raw: []byte("\x00\x00\x00\x40")}} // 2
	loop := node("Loop", "y", "three", "", "x")
	loop.Attributes = []proto.Attribute{{Name: "body", Value: &proto.Graph{
		Nodes:        []proto.Node{node("Mul", "after", "s", "w"), node("Identity", "onward", "on")},
		Initializers: w,
		Inputs:       []proto.Value{value("i", proto.Int64), value("on", proto.Bool), value("s", proto.Float32)},
		Outputs:      []proto.Value{value("onward", proto.Bool), value("after", proto.Float32)},
	}}}
	scan := node("Scan", "y", "x", "ones") // a result adds up examples, so that it is no loop of ops
	scan.Out = append(scan.Out, "rows")
	scan.Attributes = []proto.Attribute{{Name: "num_scan_inputs", Value: int64(1)}, {Name: "scan_input_axes", Value: []int{1}}, {Name: "body", Value: &proto.Graph{
		Nodes:        []proto.Node{node("Mul", "p", "s", "w"), node("Mul", "after", "p", "one"), node("ReduceSum", "total", "p")},
		Initializers: w,
		Inputs:       []proto.Value{value("s", proto.Float32), value("one", proto.Float32)},
		Outputs:      []proto.Value{value("after", proto.Float32), value("total", proto.Float32)},
	}}}
	ones := node("ConstantOfShape", "ones", "shape")
	ones.Attributes = []proto.Attribute{{Name: "value", Value: proto.Tensor{Element: proto.Float32, Dims: []int{1}, Raw: []byte("\x00\x00\x80\x3f")}}}
	shape, three := node("Constant", "shape"), node("Constant", "three")
	shape.Attributes = []proto.Attribute{integers(1, 3, 2)}
	three.Attributes = []proto.Attribute{integers(3)}
	for _, n := range []proto.Node{loop, scan} {
		f, err := onnx.Read(bytes.NewReader(file([]proto.Node{shape, three, ones, n}, "y")), onnx.ReadOptions{Dims: map[string]int{"N": 1}})
		if err != nil {
			t.Fatal(err)
		}
		if len(f.Params) != 1 {
			t.Errorf("%s has the parameters %v, want w", n.Op, f.Params)
			continue
		}
		x, r := f.Inputs[0].Node, graph.Gradient(ops.Sum(f.Outputs[0].Node), f.Params...)
		p, err := graph.Compile(r...)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Feed(x, tensor.New(tensor.WithShape(x.Shape().Dims()...), tensor.WithBacking([]float32{5, 1}))); err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if v, err := p.Value(r[0]); err != nil || graph.Values[float32](v)[0] != 72 {
			t.Errorf("%s: the derivative is %v, want 72: %v", n.Op, v, err)
		}
	}
}
