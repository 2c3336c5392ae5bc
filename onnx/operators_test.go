package onnx_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"adjoint/onnx"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// Operators whose numbers are worked by hand, where the standard's own test is large, or there is none.
// A case has tensors x, w, … by name, and is what the last node computes.
func TestOperators(t *testing.T) {
	branch := func(n proto.Node) *proto.Graph {
		return &proto.Graph{Nodes: []proto.Node{n}, Outputs: []proto.Value{{Name: n.Out[0], Element: proto.Float32}}}
	}
	relu := []string{"Relu"}
	for _, c := range []struct {
		name  string
		in    []proto.Tensor // x, an input of the file, and tensors in it
		fixed bool           // the file says how many rows x has
		nodes []proto.Node
		want  []float64
	}{
		// A zero more before the signal, or after it.
		{"SAME_LOWER", []proto.Tensor{floats32("x", []int{1, 1, 3}, 1, 3, 2)}, false,
			[]proto.Node{with(node("MaxPool", "y", "x"), "kernel_shape", []int{2}, "auto_pad", "SAME_LOWER")}, []float64{1, 3, 3}},
		{"SAME_UPPER", []proto.Tensor{floats32("x", []int{1, 1, 3}, 1, 3, 2)}, false,
			[]proto.Node{with(node("MaxPool", "y", "x"), "kernel_shape", []int{2}, "auto_pad", "SAME_UPPER")}, []float64{3, 3, 2}},
		{"SAME_LOWER, every other", []proto.Tensor{floats32("x", []int{1, 1, 3}, 1, 3, 2)}, false,
			[]proto.Node{with(node("MaxPool", "y", "x"), "kernel_shape", []int{2}, "strides", []int{2}, "auto_pad", "SAME_LOWER")}, []float64{1, 3}},

		// Sums of sequences of one and of three numbers: the last state is that at the end of each.
		{"sequences of different lengths", []proto.Tensor{
			floats32("x", []int{3, 2, 1}, 1, 2, 3, 4, 5, 6), floats32("w", []int{1, 1, 1}, 1), floats32("r", []int{1, 1, 1}, 1),
			{Name: "length", Element: proto.Int32, Dims: []int{2}, Raw: []byte{1, 0, 0, 0, 3, 0, 0, 0}}}, true,
			[]proto.Node{{Op: "RNN", In: []proto.Name{"x", "w", "r", "", "length"}, Out: []proto.Name{"", "y"},
				Attributes: []proto.Attribute{{Name: "hidden_size", Value: int64(1)}, {Name: "activations", Value: relu}}}}, []float64{1, 12}},

		// The transform of (0, i, 0, 0): i·(−i)ᵏ.
		{"a transform of complex numbers", []proto.Tensor{floats32("x", []int{1, 4, 2}, 0, 0, 0, 1, 0, 0, 0, 0)}, false,
			[]proto.Node{node("DFT", "y", "x")}, []float64{0, 1, 1, 0, 0, -1, -1, 0}},

		// A step past either end, as far as an integer goes, leaves the entry that a slice begins with.
		{"the largest step", []proto.Tensor{floats32("x", []int{1, 3}, 1, 2, 3),
			integers64("from", []int{1}, 1), integers64("most", []int{1}, math.MaxInt), integers64("axis", []int{1}, 1)}, false,
			[]proto.Node{node("Slice", "y", "x", "from", "most", "axis", "most")}, []float64{2}},
		{"the largest step back", []proto.Tensor{floats32("x", []int{1, 3}, 1, 2, 3),
			integers64("from", []int{1}, 1), integers64("least", []int{1}, math.MinInt), integers64("axis", []int{1}, 1)}, false,
			[]proto.Node{node("Slice", "y", "x", "from", "least", "axis", "least")}, []float64{2}},

		// An extent is more than 0: which branch is taken is known, and the other may have any shape.
		{"a branch by an extent", []proto.Tensor{floats32("x", []int{3, 2}, 1, 2, 3, 4, 5, 6), integers64("zero", nil, 0)}, false, []proto.Node{
			node("Shape", "dims", "x"), with(node("Gather", "n", "dims", "zero"), "axis", int64(0)), node("Greater", "some", "n", "zero"),
			with(node("If", "y", "some"), "then_branch", branch(node("Neg", "minus", "x")), "else_branch", branch(node("ReduceSum", "sum", "x")))},
			[]float64{-1, -2, -3, -4, -5, -6}},
	} {
		m := proto.Model{IR: 8, Opsets: []proto.Opset{{Version: 17}}, Graph: &proto.Graph{Nodes: c.nodes, Initializers: c.in[1:]}}
		x := proto.Value{Name: "x", Element: proto.Float32}
		for i, d := range c.in[0].Dims {
			if x.Dims = append(x.Dims, proto.Dim{Known: true, Size: d}); i == 0 && !c.fixed {
				x.Dims[0] = proto.Dim{Name: "n"}
			}
		}
		m.Graph.Inputs, m.Graph.Outputs = []proto.Value{x}, []proto.Value{{Name: "y", Element: proto.Float32}}
		f, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		s, err := f.Session()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		y, err := s.Run(map[string]onnx.Array{"x": arrayOf(&c.in[0])})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := floatsOf(y[0])
		for i, want := range c.want {
			if len(got) != len(c.want) || !close(got[i], want, 0, 1e-6) {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

// with adds attributes, each a name and a value, to a node.
func with(n proto.Node, attributes ...any) proto.Node {
	for i := 0; i < len(attributes); i += 2 {
		n.Attributes = append(n.Attributes, proto.Attribute{Name: attributes[i].(string), Value: attributes[i+1]})
	}
	return n
}

func floats32(name proto.Name, dims []int, v ...float32) proto.Tensor {
	t := proto.Tensor{Name: name, Element: proto.Float32, Dims: dims}
	for _, v := range v {
		t.Raw = binary.LittleEndian.AppendUint32(t.Raw, math.Float32bits(v))
	}
	return t
}

func integers64(name proto.Name, dims []int, v ...int) proto.Tensor {
	t := proto.Tensor{Name: name, Element: proto.Int64, Dims: dims}
	for _, v := range v {
		t.Raw = binary.LittleEndian.AppendUint64(t.Raw, uint64(v))
	}
	return t
}

// αx + c is read as the one op that it is, also where a file does not say so.
func TestAffineOfTwoNodes(t *testing.T) {
	m, err := proto.Decode(file([]proto.Node{node("Mul", "z", "three", "x"), node("Add", "y", "z", "half")}, "y"))
	if err != nil {
		t.Fatal(err)
	}
	m.Graph.Initializers = []proto.Tensor{floats32("three", nil, 3), floats32("half", nil, 0.5)}
	f, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if x := f.Inputs[0].Node; f.Outputs[0].Node.Op() != ops.Affine(x, 3, 0.5).Op() {
		t.Errorf("3x + 0.5 is read as %v", f.Outputs[0].Node.Op())
	}
}
