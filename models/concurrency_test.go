package models_test

import (
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
