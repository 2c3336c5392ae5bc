package models_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// The sentences of testdata/embedding.py, four ids each, of which none is 3 or 5.
var sentences, sentiment = [][]float64{{0, 4, 4, 1}, {2, 0, 4, 6}, {1, 1, 1, 1}, {6, 2, 0, 2}}, []float64{1, 0, 0, 1}

// reader is a formula of layers that read ids, so many in each example.
func reader(t testing.TB, ids int, layers ...models.Layer) *models.Formula {
	t.Helper()
	g := graph.New()
	x, y := g.Input("x", ids, graph.Batch), g.Input("y", 1, graph.Batch)
	p, b := x, models.NewBuilder(g, 1)
	for _, l := range append(layers, models.Dense{Units: 1, Activation: models.Sigmoid}) {
		p = l.Apply(b, p)
	}
	f, err := models.New(models.Roles{Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Outputs: []models.Output{{Name: "p", P: p}}, Loss: ops.LogLoss(p, y)})
	check(t, err)
	return f
}

// A network of ids learns as PyTorch's does, and so does its file.
func TestEmbeddingIsPyTorch(t *testing.T) {
	var want struct{ Losses, Table, P []float64 }
	check(t, json.Unmarshal(must(os.ReadFile("testdata/embedding.json")), &want))
	f := reader(t, 4, models.Embedding{InputDim: 7, OutputDim: 3}, models.GRU{Units: 4, All: true}, models.RNN{Units: 2})
	for i, p := range f.Params {
		for k, v := 0, p.Value().Float64s(); k < len(v); k++ {
			v[k] = 0.5 * math.Sin(1.3*float64(k)+float64(i+1))
		}
	}
	f = must(models.New(f.Roles))
	d := must(data.New(sentences, sentiment, data.Classification))
	h := must(f.Fit(t.Context(), d, models.FitOptions{Epochs: 5, Batch: 4, Rule: optim.SGD{Rate: 2}}))
	for i, e := range h.Epochs {
		near(t, "loss", e.Loss, want.Losses[i], 1e-13)
	}
	fitted := must(f.Formula())
	for i, v := range entries(fitted.Params[0].Value()) {
		near(t, "table", v, want.Table[i], 1e-13)
	}
	for _, m := range []models.Model{f, must(models.Load(bytes.NewReader(saved(t, f))))} {
		for i, p := range must(m.PredictProba(d)) {
			near(t, "probability", p[0], want.P[i], 1e-13)
		}
	}
}

// A step of LazyAdam moves the row that its batch reads. So of two that are read by one step each, the
// first moves by the rate, and the second by √(1−β₂²)/(1−β₁²)·(1−β₁)/√(1−β₂) of it.
func TestEmbeddingMovesRows(t *testing.T) {
	f := reader(t, 1, models.Embedding{InputDim: 3, OutputDim: 1, Init: fixed([]float64{0.5, -0.5, 0.25})}, models.RNN{Units: 2})
	d := must(data.New([][]float64{{0}, {1}}, []float64{1, 0}, data.Classification))
	must(f.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Batch: 1, Rule: optim.LazyAdam{Rate: 1e-3}}))
	v := entries(must(f.Formula()).Params[0].Value())
	moved := []float64{math.Abs(v[0] - 0.5), math.Abs(v[1] + 0.5), math.Abs(v[2] - 0.25)}
	slices.Sort(moved)
	for i, want := range []float64{0, 1e-3 * math.Sqrt(1.999) * 0.1 / 0.19, 1e-3} {
		near(t, "a row's way", moved[i], want, 1e-8)
	}
}

// The rows begin as Keras's, and an Embedding refuses what is no table of ids, and an id that has no row.
func TestEmbeddingRefuses(t *testing.T) {
	f := reader(t, 4, models.Embedding{InputDim: 7, OutputDim: 30}, models.RNN{Units: 2})
	v := entries(f.Params[0].Value())
	if least, most := slices.Min(v), slices.Max(v); least < -0.05 || least > -0.045 || most > 0.05 || most < 0.045 {
		t.Errorf("rows begin between %g and %g", least, most)
	}
	for _, id := range []float64{-1, 7, 1.5, math.NaN()} {
		ids := slices.Clone(sentences)
		ids[2] = []float64{1, 1, id, 1}
		d := &data.Dataset{X: slices.Concat(ids...), Y: sentiment, Features: data.Names(4), Target: "y"}
		_, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
		if err == nil || !errors.Is(err, graph.ErrValue) && !math.IsNaN(id) {
			t.Errorf("id %g: %v", id, err)
		}
	}
	g := graph.New()
	b, x := models.NewBuilder(g, 1), g.Input("x", 4, graph.Batch)
	for _, l := range []models.Layer{models.Embedding{InputDim: 3}, models.Embedding{OutputDim: 3}} {
		if err := l.Apply(b, x).Err(); !errors.Is(err, models.ErrOption) {
			t.Errorf("%+v: %v", l, err)
		}
	}
	check(t, models.Embedding{InputDim: 3, OutputDim: 2}.Apply(b, x).Err())
	if n := len(b.Weights()); n > 0 {
		t.Errorf("a penalty acts on %d tables", n)
	}
	m := &models.Deep{Layers: []models.Layer{models.Reshape{Shape: []int{2, 2}}, models.Embedding{InputDim: 3, OutputDim: 3}}}
	if _, err := m.Summary(4); !errors.Is(err, models.ErrOption) || !strings.Contains(err.Error(), "want ids (T, N)") {
		t.Error(err)
	}
}
