package models_test

import (
	"math"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// Deep and Logistic end where they did before they built a Formula, from the same seeds: with
// the cost of the last epoch, and the norm of the weights, that commit 508dbad printed on an
// x86-64 with AVX-512. Where a rounding differs since, figures agree to the tolerance.
func TestNumbersStay(t *testing.T) {
	moons := must(data.Moons(300, 0.2, 1))
	number := data.Iris()
	number.Classes = nil
	layers := func(hidden models.Activation, last models.Dense, units ...int) []models.Layer {
		var l []models.Layer
		for _, n := range units {
			l = append(l, models.Dense{Units: n, Activation: hidden})
		}
		return append(l, last)
	}
	binary, categorical := models.Dense{Units: 1, Activation: models.Sigmoid}, models.Dense{Units: 3, Activation: models.Softmax}
	deep := func(l []models.Layer) *models.Deep { return &models.Deep{Seed: 1, Standardize: true, Layers: l} }
	penalised, lasso := deep(layers(models.Tanh, binary, 16)), deep(layers(models.ReLU, binary, 16))
	penalised.Penalty, lasso.Penalty, penalised.Lambda, lasso.Lambda = models.L2, models.L1, 1, 1
	huber, unscaled := deep(layers(models.ReLU, models.Dense{Units: 1}, 8)), deep(layers(models.Tanh, models.Dense{Units: 1}, 8))
	huber.Loss, unscaled.NoScaleTarget = models.HuberLoss(1), true
	single := deep(layers(models.ReLU, binary, 32, 8))
	single.Float32 = true
	for _, c := range []struct {
		name       string
		m          models.Model
		rows       *data.Dataset
		o          models.FitOptions
		loss, norm float64
		tolerance  float64
	}{
		{"ReLU", deep(layers(models.ReLU, binary, 32, 8)), data.BreastCancer(), models.FitOptions{Epochs: 20, ValidationSplit: 0.17}, 0.06928506442275173, 9.6007006422666485, 1e-12},
		{"float32", single, data.BreastCancer(), models.FitOptions{Epochs: 20, ValidationSplit: 0.17}, 0.069285116710905301, 9.6007002373648795, 1e-6},
		{"L2", penalised, data.BreastCancer(), models.FitOptions{Epochs: 10}, 0.12189015890373298, 4.9013183609562017, 1e-12},
		{"L1", lasso, data.BreastCancer(), models.FitOptions{Epochs: 10}, 0.23411556485240312, 5.7879578391798576, 1e-12},
		{"weights of classes", deep(layers(models.ReLU, categorical, 8)), data.Iris(), models.FitOptions{Epochs: 20, ClassWeights: []float64{1, 2, 3}}, 2.0702926143994218, 4.9936376149826494, 1e-12},
		{"logits", deep(layers(models.Tanh, models.Dense{Units: 3}, 8)), data.Iris(), models.FitOptions{Epochs: 20}, 0.70398159482337885, 3.1581212136023291, 1e-12},
		{"Huber, clipped", huber, number, models.FitOptions{Epochs: 20, Clip: optim.Clip{Norm: 1}}, 0.12197489949180181, 4.7276466922203548, 1e-12},
		{"a number", unscaled, number, models.FitOptions{Epochs: 20, Rule: optim.SGD{Rate: 0.05}}, 0.058336630954374059, 2.732136414363906, 1e-12},
		{"GELU", deep(layers(models.GELU, binary, 16, 16)), moons, models.FitOptions{Epochs: 50, FullBatch: true, Rule: optim.AdamW{Rate: 0.01, Decay: 0.01}}, 0.18189013810064358, 9.2658332654601185, 1e-12},
		{"L-BFGS", &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}, data.BreastCancer(), models.FitOptions{}, 0.066360186224740728, 3.8475927486855008, 1e-9},
		{"L-BFGS of three", &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}, data.Iris(), models.FitOptions{}, 0.20919178840530983, 5.6335902834305323, 1e-9},
		{"FISTA", &models.Logistic{Penalty: models.L1, Lambda: 2, Standardize: true, MaxIterations: 100}, data.BreastCancer(), models.FitOptions{}, 0.081042345951227127, 4.7912883109445445, 1e-7},
		{"descent", &models.Logistic{Solver: models.Descent, Standardize: true, Seed: 3}, data.BreastCancer(), models.FitOptions{Epochs: 300}, 0.076757466575749389, 2.2580423243204564, 1e-12},
	} {
		h, err := c.m.Fit(t.Context(), c.rows, c.o)
		check(t, err)
		squares := 0.0
		for _, p := range must(c.m.Formula()).Params {
			for _, v := range entries(p.Value()) {
				squares += v * v
			}
		}
		near(t, c.name+": the cost", h.Last().Loss/c.loss, 1, c.tolerance)
		near(t, c.name+": the norm", math.Sqrt(squares)/c.norm, 1, c.tolerance)
	}
}
