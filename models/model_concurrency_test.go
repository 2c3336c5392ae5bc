package models_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// 64 goroutines ask a model for everything while it is fitted again and again.
// Each answer is one that some fit gives, and the race detector is content.
func TestPredictWhileFitting(t *testing.T) {
	d := data.Iris()
	m := &models.Deep{Standardize: true, Seed: 1, Layers: []models.Layer{
		models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
	var known [][]float64 // the first probabilities after each number of epochs
	fit := func(epochs int) {
		if _, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: epochs}); err != nil {
			t.Error(err)
		}
	}
	for epochs := 1; epochs <= 4; epochs++ {
		fit(epochs)
		p, err := m.PredictProba(d)
		check(t, err)
		known = append(known, p[0])
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for ctx.Err() == nil {
				p, err := m.PredictProba(d)
				if err != nil {
					t.Error(err)
					return
				}
				if !slices.ContainsFunc(known, func(k []float64) bool { return slices.Equal(k, p[0]) }) {
					t.Errorf("%v is no prediction of a whole fit", p[0])
				}
				_, e1 := m.Predict(d)
				_, e2 := m.Evaluate(d)
				_, e3 := m.Formula()
				_, e4 := m.Summary(0)
				if e1 != nil || e2 != nil || e3 != nil || e4 != nil || len(m.Classes()) != 3 || len(m.Features()) != 4 {
					t.Error(e1, e2, e3, e4, m.Classes(), m.Features())
				}
			}
		})
	}
	for i := range 12 {
		fit(1 + i%4)
	}
	stop()
	wg.Wait()
}

// The same of a formula with dropout and a state, whose Fit goes on: each answer is one of
// those that the fits give one after the other.
func TestPredictWhileAFormulaIsFitted(t *testing.T) {
	d := ramp(40)
	f := normalised(t)
	fit := func(f *models.Formula) {
		if _, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 2}); err != nil {
			t.Error(err)
		}
	}
	known := [][]float64{must(f.PredictProba(d))[7]}
	for alone := must(f.Formula()); len(known) < 8; {
		fit(alone)
		known = append(known, must(alone.PredictProba(d))[7])
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for ctx.Err() == nil {
				p, err := f.PredictProba(d)
				copied, e1 := f.Formula()
				_, e2 := f.Evaluate(d)
				if err != nil || e1 != nil || e2 != nil {
					t.Error(err, e1, e2)
					return
				}
				q, err := copied.PredictProba(d)
				if err != nil {
					t.Error(err)
					return
				}
				for _, row := range [][]float64{p[7], q[7]} {
					if !slices.ContainsFunc(known, func(k []float64) bool { return slices.Equal(k, row) }) {
						t.Errorf("%v is no prediction of a whole fit", row)
					}
				}
			}
		})
	}
	for range 7 {
		fit(f)
	}
	stop()
	wg.Wait()
}

// A loaded recurrent network is differentiated, copied and fitted, and predicts, at once: derivatives of its
// loops are built in copies.
func TestRecurrentNetworkAtOnce(t *testing.T) {
	d := sequences(t)
	m := &models.Deep{Seed: 1, Layers: []models.Layer{
		models.Reshape{Shape: []int{1, 6}}, models.LSTM{Units: 4}, models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2})
	check(t, err)
	var file bytes.Buffer
	check(t, m.Save(&file))
	loaded := must(models.Load(&file)).(*models.Deep)
	want, predicted := must(models.Saliency(m, d)), must(m.PredictProba(d))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			slopes, err := models.Saliency(loaded, d)
			if err != nil || !slices.EqualFunc(slopes, want, slices.Equal[[]float64]) {
				t.Errorf("other slopes, or %v", err)
			}
		})
		wg.Go(func() {
			p, err := loaded.PredictProba(d)
			if err != nil || !slices.EqualFunc(p, predicted, slices.Equal[[]float64]) {
				t.Errorf("other predictions, or %v", err)
			}
		})
		wg.Go(func() {
			f, err := loaded.Formula()
			if err == nil {
				_, err = f.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
