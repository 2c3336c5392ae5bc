package models_test

import (
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// bitsOf trains a network with all that is random in it, and returns the losses of
// the epochs and the weights.
func bitsOf(t testing.TB, seed uint64, float32s bool) []float64 {
	d := standardised(t, data.BreastCancer())
	m := &models.Deep{Seed: seed, Float32: float32s, Penalty: models.L2, Lambda: 1, Layers: []models.Layer{
		models.Dense{Units: 32, Activation: models.ReLU}, models.Dropout{Rate: 0.2},
		models.Dense{Units: 8, Activation: models.Tanh}, models.Dropout{Rate: 0.1},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 3, ValidationSplit: 0.2})
	check(t, err)
	var all []float64
	for _, e := range h.Epochs {
		all = append(all, e.Loss, e.Validation.Loss)
	}
	f, err := m.Formula()
	check(t, err)
	for _, p := range f.Params {
		all = append(all, entries(p.Value())...)
	}
	return all
}

func TestSameSeedSameBits(t *testing.T) {
	for _, float32s := range []bool{false, true} {
		want := bitsOf(t, 1, float32s)
		onThreads(t, func(t *testing.T) {
			for range 7 {
				if !slices.Equal(bitsOf(t, 1, float32s), want) {
					t.Fatal("another run has other losses or weights")
				}
			}
		})
		if slices.Equal(bitsOf(t, 2, float32s), want) {
			t.Error("another seed has the same weights")
		}
	}
}

// Logistic regression takes the same way to the minimum however many threads.
func TestSameMinimumSameBits(t *testing.T) {
	d := data.Digits()
	var want []float64
	onThreads(t, func(t *testing.T) {
		m := &models.Logistic{Penalty: models.L2, Lambda: 100, MaxIterations: 20}
		_, err := m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		w, _, err := m.Coefficients()
		check(t, err)
		if want == nil {
			want = w.Float64s()
		} else if !slices.Equal(w.Float64s(), want) {
			t.Error("other weights with another number of threads")
		}
	})
}

// A model's formula trains outside the model too. An optimizer that goes on from
// a saved state has the bits of one that never stopped.
func TestRestoredStateSameBits(t *testing.T) {
	d := standardised(t, data.Iris())
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 8, Activation: models.GELU}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1})
	check(t, err)
	optimizer := func() (*optim.Optimizer, *models.Formula) {
		f, err := m.Formula()
		check(t, err)
		o, err := optim.Minimize(f.Cost, optim.Adam{Rate: 0.01}, f.Params...)
		check(t, err)
		x, y := tensor.New(tensor.WithShape(4, 150), tensor.Of(tensor.Float64)), tensor.New(tensor.WithShape(3, 150), tensor.Of(tensor.Float64))
		check(t, d.Gather(x.Float64s(), nil))
		check(t, d.GatherOneHot(y.Float64s(), nil))
		check(t, o.Feed(f.Inputs[0], x))
		check(t, o.Feed(f.Targets[0], y))
		return o, f
	}
	steps := func(o *optim.Optimizer, n int) {
		for range n {
			check(t, o.Step())
		}
	}
	whole, f := optimizer()
	steps(whole, 20)
	first, g := optimizer()
	steps(first, 7)
	second, h := optimizer()
	copyParams(h.Params, g.Params)
	check(t, second.SetState(first.State()))
	steps(second, 13)
	for i, p := range f.Params {
		if !slices.Equal(p.Value().Float64s(), h.Params[i].Value().Float64s()) {
			t.Errorf("%s differs", p.Name())
		}
	}
}

func copyParams(dst, src []*graph.Node) {
	for i, p := range src {
		copy(dst[i].Value().Float64s(), p.Value().Float64s())
	}
}

// A prediction does not depend on what is predicted along with it, but for
// rounding, and not at all on what was predicted before.
func TestPredictAcrossChunks(t *testing.T) {
	d, err := data.Moons(2500, 0.2, 1) // in chunks of 1024, 1024 and 452
	check(t, err)
	for _, float32s := range []bool{false, true} {
		m := &models.Deep{Float32: float32s, Standardize: true, Layers: []models.Layer{
			models.Dense{Units: 16, Activation: models.ReLU}, models.Dense{Units: 2, Activation: models.Softmax},
		}}
		_, err = m.Fit(t.Context(), d, models.FitOptions{Epochs: 2})
		check(t, err)
		tolerance := 1e-12
		if float32s {
			tolerance = 1e-5
		}
		all, err := m.PredictProba(d)
		check(t, err)
		for _, rows := range [][]int{{0}, {1023}, {1024}, {2499}, {5, 2000, 17}} {
			part, err := d.Subset(rows)
			check(t, err)
			proba, err := m.PredictProba(part)
			check(t, err)
			for i, row := range rows {
				for k := range proba[i] {
					near(t, "a probability", proba[i][k], all[row][k], tolerance)
				}
			}
		}
		again, err := m.PredictProba(d)
		check(t, err)
		for i := range all {
			if !slices.Equal(all[i], again[i]) {
				t.Fatal("the same rows have other probabilities")
			}
		}
		labels, err := m.Predict(d)
		check(t, err)
		for i, p := range all {
			if want := math.Round(p[1]); labels[i] != want {
				t.Errorf("row %d of probability %g is predicted as %g", i, p[1], labels[i])
			}
		}
	}
}
