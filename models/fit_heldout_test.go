package models_test

import (
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// A model is what a fit of a seed gives.
type model interface {
	Evaluate(d *data.Dataset) (*models.Scores, error)
}

// What each data set has to be known to, on a fifth of it that is held out: the
// median of five seeds, each of its own split, weights and batches.
func TestHeldOutAccuracy(t *testing.T) {
	logistic := func(train *data.Dataset, _ uint64) model {
		m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
		_, err := m.Fit(t.Context(), train, models.FitOptions{})
		check(t, err)
		return m
	}
	deep := func(epochs int, layers ...models.Layer) func(*data.Dataset, uint64) model {
		return func(train *data.Dataset, seed uint64) model {
			m := &models.Deep{Standardize: true, Seed: seed, Layers: layers}
			_, err := m.Fit(t.Context(), train, models.FitOptions{Epochs: epochs, Rule: optim.Adam{Rate: 0.01}})
			check(t, err)
			return m
		}
	}
	classifier := func(epochs, units, classes int) func(*data.Dataset, uint64) model {
		return deep(epochs, models.Dense{Units: units, Activation: models.ReLU}, models.Dense{Units: classes, Activation: models.Softmax})
	}
	moons := func(seed uint64) *data.Dataset {
		d, err := data.Moons(1000, 0.2, seed)
		check(t, err)
		return d
	}
	bundled := func(f func() *data.Dataset) func(uint64) *data.Dataset {
		return func(uint64) *data.Dataset { return f() }
	}
	for _, c := range []struct {
		name string
		d    func(seed uint64) *data.Dataset
		fit  func(train *data.Dataset, seed uint64) model
		want float64
	}{
		{"breast cancer, logistic", bundled(data.BreastCancer), logistic, 0.96},
		{"breast cancer, 30-32-8-1", bundled(data.BreastCancer), deep(30, network().Layers...), 0.96},
		{"digits, 64-32-10", bundled(data.Digits), classifier(30, 32, 10), 0.96},
		{"wine, logistic", bundled(data.Wine), logistic, 0.95},
		{"wine, 13-16-3", bundled(data.Wine), classifier(100, 16, 3), 0.95},
		{"iris, 4-16-3", bundled(data.Iris), classifier(150, 16, 3), 0.95},
		{"moons, 2-32-2", moons, classifier(100, 32, 2), 0.95},
	} {
		var all []float64
		for seed := uint64(1); seed <= 5; seed++ {
			train, test := split(t, c.d(seed), 0.2, seed)
			scores, err := c.fit(train, seed).Evaluate(test)
			check(t, err)
			all = append(all, scores.Accuracy)
		}
		median := slices.Sorted(slices.Values(all))[2]
		t.Logf("%-24s %.4f: median of %.4f", c.name, median, all)
		if median < c.want {
			t.Errorf("%s: %.4f, want %g", c.name, median, c.want)
		}
	}
}
