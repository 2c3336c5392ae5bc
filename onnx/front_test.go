package onnx_test

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"
	"adjoint/onnx"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// front is a file that computes z = 1/x in float64 of an x of two features, 3 where there is a gap, and then
// float32(z)·(1, 2)ᵀ in float32.
func front() *proto.Model {
	node := func(op, out string, in ...proto.Name) proto.Node {
		return proto.Node{Op: op, In: in, Out: []proto.Name{proto.Name(out)}}
	}
	rounded := node("Cast", "rounded", "z")
	rounded.Attributes = []proto.Attribute{{Name: "to", Value: int64(proto.Float32)}}
	rows := []proto.Dim{{Name: "N"}, {Known: true, Size: 2}}
	return &proto.Model{IR: 8, Opsets: []proto.Opset{{Version: 17}}, Graph: &proto.Graph{
		Name:    "front",
		Inputs:  []proto.Value{{Name: "x", Element: proto.Float64, Shaped: true, Dims: rows}},
		Outputs: []proto.Value{{Name: "y", Element: proto.Float32, Shaped: true, Dims: rows[:1]}},
		Initializers: []proto.Tensor{
			{Name: "three", Element: proto.Float64, Dims: []int{1, 1}, Raw: raw64(3)},
			{Name: "w", Element: proto.Float32, Dims: []int{2}, Raw: []byte{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40}},
		},
		Nodes: []proto.Node{
			node("IsNaN", "gap", "x"), node("Where", "full", "gap", "three", "x"), node("Reciprocal", "z", "full"),
			rounded, node("MatMul", "y", "rounded", "w"),
		},
	}}
}

// constant makes a tensor of the file what a node says.
func constant(m *proto.Model, at int) {
	v := m.Graph.Initializers[at]
	m.Graph.Initializers = slices.Delete(m.Graph.Initializers, at, at+1)
	insert(m, 0, "Constant", v.Name)
	m.Graph.Nodes[0].Attributes = []proto.Attribute{{Name: "value", Value: v}}
}

// insert puts a node before the place at.
func insert(m *proto.Model, at int, op string, out proto.Name, in ...proto.Name) {
	m.Graph.Nodes = slices.Insert(m.Graph.Nodes, at, proto.Node{Op: op, In: in, Out: []proto.Name{out}})
}

// fronts are changes of the file, and whether it has a front then.
var fronts = []struct {
	name  string
	front bool
	dtype tensor.Dtype
	of    func(m *proto.Model)
}{
	{"as it is", true, tensor.Dtype{}, func(*proto.Model) {}},
	{"of float32, as asked", true, tensor.Float32, func(*proto.Model) {}},
	{"of float64, as asked", false, tensor.Float64, func(*proto.Model) {}},
	{"the rest has the extents of x", true, tensor.Dtype{}, func(m *proto.Model) {
		insert(m, 4, "Shape", "extents", "x")
		insert(m, 5, "Reshape", "again", "rounded", "extents")
		m.Graph.Nodes[6].In[0] = "again"
	}},
	{"a constant of the front alone", true, tensor.Dtype{}, func(m *proto.Model) { constant(m, 0) }},
	{"a constant of the front and of the rest", true, tensor.Dtype{}, func(m *proto.Model) {
		insert(m, 3, "Max", "z2", "z", "eighth64")
		m.Graph.Nodes[4].In[0] = "z2"
		insert(m, 5, "Max", "larger", "rounded", "eighth32")
		m.Graph.Nodes[6].In[0] = "larger"
		m.Graph.Initializers = append(m.Graph.Initializers,
			proto.Tensor{Name: "eighth64", Element: proto.Float64, Raw: raw64(1. / 8)},
			proto.Tensor{Name: "eighth32", Element: proto.Float32, Raw: []byte{0, 0, 0, 0x3e}})
		constant(m, 3)
		constant(m, 2)
	}},
	{"two results", true, tensor.Dtype{}, func(m *proto.Model) {
		insert(m, 3, "Neg", "minus", "z")
		insert(m, 4, "Abs", "z2", "minus")
		insert(m, 5, "Cast", "rounded2", "z2")
		m.Graph.Nodes[5].Attributes = m.Graph.Nodes[6].Attributes
		insert(m, 7, "Max", "larger", "rounded", "rounded2")
		m.Graph.Nodes[8].In[0] = "larger"
	}},
	{"a result is an output", false, tensor.Dtype{}, func(m *proto.Model) {
		m.Graph.Outputs = append(m.Graph.Outputs, proto.Value{Name: "z", Element: proto.Float64, Shaped: true, Dims: m.Graph.Inputs[0].Dims})
	}},
	{"nothing to train", false, tensor.Dtype{}, func(m *proto.Model) { constant(m, 1) }},
	{"a layer of float64", false, tensor.Dtype{}, func(m *proto.Model) {
		m.Graph.Initializers = append(m.Graph.Initializers, proto.Tensor{Name: "v", Element: proto.Float64, Dims: []int{2, 2}, Raw: raw64(1, 0, 0, 1)})
		insert(m, 3, "MatMul", "layer", "z", "v")
		m.Graph.Nodes[4].In[0] = "layer"
	}},
	{"float64 after it", false, tensor.Dtype{}, func(m *proto.Model) {
		insert(m, 4, "Cast", "double", "rounded")
		m.Graph.Nodes[4].Attributes = []proto.Attribute{{Name: "to", Value: int64(proto.Float64)}}
		insert(m, 5, "Cast", "single", "double")
		m.Graph.Nodes[5].Attributes = m.Graph.Nodes[3].Attributes
		m.Graph.Nodes[6].In[0] = "single"
	}},
}

// Where a file computes in float64 first, that is its front, and the rest is of float32; else all is of float64.
// What it predicts is rounded where the file rounds, to the bit if it has a front.
func TestFront(t *testing.T) {
	x := onnx.Array{Dims: []int{2, 2}, Data: []float64{3, math.NaN(), 0.7, 1e-3}}
	third, y, z := float32(1./3), float32(1/0.7), float32(1/1e-3)
	want := []float32{third + 2*third, y + 2*z}
	for _, c := range fronts {
		m := front()
		c.of(m)
		f, err := onnx.Read(bytes.NewReader(m.Encode()), onnx.ReadOptions{Dtype: c.dtype})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if c.front != (f.Front != nil) || c.front != (f.Graph.Dtype() == tensor.Float32) {
			t.Errorf("%s: a formula of %v, front %v", c.name, f.Graph.Dtype(), f.Front)
			continue
		}
		if c.front && (len(f.Params) != 1 || len(f.Front.Params) != 0) {
			t.Errorf("%s: the parameters are %v and %v", c.name, f.Params, f.Front.Params)
		}
		s, err := f.Session()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Clone().Run(map[string]onnx.Array{"x": x})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		for i, got := range floatsOf(out[0]) {
			if !(math.Abs(got/float64(want[i])-1) < 1e-6) || c.front && float32(got) != want[i] {
				t.Errorf("%s: row %d is %v, want %v", c.name, i, got, want[i])
			}
		}
		if _, err := s.Run(map[string]onnx.Array{"x": x, "z": x}); !errors.Is(err, graph.ErrNotInput) {
			t.Errorf("%s: a result is taken for an input: %v", c.name, err)
		}
		if c.front {
			testFrontAgain(t, c.name, f, floatsOf(out[0]))
		}
	}
}

// testFrontAgain writes a file with its front, and checks that what it then says of x, whose examples are columns, is the same.
func testFrontAgain(t *testing.T, name string, f *onnx.File, want []float64) {
	t.Helper()
	var file bytes.Buffer
	if err := f.Write(&file); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	again, err := onnx.Read(&file, onnx.ReadOptions{Dtype: f.Graph.Dtype()})
	if err != nil {
		t.Errorf("%s, written again: %v", name, err)
		return
	}
	if (again.Front != nil) != (f.Front != nil) || len(again.Params) != len(f.Params) {
		t.Errorf("%s, written again: front %v, parameters %v", name, again.Front, again.Params)
	}
	s, err := again.Session()
	if err != nil {
		t.Fatal(err)
	}
	out, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{2, 2}, Data: []float64{3, 0.7, math.NaN(), 1e-3}}})
	if err != nil {
		t.Errorf("%s, written again: %v", name, err)
	} else if got := floatsOf(out[0]); !slices.Equal(got, want) {
		t.Errorf("%s, written again: %v, want %v", name, got, want)
	}
}
