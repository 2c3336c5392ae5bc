package models_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// standardized is y = wz + b of z = (x − 10)/2, of float32.
func standardized(s *data.Scaler) models.Roles {
	g := graph.NewOf(tensor.Float32)
	x, y := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	single := func(v float32) *tensor.Dense {
		return tensor.New(tensor.WithShape(1, 1), tensor.WithBacking([]float32{v}))
	}
	p := ops.Bias(g.Param("b", single(0)), ops.MatMul(g.Param("w", single(0)), x))
	return models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.Square(ops.Sub(p, y)),
		Outputs:      []models.Output{{Name: "p", P: p, Kind: models.Numbers}},
		Standardized: s,
	}
}

// A formula that is given a scaler predicts, is fitted and kept with it: y = 5z + 3 is found as 5 and 3.
func TestStandardizedFormula(t *testing.T) {
	scaler := &data.Scaler{Features: []string{"x1"}, Mean: []float64{10}, Scale: []float64{2}}
	m, err := models.New(standardized(scaler))
	if err != nil {
		t.Fatal(err)
	}
	d, err := data.New([][]float64{{8}, {10}, {12}, {14}}, []float64{-2, 3, 8, 13}, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 400, FullBatch: true, Rule: optim.Adam{Rate: 0.1}}); err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := m.Save(&file); err != nil {
		t.Fatal(err)
	}
	loaded, err := models.Load(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []models.Model{m, loaded} {
		p, err := m.Predict(d)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range d.Y {
			if got := p[i]; !(got-want < 1e-2 && want-got < 1e-2) {
				t.Errorf("row %d is %v, want %v", i, got, want)
			}
		}
		if s := m.Scaler(); s == nil || !slices.Equal(s.Mean, scaler.Mean) || !slices.Equal(s.Scale, scaler.Scale) {
			t.Errorf("scaler %v", s)
		}
	}
	if _, err := loaded.Fit(context.Background(), d, models.FitOptions{Epochs: 1}); err != nil || loaded.Scaler() == nil {
		t.Errorf("fitted again: %v, scaler %v", err, loaded.Scaler())
	}
	for _, s := range []*data.Scaler{
		{Features: []string{"x1"}, Mean: []float64{10}, Scale: []float64{0}},
		{Features: []string{"x1"}, Mean: []float64{10}},
		{Features: []string{"x1"}, Mean: []float64{math.NaN()}, Scale: []float64{1}},
		{Features: []string{"x1"}, Mean: []float64{10}, Scale: []float64{math.Inf(1)}},
	} {
		if _, err := models.New(standardized(s)); !errors.Is(err, models.ErrRoles) {
			t.Errorf("scaler %v: %v", s, err)
		}
	}
}
