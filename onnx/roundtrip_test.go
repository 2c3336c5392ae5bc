package onnx_test

import (
	"bytes"
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/onnx/internal/samples"

	"gorgonia.org/tensor"
)

// bothForms are formulas that have an op and its definition, which are one value in a file, and
// differ by rounding.
var bothForms = []string{"r1r1Standardize", "r1r1RMSNorm", "r1r1GroupNorm"}

// inLoop reports whether a formula is of a loop: the ops of its step are not found again.
func inLoop(y *graph.Node) bool { return strings.Contains(y.Name(), "Scan") }

// What is written reads back and computes the same bits, but for steps of loops.
func TestRoundTrip(t *testing.T) {
	for dtype, tolerance := range map[tensor.Dtype]float64{tensor.Float32: 5e-6, tensor.Float64: 5e-12} {
		f := samples.Build(dtype, samples.All())
		want := valuesOf(t, f, 7)
		got := readBack(t, f, 7)
		same := 0
		for i, y := range f.Outputs {
			w, g := entries(want[i]), floatsOf(got[i])
			most, worst := 1.0, 0.0
			for j := range w {
				if !math.IsInf(w[j], 0) && w[j] == w[j] {
					most = max(most, math.Abs(w[j]))
				}
				if d := math.Abs(w[j] - g[j]); w[j] != g[j] && !(w[j] != w[j] && g[j] != g[j]) {
					worst = max(worst, d)
				}
			}
			if worst > 0 {
				t.Logf("DIFF %v %s %g of %g", dtype, y.Name(), worst, most)
			}
			if worst == 0 {
				same++
			}
			if !(worst <= tolerance*most) || worst > 0 && !slices.Contains(bothForms, y.Name()) && !inLoop(y) {
				t.Errorf("%v: %s: apart by %g of %g", dtype, y.Name(), worst, most)
			}
		}
		t.Logf("%v: %d of %d formulas to the bit", dtype, same, len(f.Outputs))
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

// A model's file predicts what the model does, to the bit. (Not one of float32 that standardises:
// its file says float64 for that, and all of what is read is of one type.)
func TestModelsBack(t *testing.T) {
	table := data.BreastCancer()
	for _, m := range []*models.Deep{{Layers: layers, Standardize: true}, {Layers: layers, Float32: true}} {
		if _, err := m.Fit(context.Background(), table, models.FitOptions{Epochs: 2}); err != nil {
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
				t.Fatalf("row %d: the file says %v, the model %v", i, p, want[i][0])
			}
		}
	}
}

var layers = []models.Layer{models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid}}
