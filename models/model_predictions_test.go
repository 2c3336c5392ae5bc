package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// Predictions are what the three methods return, of every kind of model.
func TestPredictions(t *testing.T) {
	for _, c := range savedCases(t) {
		got, err := c.model.Predictions(c.rows)
		check(t, err)
		want := &models.Predictions{Classes: c.model.Classes(), Labels: must(c.model.Predict(c.rows))}
		if c.rows.Classes != nil {
			want.Probabilities = must(c.model.PredictProba(c.rows))
		}
		if fmt.Sprintf("%q %x %x", got.Classes, got.Labels, got.Probabilities) != fmt.Sprintf("%q %x %x", want.Classes, want.Labels, want.Probabilities) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
	m := &models.Deep{}
	if _, err := m.Predictions(data.Iris()); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("before Fit: %v", err)
	}
	check(t, m.Load(bytes.NewReader(saved(t, small(t, must(data.Moons(10, 0.1, 3)))))))
	if _, err := m.Predictions(data.Iris()); !errors.Is(err, data.ErrFeatures) {
		t.Errorf("other features: %v", err)
	}
}

// two are saved models of the same features whose classes, labels and
// probabilities all differ.
func two(t testing.TB) [2][]byte {
	t.Helper()
	rows := data.Iris()
	var files [2][]byte
	for i := range files {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1}
		must(m.Fit(t.Context(), rows, models.FitOptions{}))
		files[i] = saved(t, m)
		slices.Reverse(rows.Classes) // the labels stay, and so mean another class
		for i := range rows.Y {
			rows.Y[i] = float64((int(rows.Y[i]) + 1) % 3)
		}
	}
	return files
}

// While a model changes, its predictions are those of one state.
func TestPredictionsAreOfOneState(t *testing.T) {
	rows, files := data.Iris(), two(t)
	m := &models.Logistic{}
	known := map[string]bool{}
	for _, f := range files {
		check(t, m.Load(bytes.NewReader(f)))
		known[fmt.Sprintf("%+v", *must(m.Predictions(rows)))] = true
	}
	if len(known) != 2 {
		t.Fatal("the two models are alike")
	}
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for ctx.Err() == nil {
				if p := must(m.Predictions(rows)); !known[fmt.Sprintf("%+v", *p)] {
					t.Errorf("%q, %v… are of no state", p.Classes, p.Labels[:1])
					return
				}
			}
		})
	}
	for i := range 500 {
		check(t, m.Load(bytes.NewReader(files[i%2])))
	}
	stop()
	all.Wait()
}
