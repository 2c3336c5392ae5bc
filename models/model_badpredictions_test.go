package models_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

func TestBadPredictions(t *testing.T) {
	iris := data.Iris()
	for name, m := range map[string]model{"deep": quick(), "logistic": &models.Logistic{}} {
		if _, err := m.Evaluate(iris); !errors.Is(err, models.ErrNotFitted) {
			t.Errorf("%s before Fit: %v", name, err)
		}
	}
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	for name, err := range map[string]error{
		"Predict": failureOf(m.Predict(iris)), "PredictProba": failureOf(m.PredictProba(iris)), "Evaluate": failureOf(m.Evaluate(iris)),
		"Formula": failureOf(m.Formula()),
	} {
		if !errors.Is(err, models.ErrNotFitted) {
			t.Errorf("%s before Fit: %v", name, err)
		}
	}
	if _, _, err := m.Coefficients(); !errors.Is(err, models.ErrNotFitted) || m.Classes() != nil || m.Features() != nil || m.Scaler() != nil {
		t.Errorf("Coefficients before Fit: %v, %v, %v", err, m.Classes(), m.Features())
	}
	_, err := m.Fit(t.Context(), iris, models.FitOptions{})
	check(t, err)
	for _, c := range []struct {
		name string
		d    *data.Dataset
		want error
		says []string
	}{
		{"nil", nil, data.ErrEmpty, nil},
		{"no rows", irisWith(func(d *data.Dataset) { d.X, d.Y = nil, nil }), data.ErrEmpty, nil},
		{"another number of features", first(t, iris, 3), data.ErrFeatures, []string{"4", "3"}},
		{"other features", irisWith(func(d *data.Dataset) { d.Features[1] = "scent" }), data.ErrFeatures, []string{"scent", iris.Features[1]}},
		{"NaN", irisWith(func(d *data.Dataset) { d.X[4*5] = math.NaN() }), data.ErrNotFinite, []string{"row 5"}},
		{"lengths", irisWith(func(d *data.Dataset) { d.X = d.X[:599] }), data.ErrLength, nil},
	} {
		for name, err := range map[string]error{
			"Predict": failureOf(m.Predict(c.d)), "PredictProba": failureOf(m.PredictProba(c.d)), "Evaluate": failureOf(m.Evaluate(c.d)),
		} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s of %s: %v, want %v", name, c.name, err, c.want)
				continue
			}
			for _, s := range c.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%s of %s: %q does not say %q", name, c.name, err, s)
				}
			}
		}
	}
	for name, d := range map[string]*data.Dataset{
		"no labels":     irisWith(func(d *data.Dataset) { d.Y = nil }),
		"other classes": irisWith(func(d *data.Dataset) { d.Classes = d.Classes[:2]; d.Y = make([]float64, 150) }),
	} {
		if _, err := m.Evaluate(d); !errors.Is(err, data.ErrLabel) {
			t.Errorf("Evaluate of %s: %v", name, err)
		}
		if _, err := m.Predict(d); err != nil {
			t.Errorf("Predict of %s: %v", name, err)
		}
	}
}

func failureOf[T any](_ T, err error) error { return err }

// What the network makes of numbers that are too large is an error, not NaN.
func TestOutputsBeyondFloats(t *testing.T) {
	d, err := data.New([][]float64{{1, 2}, {2, 1}, {3, 5}}, []float64{0.5, 1.5, 2.5}, data.Regression)
	check(t, err)
	m := &models.Deep{Float32: true, Layers: []models.Layer{models.Dense{Units: 1, Init: fixed([]float64{100, -100})}}}
	_, err = m.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
	check(t, err)
	d.X[2], d.X[3] = 3e38, 3e38
	if _, err := m.Predict(d); !errors.Is(err, data.ErrNotFinite) || !strings.Contains(err.Error(), "row 1") {
		t.Errorf("%v", err)
	}
	if _, err := m.Evaluate(d); !errors.Is(err, data.ErrNotFinite) {
		t.Errorf("%v", err)
	}
}
