package report_test

import (
	"fmt"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
	"adjoint/report"
)

// Each option that is set is told, and no other.
func TestOptionsOf(t *testing.T) {
	for _, c := range []struct {
		o    models.FitOptions
		want string
	}{
		{models.FitOptions{}, "[{Rule Adam, rate 0.001} {Batch 32} {Epochs, at most 100}]"},
		{
			models.FitOptions{Epochs: 7, FullBatch: true, NoShuffle: true, Rule: optim.SGD{Rate: 0.5}, Schedule: optim.Constant(1), ValidationSplit: 0.2},
			"[{Rule SGD, rate 0.5} {Schedule of the rate} {Batch all rows} {Order that of the rows} {Epochs, at most 7} {Validation 0.2 of the training rows}]",
		},
		{
			models.FitOptions{
				Batch: 8, Validation: data.Iris(), Clip: optim.Clip{Value: 2, Norm: 1}, SampleWeights: []float64{1}, ClassWeights: []float64{1, 2},
			},
			"[{Rule Adam, rate 0.001} {Batch 8} {Epochs, at most 100} {Gradient norm, at most 1} {Gradient entries, at most 2}" +
				" {Validation 150 other rows} {Rows weighted yes} {Weights of classes [1 2]}]",
		},
	} {
		if got := fmt.Sprint(report.OptionsOf(c.o)); got != c.want {
			t.Errorf("%s\nwant %s", got, c.want)
		}
	}
}

// The model tells its own options.
func TestOptionsOfModels(t *testing.T) {
	for _, c := range []struct {
		m    models.Model
		want string
	}{
		{
			&models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}, Float32: true, Seed: 5},
			"[{Penalty none} {Standardised no} {Numbers float32} {Seed 5}]",
		},
		{
			&models.Logistic{Penalty: models.L2, Lambda: 0.5, Standardize: true},
			"[{Solver L-BFGS} {Penalty L2, λ = 0.5} {Standardised yes} {Numbers float64} {Seed 0}]",
		},
	} {
		h, err := c.m.Fit(t.Context(), data.Iris(), models.FitOptions{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := report.Of(c.m, h, nil)
		if got := fmt.Sprint(f.Options); err != nil || got != c.want {
			t.Errorf("%s, %v\nwant %s", got, err, c.want)
		}
	}
}

// The picture of a deep network has so many maps at most, whatever its depth.
func TestDeepNetworkFits(t *testing.T) {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}}
	for range 20 {
		m.Layers = append([]models.Layer{models.Dense{Units: 2, Activation: models.Tanh}}, m.Layers...)
	}
	h, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 1})
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.Of(m, h, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.History = nil
	if page := write(t, f); strings.Count(page, "<rect") > 40 || !strings.Contains(page, "…") {
		t.Errorf("%d boxes", strings.Count(page, "<rect"))
	}
}
