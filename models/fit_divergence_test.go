package models_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// A rate that is too large is an error that says where, after as many steps as
// descent by hand takes to leave the floats, and the weights are the last finite
// ones.
func TestDivergence(t *testing.T) {
	m, d := line(t)
	const rate = 1e5
	w, last, steps, loss := 0.5, 0.5, 0, 0.0
	for {
		slope := 0.0
		loss = 0
		for i, y := range d.Y {
			e := w*d.X[i] - y
			loss += e * e / 3
			slope += 2 * e * d.X[i] / 3
		}
		if steps++; math.IsInf(loss, 0) || math.IsNaN(loss) {
			break
		}
		last, w = w, w-rate*slope
	}
	if math.IsInf(w, 0) {
		w = last
	}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1000, FullBatch: true, Rule: optim.SGD{Rate: rate}})
	var diverged *models.DivergedError
	if !errors.Is(err, models.ErrDiverged) || !errors.As(err, &diverged) {
		t.Fatal(err)
	}
	if diverged.Epoch != steps || diverged.Step != steps || diverged.Rate != rate || !math.IsInf(diverged.Loss, 1) {
		t.Errorf("%+v, want epoch and step %d", diverged, steps)
	}
	if want := "learning rate 100000"; !contains(err, want) || !contains(err, "loss +Inf") {
		t.Errorf("%v", err)
	}
	if len(h.Epochs) != steps-1 || h.Steps != steps-1 {
		t.Errorf("history of %d epochs and %d steps, want %d", len(h.Epochs), h.Steps, steps-1)
	}
	f, err := m.Formula()
	check(t, err)
	if got := f.Params[0].Value().Float64s()[0]; math.Abs(got/w-1) > 1e-9 {
		t.Errorf("w = %g, want %g", got, w)
	}
}

// Weights that leave the floats in the last step of an epoch are put back to
// where the epoch began.
func TestDivergenceOfWeights(t *testing.T) {
	m, d := line(t)
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: math.MaxFloat64}})
	var diverged *models.DivergedError
	if !errors.As(err, &diverged) || diverged.Epoch != 1 || diverged.Step != 1 || len(h.Epochs) != 0 {
		t.Errorf("%v, %+v", err, h)
	}
	near(t, "the loss before", diverged.Loss, (0.25+4+0)/3, 1e-15)
	if w := weights(t, m); !slices.Equal(w, []float64{0.5}) {
		t.Errorf("w = %v", w)
	}
}

// Where an epoch began is where the one before ended.
func TestDivergenceOfALaterEpoch(t *testing.T) {
	m, d := line(t)
	explode := func(k int) float64 {
		if k < 2 {
			return 0.01
		}
		return math.MaxFloat64
	}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 9, FullBatch: true, Rule: optim.SGD{Rate: 1}, Schedule: explode})
	if !errors.Is(err, models.ErrDiverged) || len(h.Epochs) != 2 || h.Epochs[1].Rate != 0.01 {
		t.Errorf("%v, %+v", err, h)
	}
	same, _ := line(t)
	_, err = same.Fit(t.Context(), d, models.FitOptions{Epochs: 2, FullBatch: true, Rule: optim.SGD{Rate: 0.01}})
	check(t, err)
	if !slices.Equal(weights(t, m), weights(t, same)) {
		t.Errorf("w = %v, want %v", weights(t, m), weights(t, same))
	}
}

// L-BFGS says so too, where the cost is no number to begin with.
func TestDivergenceOfLBFGS(t *testing.T) {
	m := &models.Logistic{Init: models.Normal(1e308)}
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{})
	var diverged *models.DivergedError
	if !errors.As(err, &diverged) || diverged.Epoch != 1 || diverged.Step != 1 || !(diverged.Loss > math.MaxFloat64 || math.IsNaN(diverged.Loss)) {
		t.Errorf("%v", err)
	}
}

// Finite weights whose outputs are beyond the floats have diverged, if a
// validation shows it.
func TestDivergenceOfValidation(t *testing.T) {
	m, d := line(t)
	far, err := data.New([][]float64{{1e308}}, []float64{0}, data.Regression)
	check(t, err)
	m.Layers = []models.Layer{models.Dense{Units: 1, NoBias: true, Init: fixed([]float64{3})}}
	_, err = m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Validation: far})
	if !errors.Is(err, models.ErrDiverged) || !errors.Is(err, data.ErrNotFinite) || !contains(err, "row 0") {
		t.Errorf("%v", err)
	}
}
