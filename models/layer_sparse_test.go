package models_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"

	"github.com/google/go-cmp/cmp"
)

// sparseRows are those of testdata/sparse.svm, of three classes, and of the first two.
func sparseRows(t *testing.T) (three, two *data.Dataset) {
	t.Helper()
	three, err := data.OpenLibSVM("testdata/sparse.svm", data.LibSVM{Features: 500})
	check(t, err)
	var rows []int
	for i, y := range three.Y {
		if y < 2 {
			rows = append(rows, i)
		}
	}
	two, err = three.Subset(rows)
	check(t, err)
	two.Classes = two.Classes[:2]
	return three, two
}

// Coefficients and probabilities on sparse rows are scikit-learn's on the same file.
func TestSparseLogisticIsThatOfScikitLearn(t *testing.T) {
	text, err := os.ReadFile("testdata/sparse.json")
	check(t, err)
	var want map[string]struct {
		W, P [][]float64
		B    []float64
	}
	check(t, json.Unmarshal(text, &want))
	three, two := sparseRows(t)
	for name, d := range map[string]*data.Dataset{"three": three, "two": two} {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-12}
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		if !h.Converged {
			t.Errorf("%s: %s", name, h.Stopped)
		}
		w, b, err := m.Coefficients()
		check(t, err)
		mean := 0.0 // a bias of all classes is no part of the model
		if len(want[name].B) > 1 {
			for _, v := range b.Float64s() {
				mean += v / 3
			}
		}
		for k, row := range want[name].W {
			for j, v := range row {
				near(t, name+" w", w.Float64s()[k*500+j], v, 1e-8)
			}
			near(t, name+" b", b.Float64s()[k]-mean, want[name].B[k], 1e-8)
		}
		p, err := m.PredictProba(d)
		check(t, err)
		for i, row := range want[name].P {
			near(t, name+" P", p[i][len(p[i])-1], row[len(row)-1], 1e-8)
		}
	}
}

// Training and scores on sparse rows are those on the rows written out, whatever the optimizer, and either model takes
// the rows of the other.
func TestSparseRowsAreThoseWrittenOut(t *testing.T) {
	three, _ := sparseRows(t)
	dense, err := three.Dense()
	check(t, err)
	for _, single := range []bool{false, true} {
		tolerance := 1e-10
		if single {
			tolerance = 1e-3
		}
		fit := func(d *data.Dataset) (*models.Deep, *models.History) {
			m := &models.Deep{
				Layers:  []models.Layer{models.Dense{Units: 6, Activation: models.Tanh}, models.Dense{Units: 3, Activation: models.Softmax}},
				Penalty: models.L2, Lambda: 0.1, Float32: single,
			}
			h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 3, Batch: 16, ValidationSplit: 0.2, TrainScores: true})
			check(t, err)
			return m, h
		}
		a, h := fit(three)
		b, g := fit(dense)
		near(t, "loss", h.Last().Loss, g.Last().Loss, tolerance)
		near(t, "validation", h.Last().Validation.Loss, g.Last().Validation.Loss, tolerance)
		near(t, "training", h.Last().Train.AUC, g.Last().Train.AUC, tolerance)
		of := func(m models.Model, d *data.Dataset) [][]float64 {
			p, err := m.PredictProba(d)
			check(t, err)
			return p
		}
		ps, pd := of(a, three), of(b, dense)
		if diff := cmp.Diff(ps, of(a, dense)); diff != "" {
			t.Errorf("the model of sparse rows tells dense ones apart\n%.300s", diff)
		}
		if diff := cmp.Diff(pd, of(b, three)); diff != "" {
			t.Errorf("the model of dense rows tells sparse ones apart\n%.300s", diff)
		}
		for i := range ps {
			near(t, "P", ps[i][0], pd[i][0], tolerance)
		}
	}
}

// A model of sparse rows comes back from its file, to the bit, and is fitted again.
func TestSparseModelsAreKept(t *testing.T) {
	three, two := sparseRows(t)
	for _, m := range []models.Model{
		&models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-3},
		&models.Deep{Layers: []models.Layer{models.Dense{Units: 4, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid}}},
	} {
		o := models.FitOptions{}
		if _, ok := m.(*models.Deep); ok {
			o.Epochs = 2
		}
		_, err := m.Fit(t.Context(), two, o)
		check(t, err)
		want, err := m.PredictProba(three)
		check(t, err)
		var file bytes.Buffer
		check(t, m.Save(&file))
		kept, err := models.Load(&file)
		check(t, err)
		for range 2 {
			got, err := kept.PredictProba(three)
			check(t, err)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%T: %.300s", m, diff)
			}
			_, err = kept.Fit(t.Context(), two, o)
			check(t, err)
		}
		dense, err := two.Dense()
		check(t, err)
		_, err = kept.Fit(t.Context(), dense, o)
		if _, ok := m.(*models.Deep); ok && !errors.Is(err, models.ErrOption) {
			t.Errorf("layers of sparse rows are fitted to others: %v", err)
		}
	}
}

// What sparse rows do not go into is refused, with the cure.
func TestSparseRowsAreRefused(t *testing.T) {
	_, two := sparseRows(t)
	sigmoid := models.Dense{Units: 1, Activation: models.Sigmoid}
	for name, m := range map[string]models.Model{
		"standardised":       &models.Logistic{Standardize: true},
		"into another layer": &models.Deep{Layers: []models.Layer{models.Dropout{Rate: 0.5}, sigmoid}},
		"into a function":    &models.Deep{Layers: []models.Layer{models.Func("square", func(a *graph.Node) *graph.Node { return ops.Square(a) }), sigmoid}},
	} {
		_, err := m.Fit(context.Background(), two, models.FitOptions{})
		if !errors.Is(err, data.ErrSparse) || !strings.Contains(err.Error(), "Dense") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
