package main

import (
	"context"
	"testing"

	"adjoint/models"

	"gorgonia.org/tensor"
)

// BenchmarkFit times whole fits of 1000 examples of 10 features: logistic regression by
// L-BFGS, by FISTA with the penalty L¹, and two epochs of a small net.
func BenchmarkFit(b *testing.B) {
	d := logisticData(10, 1000)
	lasso := newLogisticModel(tensor.Float64, 1000)
	lasso.Penalty = models.L1
	net := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
	for _, c := range []struct {
		name  string
		model models.Model
		o     models.FitOptions
	}{
		{"L-BFGS", newLogisticModel(tensor.Float64, 1000), models.FitOptions{}},
		{"FISTA", lasso, models.FitOptions{}},
		{"net", net, models.FitOptions{Epochs: 2}},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.model.Fit(context.Background(), d, c.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
