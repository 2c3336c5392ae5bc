package onnx_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/ops"
	"adjoint/prepare"
	"adjoint/serve"
)

// reread writes a model and reads it.
func reread(t *testing.T, m onnx.Model) (*onnx.File, *models.Formula) {
	t.Helper()
	var file bytes.Buffer
	if err := onnx.WriteModel(&file, m, onnx.ModelOptions{Labels: true}); err != nil {
		t.Fatal(err)
	}
	f, err := onnx.Read(&file, onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	back, err := models.New(f.Roles())
	if err != nil {
		t.Fatal(err)
	}
	return f, back
}

// A model that was written and read predicts to the bit what it did, knows its classes, and
// is kept, served and written again.
func TestRoles(t *testing.T) {
	numbers, err := data.New([][]float64{{1, 20}, {2, 35}, {3, 5}, {4, 10}}, []float64{3, 5, 1, 7}, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		data  *data.Dataset
		o     models.FitOptions
		model interface {
			models.Model
			Fit(context.Context, *data.Dataset, models.FitOptions) (*models.History, error)
			Formula() (*models.Formula, error)
		}
	}{
		{"binary", data.BreastCancer(), models.FitOptions{}, &models.Logistic{Standardize: true}},
		{"classes", data.Iris(), models.FitOptions{Epochs: 2}, &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}}},
		{"of float32", data.BreastCancer(), models.FitOptions{Epochs: 2}, &models.Deep{Layers: layers, Float32: true, Standardize: true}},
		{"numbers", numbers, models.FitOptions{Epochs: 2}, &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}, Standardize: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.model.Fit(context.Background(), c.data, c.o); err != nil {
				t.Fatal(err)
			}
			_, m := reread(t, c.model)
			samePredictions(t, m, c.model, c.data)
			var kept bytes.Buffer
			if err := m.Save(&kept); err != nil {
				t.Fatal(err)
			}
			loaded, err := models.Load(&kept)
			if err != nil {
				t.Fatal(err)
			}
			samePredictions(t, loaded, c.model, c.data)
			_, again := reread(t, m)
			samePredictions(t, again, c.model, c.data)

			row := strings.ReplaceAll(fmt.Sprint(c.data.X[:len(c.data.Features)]), " ", ",")
			answer := httptest.NewRecorder()
			ask := httptest.NewRequest("POST", "/predict", strings.NewReader(`{"rows": [`+row+`]}`))
			ask.Header.Set("Content-Type", "application/json")
			serve.Handler(m, serve.Options{}).ServeHTTP(answer, ask)
			if answer.Code != 200 {
				t.Errorf("served: %d %s", answer.Code, answer.Body)
			}
		})
	}
}

// A file with texts is a model of their places, and takes no columns of text.
func TestRolesOfTexts(t *testing.T) {
	d, err := data.ReadCSV(strings.NewReader("a,b,c,y\nu,1,p,0\nv,2,q,0\nw,3,p,1\nw,4,p,1\nu,2,q,0\nv,5,q,1\n"), data.CSV{Header: data.HasHeader, Task: data.Classification})
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Logistic{Prepare: &prepare.Columns{}, Penalty: models.L2, Lambda: 0.1, Standardize: true}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	f, back := reread(t, m)
	if _, err := back.Predictions(d); !errors.Is(err, data.ErrNumber) {
		t.Errorf("texts: %v", err)
	}
	places := d.Clone()
	places.Levels = nil
	n := len(d.Features)
	for _, p := range f.Inputs {
		for i := 0; i < d.Rows() && p.Names != nil; i++ {
			j := slices.Index(d.Features, p.Name)
			text, _ := d.Text(i, j)
			places.X[i*n+j] = float64(slices.Index(p.Names, text))
		}
	}
	sameAnswers(t, back, m, places, d)
}

func samePredictions(t *testing.T, got, want models.Model, d *data.Dataset) {
	t.Helper()
	sameAnswers(t, got, want, d, d)
}

// sameAnswers compares what models say of one table in two forms.
func sameAnswers(t *testing.T, got, want models.Model, gotOf, wantOf *data.Dataset) {
	t.Helper()
	g, err := got.Predictions(gotOf)
	if err != nil {
		t.Fatal(err)
	}
	w, err := want.Predictions(wantOf)
	if err != nil {
		t.Fatal(err)
	}
	if g.Kind != w.Kind || !slices.Equal(g.Classes, w.Classes) || !slices.Equal(g.Labels, w.Labels) {
		t.Errorf("a model of %v %q, want %v %q", g.Kind, g.Classes, w.Kind, w.Classes)
	}
	for i, v := range g.Values {
		if !slices.Equal(v, w.Values[i]) {
			t.Fatalf("row %d is %v, want %v", i, v, w.Values[i])
		}
	}
}

// What is trained further begins at the weights of the file, and moves those that are left to it.
func TestRolesFit(t *testing.T) {
	d := data.Iris()
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 5, Activation: models.Tanh}, models.Dense{Units: 3, Activation: models.Softmax}}}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	f, before := reread(t, m)
	r := f.Roles()
	y := f.Graph.Input("y", 3, graph.Batch)
	r.Targets, r.Loss = []*graph.Node{y}, ops.CrossEntropy(r.Outputs[0].P, y)
	r.Params = f.Params[2:]
	head, err := models.New(r)
	if err != nil {
		t.Fatal(err)
	}
	history, err := head.Fit(context.Background(), d, models.FitOptions{Epochs: 20})
	if err != nil {
		t.Fatal(err)
	}
	start, err := m.Evaluate(d)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := head.Evaluate(d); err != nil || !(s.Loss < start.Loss) || !(history.Epochs[0].Loss < 1.2*start.Loss) {
		t.Errorf("loss %v after %v, %v", s.Loss, start.Loss, err)
	}
	after, err := head.Formula()
	if err != nil {
		t.Fatal(err)
	}
	held, err := before.Formula()
	if err != nil {
		t.Fatal(err)
	}
	weights := func(f *models.Formula) map[string][]float64 {
		list := map[string][]float64{}
		for _, p := range graph.Params(f.Outputs[0].P) {
			list[p.Name()] = slices.Clone(entries(p.Value()))
		}
		return list
	}
	was, is := weights(held), weights(after)
	for i, p := range f.Params {
		if slices.Equal(was[p.Name()], is[p.Name()]) != (i < 2) {
			t.Errorf("parameter %d, %s, moved or not: %v", i, p.Name(), is[p.Name()])
		}
	}
}

// Labels are told from classes, and an output that has no number for each example is none of
// a model's.
func TestRolesKinds(t *testing.T) {
	m := toyOf(matrix32(2, 2, 1, 2, 3, 4), ops.Sigmoid, "a", "b")
	m.formula.Outputs[0].Kind = models.Multilabel
	f, _ := reread(t, m)
	if o := f.Roles().Outputs[0]; o.Kind != models.Multilabel || len(f.Outputs) != 1 {
		t.Errorf("a %v of %d outputs", o.Kind, len(f.Outputs))
	}
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	var file bytes.Buffer
	if err := onnx.Write(&file, onnx.Options{}, ops.Scale(2, x).Named("y"), ops.Mean(x).Named("mean")); err != nil {
		t.Fatal(err)
	}
	f, err := onnx.Read(&file, onnx.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if r := f.Roles(); len(f.Outputs) != 2 || len(r.Outputs) != 1 || r.Outputs[0].Name != "y" {
		t.Errorf("%v", r.Outputs)
	}
}
