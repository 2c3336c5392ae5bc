package onnx_test

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A toy is a model of two features that was never fitted.
type toy struct {
	formula *models.Formula
	classes []string
	scaler  *data.Scaler
}

func (m toy) Formula() (*models.Formula, error) { return m.formula, nil }
func (m toy) Features() []string                { return []string{"width", "height"} }
func (m toy) Classes() []string                 { return m.classes }
func (m toy) Scaler() *data.Scaler              { return m.scaler }

// toyOf is f(wx), with x standardised.
func toyOf(w *tensor.Dense, f func(z *graph.Node) *graph.Node, classes ...string) toy {
	g := graph.NewOf(w.Dtype())
	x := g.Input("x", 2, graph.Batch)
	a := f(ops.MatMul(g.Param("w", w), x))
	s := &data.Scaler{Features: []string{"width", "height"}, Mean: []float64{10, 20}, Scale: []float64{1, 0.5}}
	return toy{&models.Formula{Roles: models.Roles{Inputs: []*graph.Node{x}, Outputs: []models.Output{{Name: "prediction", P: a}}}}, classes, s}
}

func softmax(z *graph.Node) *graph.Node { return ops.Softmax(z, 0) }

func identity(z *graph.Node) *graph.Node { return z }

// Classes at each place of sequences of any length are written, without labels, and read as what they were.
func TestClassesAtEachPlaceBack(t *testing.T) {
	g, T := graph.New(), graph.Extent("T")
	x := g.Input("x", 1, T, graph.Batch)
	z := ops.Mul(ops.BroadcastTo(x, graph.ShapeOf(3, T, graph.Batch)), ops.ExpandDims(g.Param("w", matrix(3, 1, 1, -2, 3)), 2))
	outputs := []models.Output{{Name: "tag", P: ops.Softmax(z, 0), Kind: models.Categorical}}
	m := toy{&models.Formula{Roles: models.Roles{Inputs: []*graph.Node{x}, Outputs: outputs}}, []string{"a", "b", "c"}, nil}
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, m, onnx.ModelOptions{Labels: true}); err != nil {
		t.Fatal(err)
	}
	back, err := onnx.Read(&file, onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(back.Outputs) != 1 {
		t.Errorf("%d outputs, want one", len(back.Outputs))
	}
	f, err := models.New(back.Roles())
	if err != nil {
		t.Fatal(err)
	}
	d := &data.Dataset{Features: m.Features(), X: []float64{0.5, -1}} // two times
	p, err := f.Predictions(d)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != models.Categorical || !reflect.DeepEqual(p.Places, [][]float64{{2, 1}}) {
		t.Errorf("%v %v, want the classes 2, 1", p.Kind, p.Places)
	}
}

func TestWriteModel(t *testing.T) {
	two := matrix32(2, 2, 1, 2, 3, 4)
	for _, c := range []struct {
		name  string
		model toy
		o     onnx.ModelOptions
	}{
		{"binary", toyOf(matrix32(1, 2, 1, 2), ops.Sigmoid, "no", "yes"), onnx.ModelOptions{Name: "binary", Doc: "two classes", Labels: true}},
		{"classes", toyOf(two, softmax, "a", "b"), onnx.ModelOptions{Labels: true}},
		{"columns", toyOf(two, softmax, "a", "b"), onnx.ModelOptions{Columns: true}},
		{"standardized", toyOf(two, softmax, "a", "b"), onnx.ModelOptions{NoStandardize: true}},
		{"regression", toyOf(matrix(1, 2, 1, 2), identity), onnx.ModelOptions{Labels: true}},
	} {
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, c.model, c.o); err != nil {
			t.Fatal(err)
		}
		p := parse(t, file.Bytes())
		wellFormed(t, p)
		onnx.Golden(t, "model-"+c.name, p.String())
	}
}

// A state, such as a running mean, is a tensor of the file; a random leaf that predictions depend
// on has no value.
func TestStatesAndRandomLeaves(t *testing.T) {
	g := graph.New()
	x, mean := g.Input("x", 2, graph.Batch), g.State("mean", matrix(2, 1, 3, -1))
	of := func(y *graph.Node) toy {
		return toy{&models.Formula{Roles: models.Roles{Inputs: []*graph.Node{x}, Outputs: []models.Output{{Name: "y", P: y}}}}, nil, nil}
	}
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, of(ops.Sub(x, mean)), onnx.ModelOptions{}); err != nil {
		t.Fatal(err)
	}
	f, err := onnx.Read(&file, onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Session()
	if err != nil {
		t.Fatal(err)
	}
	y, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{1, 2}, Data: []float64{5, 5}}})
	if err != nil || !reflect.DeepEqual(y[0].Data, []float64{2, 6}) {
		t.Errorf("%v, %v", y, err)
	}
	if err := onnx.WriteModel(&file, of(ops.Add(x, g.Random("u", 2, graph.Batch))), onnx.ModelOptions{}); !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("%v", err)
	}
}

// Features are float64 where the file standardises them, in either float type: a time
// such as 1.7e9 s has no neighbour within 128 s in float32.
func TestTypeOfFeatures(t *testing.T) {
	single, double := toyOf(matrix32(1, 2, 1, 2), ops.Sigmoid, "a", "b"), toyOf(matrix(1, 2, 1, 2), ops.Sigmoid, "a", "b")
	plain := single
	plain.scaler = nil
	for _, c := range []struct {
		name   string
		model  toy
		o      onnx.ModelOptions
		input  string
		output string
	}{
		{"float32", single, onnx.ModelOptions{}, "x: double(N, 2)", "probability: float(N, 1)"},
		{"float32, as columns", single, onnx.ModelOptions{Columns: true}, "x: double(2, N)", "probability: float(1, N)"},
		{"float32, standardised before", single, onnx.ModelOptions{NoStandardize: true}, "x: float(N, 2)", "probability: float(N, 1)"},
		{"float32, without standardiser", plain, onnx.ModelOptions{}, "x: float(N, 2)", "probability: float(N, 1)"},
		{"float64", double, onnx.ModelOptions{}, "x: double(N, 2)", "probability: double(N, 1)"},
	} {
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, c.model, c.o); err != nil {
			t.Fatal(err)
		}
		p := parse(t, file.Bytes())
		if !slices.Equal(p.inputs, []string{c.input}) || !slices.Equal(p.outputs, []string{c.output}) {
			t.Errorf("%s: %v to %v, want %s to %s", c.name, p.inputs, p.outputs, c.input, c.output)
		}
	}
}

func TestWriteModelRefusals(t *testing.T) {
	var file bytes.Buffer
	for _, m := range []onnx.Model{&models.Deep{}, &models.Logistic{}} {
		if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); !errors.Is(err, models.ErrNotFitted) {
			t.Errorf("%T before Fit: %v", m, err)
		}
	}
	bump := &ops.Pointwise{Name: "bump", G: func(z float64) float64 { return z }}
	err := onnx.WriteModel(&file, toyOf(matrix(1, 2, 1, 2), bump.Of), onnx.ModelOptions{})
	if !errors.Is(err, onnx.ErrUnsupported) {
		t.Errorf("a function of the user's: %v", err)
	}
	err = onnx.WriteModel(&file, toyOf(matrix(1, 2, 1, 2), func(z *graph.Node) *graph.Node {
		return ops.Add(z, z.Graph().Input("mask", 1, graph.Batch))
	}), onnx.ModelOptions{})
	if !errors.Is(err, graph.ErrUnfed) {
		t.Errorf("another input: %v", err)
	}
	if file.Len() > 0 {
		t.Errorf("%d bytes were written", file.Len())
	}
}

// The weights in a file are those of the model, to the bit.
func TestWeights(t *testing.T) {
	v := []float32{1.5, -0.1, 3e38, 1e-45}
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, toyOf(matrix32(2, 2, v...), softmax, "a", "b"), onnx.ModelOptions{}); err != nil {
		t.Fatal(err)
	}
	want := parsedTensor{"w", "float", []int{2, 2}, []float64{1.5, float64(v[1]), float64(v[2]), float64(v[3])}}
	tensors := parse(t, file.Bytes()).tensors
	if !slices.ContainsFunc(tensors, func(w parsedTensor) bool { return reflect.DeepEqual(w, want) }) {
		t.Errorf("tensors %v, want %v among them", tensors, want)
	}
}
