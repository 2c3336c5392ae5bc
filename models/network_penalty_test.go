package models_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// λ = 1e6 leaves nothing of the weights, for either penalty, solver and kind of
// model, and the bias gives the share of the classes.
func TestLargePenalty(t *testing.T) {
	d := standardised(t, data.BreastCancer())
	for _, penalty := range []models.Penalty{models.L1, models.L2} {
		m := &models.Logistic{Penalty: penalty, Lambda: 1e6}
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		w, b, err := m.Coefficients()
		check(t, err)
		if norm(entries(w)) > 2e-3 || !h.Converged {
			t.Errorf("%v: |w| = %g, %+v", penalty, norm(entries(w)), h)
		}
		near(t, "b", entries(b)[0], math.Log(357./212), 1e-5)
	}
	m := network()
	m.Penalty, m.Lambda = models.L2, 1e6
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 400, FullBatch: true, Rule: optim.SGD{Rate: 5e-4}})
	check(t, err)
	f, err := m.Formula()
	check(t, err)
	for i := 0; i < len(f.Params); i += 2 {
		if n := norm(entries(f.Params[i].Value())); n > 1e-6 {
			t.Errorf("%s: norm %g", f.Params[i].Name(), n)
		}
	}
}

// An L1 penalty leaves weights that are 0, more of them the larger it is, and the
// minimum has the subgradient that it must have: for w ≠ 0 the slope of the loss
// is −λ/(2N)·sign(w), and for w = 0 it is no steeper than λ/(2N).
func TestL1GivesZeros(t *testing.T) {
	d := standardised(t, data.BreastCancer())
	zeros := -1
	for _, λ := range []float64{1, 10, 100} {
		m := &models.Logistic{Penalty: models.L1, Lambda: λ}
		h, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		if !h.Converged || !(h.GradientNorm < 1e-8) {
			t.Errorf("λ = %g: %+v", λ, h)
		}
		f, err := m.Formula()
		check(t, err)
		mean, gradient := evaluate(t, f, d, f.Cost.In(0)) // J without its penalty
		bound, sum, count := λ/(2*569), 0.0, 0
		for i, w := range entries(f.Params[0].Value()) {
			sum += math.Abs(w)
			if w == 0 {
				count++
				if math.Abs(gradient[0][i]) > bound+1e-8 {
					t.Errorf("λ = %g: w[%d] = 0 where the slope is %g", λ, i, gradient[0][i])
				}
				continue
			}
			near(t, "the slope", gradient[0][i], -math.Copysign(bound, w), 1e-8)
		}
		near(t, "the slope in b", gradient[1][0], 0, 1e-8)
		near(t, "J", h.Costs[0], mean+bound*sum, 1e-14)
		j, _ := costOf(t, m, d)
		near(t, "J of the formula", j, h.Costs[0], 1e-14)
		if count <= zeros {
			t.Errorf("λ = %g: %d zeros, and %d for less", λ, count, zeros)
		}
		zeros = count
	}
	if zeros < 20 || zeros == 30 {
		t.Errorf("%d zeros of 30", zeros)
	}
}

// The gradient of J is what differences of J say, and what the penalty adds to
// that of the mean loss is λ/N·w or λ/(2N)·sign(w), and nothing for biases.
func TestGradientsWithPenalty(t *testing.T) {
	d := standardised(t, data.Iris())
	const λ, n = 30, 150
	slopes := map[models.Penalty]func(w float64) float64{
		models.L1: func(w float64) float64 { return math.Copysign(λ/(2.*n), w) },
		models.L2: func(w float64) float64 { return λ / float64(n) * w },
	}
	for penalty, slope := range slopes {
		m := &models.Deep{Penalty: penalty, Lambda: λ, Seed: 3, Layers: []models.Layer{
			models.Dense{Units: 5, Activation: models.Tanh}, models.Dense{Units: 3, Activation: models.Softmax},
		}}
		_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
		check(t, err)
		f, err := m.Formula()
		check(t, err)
		_, gradient := evaluate(t, f, d, f.Cost)
		_, plain := evaluate(t, f, d, ops.Mean(f.Loss))
		cost := valueOf(t, f, d, f.Cost)
		for i, p := range f.Params {
			w := p.Value().Float64s()
			for k, at := range slices.Clone(w) {
				const h = 1e-5
				w[k] = at + h
				up := cost()
				w[k] = at - h
				down := cost()
				w[k] = at
				near(t, fmt.Sprintf("%v: gradient in %s", penalty, p.Name()), gradient[i][k], (up-down)/(2*h), 1e-8)
				added := 0.0
				if i%2 == 0 {
					added = slope(at)
				}
				near(t, fmt.Sprintf("%v: share of the penalty in %s", penalty, p.Name()), gradient[i][k]-plain[i][k], added, 1e-15)
			}
		}
	}
}

// The size-weighted mean of the gradients of an epoch's batches, at fixed
// weights, is the gradient over all rows, because the N of the penalty is that
// of the training rows in a batch too.
func TestBatchGradientsAddUp(t *testing.T) {
	d := standardised(t, data.Wine())
	m := &models.Deep{Penalty: models.L2, Lambda: 50, Layers: []models.Layer{
		models.Dense{Units: 4, Activation: models.SELU}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
	check(t, err)
	f, err := m.Formula()
	check(t, err)
	j, gradient := evaluate(t, f, d, f.Cost)
	batches, err := d.Batches(50, 1) // 50 + 50 + 50 + 28
	check(t, err)
	for _, rows := range batches.Epoch(0) {
		share := float64(len(rows)) / float64(d.Rows())
		part, g := evaluate(t, f, d, f.Cost, rows...)
		j -= share * part
		for i := range gradient {
			for k := range gradient[i] {
				gradient[i][k] -= share * g[i][k]
			}
		}
	}
	near(t, "what is left of J", j, 0, 1e-14)
	near(t, "what is left of its gradient", norm(gradient...), 0, 1e-14)
}

// So the loss of an epoch whose rate is too small to move anything is J.
func TestEpochLossIsWeightedBySize(t *testing.T) {
	d := standardised(t, data.Wine())
	m := &models.Logistic{Solver: models.Descent, Penalty: models.L2, Lambda: 50, Init: models.Normal(1)}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Batch: 50, Rule: optim.SGD{Rate: 1e-300}})
	check(t, err)
	j, _ := costOf(t, m, d)
	near(t, "the loss of the epoch", h.Last().Loss, j, 1e-14)
}
