package models_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/prepare"

	"github.com/google/go-cmp/cmp"
)

// penguins returns the training rows of prepare/testdata/peer.py, and all.
func penguins(t *testing.T) (train, all *data.Dataset) {
	t.Helper()
	all = data.Penguins()
	var rows []int
	for i := range all.Rows() {
		if i%4 != 0 {
			rows = append(rows, i)
		}
	}
	train, err := all.Subset(rows)
	if err != nil {
		t.Fatal(err)
	}
	return train, all
}

// titanic returns the training rows of prepare/testdata/peer.py, and all, in which there are texts that training lacks.
func titanic(t *testing.T) (train, all *data.Dataset) {
	t.Helper()
	all, err := data.Open("../prepare/testdata/titanic.csv", data.CSV{Missing: data.KeepMissing})
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]int, 300)
	for i := range rows {
		rows[i] = i
	}
	if train, err = all.Subset(rows); err != nil {
		t.Fatal(err)
	}
	return train, all
}

var ofPenguins = &prepare.Columns{Numbers: []prepare.Step{prepare.Impute{}, prepare.Standardize{}}}

var ofTitanic = &prepare.Columns{Groups: []prepare.Group{
	{Columns: []string{"age"}, Steps: []prepare.Step{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}}},
	{Columns: []string{"fare"}, Steps: []prepare.Step{prepare.MinMax{}}},
	{Columns: []string{"port"}, Steps: []prepare.Step{prepare.Impute{By: prepare.MostFrequent}, prepare.Ordinal{}}},
	{Columns: []string{"joined"}, Steps: []prepare.Step{prepare.Dates{}, prepare.Standardize{}}},
	{Columns: []string{"class"}, Steps: []prepare.Step{prepare.OneHot{}}},
	{Columns: []string{"deck"}, Steps: []prepare.Step{prepare.Impute{By: prepare.Constant, Text: "none"}, prepare.OneHot{}}},
	{Columns: []string{"title"}, Steps: []prepare.Step{prepare.OneHot{MinCount: 20, Unknown: prepare.AsRare}}},
}}

// The coefficients on tables of text and gaps are scikit-learn's, whose biases of several classes have a sum of 0.
func TestLogisticOnTablesIsThatOfScikitLearn(t *testing.T) {
	text, err := os.ReadFile("../prepare/testdata/logistic.json")
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]struct {
		W [][]float64
		B []float64
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		rows    func(*testing.T) (train, all *data.Dataset)
		columns *prepare.Columns
	}{{"penguins", penguins, ofPenguins}, {"titanic", titanic, ofTitanic}} {
		train, _ := c.rows(t)
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-12, Prepare: c.columns}
		h, err := m.Fit(context.Background(), train, models.FitOptions{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		w, b, err := m.Coefficients()
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		if len(want[c.name].B) > 1 {
			for _, v := range b.Float64s() {
				sum += v / float64(len(want[c.name].B))
			}
		}
		n := w.Shape()[1]
		for k, row := range want[c.name].W {
			for j, v := range row {
				if got := w.Float64s()[k*n+j]; math.Abs(got-v) > 1e-8 {
					t.Errorf("%s: w[%d, %d] is %v, scikit-learn %v", c.name, k, j, got, v)
				}
			}
			if got := b.Float64s()[k] - sum; math.Abs(got-want[c.name].B[k]) > 1e-8 {
				t.Errorf("%s: b[%d] is %v, scikit-learn %v", c.name, k, got, want[c.name].B[k])
			}
		}
		if !h.Converged {
			t.Errorf("%s: %s", c.name, h.Stopped)
		}
	}
}

// A model on columns of positions is that on the same columns written out.
func TestOneHotColumnsAreLookedUp(t *testing.T) {
	train, all := titanic(t)
	p, err := ofTitanic.Fit(train)
	if err != nil {
		t.Fatal(err)
	}
	dense := func(d *data.Dataset) *data.Dataset {
		x, err := p.Transform(d)
		if err == nil {
			x, err = x.Dense()
		}
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, layers := range [][]models.Layer{
		{models.Dense{Units: 5, Activation: models.Tanh}, models.Dense{Units: 1, Activation: models.Sigmoid}},
		{models.Func("square", func(a *graph.Node) *graph.Node { return ops.Square(a) }), models.Dense{Units: 1, Activation: models.Sigmoid}},
	} {
		o := models.FitOptions{Epochs: 3}
		sparse := &models.Deep{Layers: layers, Prepare: ofTitanic, Seed: 1}
		h, err := sparse.Fit(context.Background(), train, o)
		if err != nil {
			t.Fatal(err)
		}
		whole := &models.Deep{Layers: layers, Seed: 1}
		g, err := whole.Fit(context.Background(), dense(train), o)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := h.Last().Loss, g.Last().Loss; math.Abs(a-b) > 1e-12 {
			t.Errorf("%v: loss %v, written out %v", layers[0], a, b)
		}
		a, err := sparse.PredictProba(all)
		if err != nil {
			t.Fatal(err)
		}
		b, err := whole.PredictProba(dense(all))
		if err != nil {
			t.Fatal(err)
		}
		for i := range a {
			if math.Abs(a[i][0]-b[i][0]) > 1e-12 {
				t.Fatalf("%v: row %d: %v, written out %v", layers[0], i, a[i][0], b[i][0])
			}
		}
	}
}

// formulaOfTitanic returns a formula of two numbers and a one-hot column of prepared rows.
func formulaOfTitanic(t *testing.T) *models.Formula {
	t.Helper()
	g := graph.New()
	x, sex := g.Input("x", 2, graph.Batch), g.Input("sex", 1, graph.Batch)
	y := g.Input("y", 1, graph.Batch)
	z := models.Dense{Units: 1}.Apply(models.NewBuilder(g, 1), ops.Concat(0, x, ops.Slice(ops.OneHot(sex, 3), 0, 0, 2)))
	a := ops.Sigmoid(z)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x, sex}, Targets: []*graph.Node{y}, Outputs: []models.Output{{Name: "p", P: a}},
		Loss: ops.LogLoss(a, y), Columns: map[string][]string{"x": {"age", "fare"}, "sex": {"sex"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Prepare = ofTitanic
	return f
}

// Preparers are part of files: the model that comes back predicts the same bits from raw rows, and is fitted again as before.
func TestPreparedModelsAreKept(t *testing.T) {
	train, all := titanic(t)
	for _, m := range []models.Model{
		&models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: ofTitanic},
		&models.Deep{Layers: []models.Layer{models.Dense{Units: 4, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid}}, Prepare: ofTitanic, Standardize: true, Float32: true},
		formulaOfTitanic(t),
	} {
		o := models.FitOptions{Epochs: 2}
		if _, ok := m.(*models.Logistic); ok {
			o = models.FitOptions{}
		}
		if _, err := m.Fit(context.Background(), train, o); err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		want, err := m.PredictProba(all)
		if err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		var file bytes.Buffer
		if err := m.Save(&file); err != nil {
			t.Fatal(err)
		}
		kept, err := models.Load(&file)
		if err != nil {
			t.Fatalf("%T: %v", m, err)
		}
		for range 2 {
			got, err := kept.PredictProba(all)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%T: read from a file it predicts otherwise\n%s", m, diff)
			}
			if _, ok := m.(*models.Formula); ok {
				break // it goes on from its weights
			}
			if _, err := kept.Fit(context.Background(), train, o); err != nil {
				t.Fatalf("%T, again: %v", m, err)
			}
		}
		if diff := cmp.Diff(train.Features, kept.Features()); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(train.Types(), kept.Card().Types); diff != "" {
			t.Error(diff)
		}
		if _, err := kept.Evaluate(all); err != nil {
			t.Errorf("%T: %v", m, err)
		}
	}
}

// Text and gaps are errors without a preparer, and so is what it refuses.
func TestTablesWithoutAPreparer(t *testing.T) {
	train, all := titanic(t)
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	if _, err := m.Fit(context.Background(), train, models.FitOptions{}); !errors.Is(err, data.ErrNumber) {
		t.Errorf("text: %v", err)
	}
	m.Prepare = &prepare.Columns{Texts: []prepare.Step{prepare.OneHot{Unknown: prepare.Refuse}}, Groups: []prepare.Group{{Columns: []string{"joined"}, Steps: []prepare.Step{prepare.Dates{}}}}}
	if _, err := m.Fit(context.Background(), train, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Predict(all); !errors.Is(err, prepare.ErrUnknown) {
		t.Errorf("an unseen text: %v", err)
	}
	numbers, err := train.Select("age", "fare")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Predict(numbers); !errors.Is(err, data.ErrFeatures) {
		t.Errorf("other columns: %v", err)
	}
}

// A model of numbers does not predict from text, which would be taken for its positions.
func TestTextIsNoNumberToPredictFrom(t *testing.T) {
	d := &data.Dataset{X: []float64{0, 1, 0, 1}, Y: []float64{0, 1, 0, 1}, Features: []string{"a"}, Classes: []string{"no", "yes"}}
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	d.Levels = [][]string{{"u", "v"}}
	if _, err := m.Predict(d); !errors.Is(err, data.ErrNumber) {
		t.Error(err)
	}
}

// Validation rows are prepared by what the training rows taught, in each fold.
func TestPreparersLearnFromTrainingRowsOnly(t *testing.T) {
	_, all := titanic(t)
	m := func() (models.Model, models.FitOptions) {
		return &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, Activation: models.Sigmoid}}, Prepare: ofTitanic}, models.FitOptions{Epochs: 1, ValidationSplit: 0.25}
	}
	split, o := m()
	h, err := split.Fit(context.Background(), all, o)
	if err != nil {
		t.Fatal(err)
	}
	train, _ := titanic(t)
	apart, o := m()
	o.ValidationSplit = 0
	rest := make([]int, 100)
	for i := range rest {
		rest[i] = 300 + i
	}
	if o.Validation, err = all.Subset(rest); err != nil {
		t.Fatal(err)
	}
	g, err := apart.Fit(context.Background(), train, o)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := h.Last().Validation.Loss, g.Last().Validation.Loss; a != b {
		t.Errorf("validation loss %v, of rows apart %v", a, b)
	}
	if _, err := models.CrossValidate(context.Background(), all, models.CrossOptions{Folds: 3}, models.Candidate{Name: "one", New: m}); err != nil {
		t.Error(err)
	}
}

// The weight of a row is as if it were there so many times.
func TestWeightsOfRows(t *testing.T) {
	d := data.Iris()
	rows := []int{}
	d.Weights = make([]float64, d.Rows())
	for i := range d.Weights {
		d.Weights[i] = float64(i % 3)
		for range i % 3 {
			rows = append(rows, i)
		}
	}
	repeated, err := data.Iris().Subset(rows)
	if err != nil {
		t.Fatal(err)
	}
	fit := func(d *data.Dataset, λ float64) []float64 {
		m := &models.Logistic{Penalty: models.L2, Lambda: λ, Tolerance: 1e-10}
		if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
			t.Fatal(err)
		}
		w, _, err := m.Coefficients()
		if err != nil {
			t.Fatal(err)
		}
		return w.Float64s()
	}
	want := fit(repeated, 1) // there are as many rows as the weights add up to
	for i, w := range fit(d, 1) {
		if math.Abs(w-want[i]) > 1e-6 {
			t.Errorf("w[%d] is %v, of repeated rows %v", i, w, want[i])
		}
	}
}
