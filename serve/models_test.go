package serve

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// An answer, as a client reads it.
type answer struct {
	Classes     []string
	Predictions []struct {
		Class         string
		Position      int
		Probabilities []float64
		Value         float64
	}
}

// breastCancer is a logistic regression and the data it was fitted on: the first
// of the features.
func breastCancer(t testing.TB, features int) (*models.Logistic, *data.Dataset) {
	t.Helper()
	d, err := data.BreastCancer().First(features)
	if err != nil {
		t.Fatal(err)
	}
	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		t.Fatal(err)
	}
	return m, d
}

func fitted(t *testing.T, d *data.Dataset, layers ...models.Layer) *models.Deep {
	t.Helper()
	m := &models.Deep{Layers: layers, Standardize: true, Seed: 1}
	if _, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2}); err != nil {
		t.Fatal(err)
	}
	return m
}

// expect checks an answer against Predict and PredictProba of the rows, in one
// call each, bit for bit.
func expect(t testing.TB, m models.Model, d *data.Dataset, text []byte) {
	t.Helper()
	a := decoded[answer](t, text)
	labels, err := m.Predict(d)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Predictions) != len(labels) {
		t.Fatalf("%d predictions for %d rows", len(a.Predictions), len(labels))
	}
	if m.Classes() == nil {
		for i, p := range a.Predictions {
			if !sameBits([]float64{p.Value}, labels[i:i+1]) {
				t.Errorf("row %d: %v, want %v", i, p.Value, labels[i])
			}
		}
		return
	}
	proba, err := m.PredictProba(d)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range a.Predictions {
		if p.Position != int(labels[i]) || p.Class != m.Classes()[p.Position] || len(p.Probabilities) != len(a.Classes) {
			t.Errorf("row %d: %+v, want class %v", i, p, labels[i])
		}
		if tail := p.Probabilities[len(p.Probabilities)-len(proba[i]):]; !sameBits(tail, proba[i]) {
			t.Errorf("row %d: probabilities %v, want %v", i, tail, proba[i])
		}
	}
}

// Every kind of model is served, with what it predicts bit for bit.
func TestModels(t *testing.T) {
	logistic, tumours := breastCancer(t, 30)
	iris := data.Iris()
	lengths, err := iris.Select("petal_length_cm", "sepal_width_cm")
	if err != nil {
		t.Fatal(err)
	}
	lengths.Y, _ = iris.Column("petal_width_cm")
	lengths.Classes = nil
	for name, c := range map[string]struct {
		m models.Model
		d *data.Dataset
	}{
		"logistic": {logistic, tumours},
		"softmax":  {fitted(t, iris, models.Dense{Units: 5, Activation: models.Tanh}, models.Dense{Units: 3, Activation: models.Softmax}), iris},
		"number":   {fitted(t, lengths, models.Dense{Units: 5, Activation: models.Tanh}, models.Dense{Units: 1}), lengths},
	} {
		t.Run(name, func(t *testing.T) {
			rows := make([][]float64, c.d.Rows())
			for i := range rows {
				rows[i] = c.d.Row(i)
			}
			w := post(Handler(c.m, Options{}), bytes.NewReader(body(t, rows)))
			if w.Code != http.StatusOK {
				t.Fatalf("%d %s", w.Code, w.Body)
			}
			expect(t, c.m, c.d, w.Body.Bytes())
		})
	}
}

// What overflows on the way through the model is the row's fault, and named.
func TestOverflow(t *testing.T) {
	iris := data.Iris()
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}, Float32: true}
	if _, err := m.Fit(t.Context(), iris, models.FitOptions{Epochs: 1}); err != nil {
		t.Fatal(err)
	}
	w := post(Handler(m, Options{}), strings.NewReader(`{"rows":[[1,2,3,4],[1,2,1e300,4]]}`))
	wantError(t, w.Code, w.Header(), w.Body.Bytes(), http.StatusUnprocessableEntity, "request: row 1, column 2 ("+iris.Features[2]+"): 1e+300")
}
