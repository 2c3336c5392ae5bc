package onnx_test

import (
	"bytes"
	"context"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// What is written reads back and computes the same bits.
func TestRoundTrip(t *testing.T) {
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		f := samples.Build(dtype, samples.All())
		want := valuesOf(t, f, 7)
		got := readBack(t, f, 7)
		for i, y := range f.Outputs {
			w, g := entries(want[i]), floatsOf(got[i])
			for j := range w {
				if w[j] != g[j] && !(w[j] != w[j] && g[j] != g[j]) {
					t.Errorf("%v: %s: entry %d is %v, want %v", dtype, y.Name(), j, g[j], w[j])
					break
				}
			}
		}
		t.Logf("%v: %d formulas to the bit", dtype, len(f.Outputs))
	}
}

func valuesOf(t *testing.T, f *samples.Formula, n int) []*tensor.Dense {
	t.Helper()
	p, err := graph.Compile(f.Outputs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range f.Values(n, 1) {
		if err := p.Feed(f.Inputs[i], v); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	list, err := p.Values()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func readBack(t *testing.T, f *samples.Formula, n int) []onnx.Array {
	t.Helper()
	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{Inputs: f.Inputs}, f.Outputs...); err != nil {
		t.Fatal(err)
	}
	back, err := onnx.Read(&file, onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := back.Session()
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]onnx.Array{}
	for i, v := range f.Values(n, 1) {
		in[f.Inputs[i].Name()] = onnx.Array{Dims: v.Shape(), Data: entries(v)}
	}
	out, err := s.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func entries(v *tensor.Dense) []float64 {
	if v.Dtype() == tensor.Float32 {
		return all(graph.Values[float32](v))
	}
	return graph.Values[float64](v)
}

// The file of a formula that reads ids predicts what that does, to the bit.
func TestEmbeddingBack(t *testing.T) {
	d, err := data.New([][]float64{{0, 4, 4, 1}, {2, 0, 4, 6}, {1, 1, 1, 1}}, []float64{1, 0, 0}, data.Classification)
	if err != nil {
		t.Fatal(err)
	}
	for _, single := range []bool{false, true} {
		m := &models.Deep{Float32: single, Layers: []models.Layer{
			models.Embedding{InputDim: 7, OutputDim: 3}, models.GRU{Units: 4, All: true}, models.RNN{Units: 2}, models.Dense{Units: 1, Activation: models.Sigmoid},
		}}
		if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 1}); err != nil {
			t.Fatal(err)
		}
		want, err := m.PredictProba(d)
		if err != nil {
			t.Fatal(err)
		}
		_, back := reread(t, m)
		got, err := back.PredictProba(d)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			if got[i][0] != want[i][0] {
				t.Errorf("float32 %v, row %d: the file says %v, the model %v", single, i, got[i][0], want[i][0])
			}
		}
	}
}

// A model's file predicts what the model does, to the bit, of layers of every kind.
func TestModelsBack(t *testing.T) {
	table := data.BreastCancer()
	last := models.Dense{Units: 1, Activation: models.Sigmoid}
	norms := []models.Layer{models.Dense{Units: 6, Activation: models.GELU}, models.LayerNorm{}, models.Dense{Units: 6, Activation: models.SiLU}, models.BatchNorm{}, last}
	memories := []models.Layer{models.Reshape{Shape: []int{3, 10}}, models.LSTM{Units: 3, All: true, Both: true}, models.GRU{Units: 4, All: true}, models.RNN{Units: 3}, last}
	images := []models.Layer{models.Reshape{Shape: []int{1, 5, 6}}, models.Conv2D{Filters: 3, Size: [2]int{3, 3}, Activation: models.ReLU}, models.BatchNorm{}, models.MaxPool2D{}, models.Flatten{}, last}
	var list []*models.Deep
	for _, l := range [][]models.Layer{layers, norms, memories, images} {
		list = append(list, &models.Deep{Layers: l, Standardize: true}, &models.Deep{Layers: l, Standardize: true, Float32: true}, &models.Deep{Layers: l, Float32: true})
	}
	for _, m := range list {
		if _, err := m.Fit(context.Background(), table, models.FitOptions{Epochs: 1}); err != nil {
			t.Fatal(err)
		}
		want, err := m.PredictProba(table)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := onnx.WriteModel(&file, m, onnx.ModelOptions{}); err != nil {
			t.Fatal(err)
		}
		back, err := onnx.Read(&file, onnx.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		s, err := back.Session()
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.Run(map[string]onnx.Array{"x": {Dims: []int{table.Rows(), len(table.Features)}, Data: table.X}})
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range floatsOf(out[0]) {
			if p != want[i][0] {
				t.Fatalf("%v, float32 %v, standardised %v: row %d: the file says %v, the model %v", m.Layers, m.Float32, m.Standardize, i, p, want[i][0])
			}
		}
	}
}

var layers = []models.Layer{models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid}}
