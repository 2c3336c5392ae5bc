package models_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// A network of one layer goes, by proximal steps over all rows, to the minimum that
// FISTA finds, with the same zeros, by every rule and in both float types; by a rule
// that is not of package optim none is 0. The loss of an epoch has the penalty in it.
func TestDeepL1GivesZeros(t *testing.T) {
	d := few()
	const λ = 20
	exact := &models.Logistic{Penalty: models.L1, Lambda: λ, Standardize: true}
	h, err := exact.Fit(t.Context(), d, models.FitOptions{})
	check(t, err)
	minimum, want := h.Costs[0], weights(t, exact)
	for _, c := range []struct {
		name   string
		rule   optim.Rule
		single bool
		zeros  bool
	}{
		{"SGD", optim.SGD{Rate: 0.2}, false, true},
		{"momentum", optim.SGD{Rate: 0.03, Momentum: 0.9}, false, true},
		{"Adam", optim.Adam{Rate: 0.02}, false, true},
		{"Adam, float32", optim.Adam{Rate: 0.02}, true, true},
		{"own", hidden{0.2}, false, false},
	} {
		m := &models.Deep{
			Penalty: models.L1, Lambda: λ, Standardize: true, Float32: c.single, Seed: 5,
			Layers: []models.Layer{models.Dense{Units: 1, Activation: models.Sigmoid}},
		}
		h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 4000, FullBatch: true, Rule: c.rule, Schedule: optim.Cosine(4000, 0)})
		check(t, err)
		near(t, c.name+": the minimum", h.Last().Loss, minimum, 1e-4)
		got := weights(t, m)
		if !c.zeros {
			if slices.Contains(got, 0) {
				t.Errorf("%s: a weight is 0", c.name)
			}
			continue
		}
		for i := range got {
			if c.zeros && (got[i] == 0) != (want[i] == 0) || math.Abs(got[i]-want[i]) > 0.01 {
				t.Errorf("%s: w[%d] = %g, want %g", c.name, i, got[i], want[i])
			}
		}
		near(t, c.name+": J by hand", h.Last().Loss, costByHand(t, m, d), 1e-6)
	}
	if zeros := count(want, 0); zeros < 8 || zeros > 16 {
		t.Errorf("%d zeros", zeros)
	}
}

// few is rows of 20 features, of which the first few tell the class.
func few() *data.Dataset {
	r := rand.New(rand.NewPCG(8, 0))
	d := &data.Dataset{Features: data.Names(20), Classes: []string{"no", "yes"}}
	for range 400 {
		from, z, y := len(d.X), r.NormFloat64(), 0.0
		for range 20 {
			d.X = append(d.X, r.NormFloat64())
		}
		for j, v := range []float64{2, -1, 0.5, 0.25} {
			z += v * d.X[from+j]
		}
		if z > 0 {
			y = 1
		}
		d.Y = append(d.Y, y)
	}
	return d
}

func count(w []float64, v float64) (n int) {
	for _, x := range w {
		if x == v {
			n++
		}
	}
	return n
}

// costByHand is J by hand, from the weights of a network of one layer of σ and the L1
// penalty λ/(2N)·Σ|w|.
func costByHand(t testing.TB, m *models.Deep, d *data.Dataset) (j float64) {
	x, n := standardised(t, d), float64(d.Rows())
	w, last := weights(t, m), len(d.Features)
	for i, y := range d.Y {
		z := w[last]
		for k, v := range x.Row(i) {
			z += w[k] * v
		}
		j += (math.Max(z, 0) - y*z + math.Log1p(math.Exp(-math.Abs(z)))) / n
	}
	for _, v := range w[:last] {
		j += m.Lambda / (2 * n) * math.Abs(v)
	}
	return j
}

// Hidden layers get zeros too, and so does logistic regression by descent; biases
// are free.
func TestL1OfDescentAndHiddenLayers(t *testing.T) {
	d := data.BreastCancer()
	m := network()
	m.Penalty, m.Lambda, m.Standardize = models.L1, 20, true
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 500, FullBatch: true, Rule: optim.Adam{Rate: 0.01}})
	check(t, err)
	f := must(m.Formula())
	for i := 0; i < len(f.Params); i += 2 {
		w := entries(f.Params[i].Value())
		if zeros := count(w, 0); zeros < len(w)/2 || zeros == len(w) {
			t.Errorf("%s: %d zeros of %d", f.Params[i].Name(), zeros, len(w))
		}
	}
	if acc := must(m.Evaluate(d)).Accuracy; acc < 0.95 {
		t.Errorf("accuracy %g", acc)
	}
	l := &models.Logistic{Solver: models.Descent, Penalty: models.L1, Lambda: 20, Standardize: true}
	_, err = l.Fit(t.Context(), d, models.FitOptions{Epochs: 3000})
	check(t, err)
	if w := weights(t, l); count(w, 0) < 15 || w[30] == 0 {
		t.Errorf("descent: %g", w)
	}
}

// In an epoch of many batches each is trained on, in the order that Batches deals
// out: descent by hand on one row at a time ends with the same weight.
func TestOrderOfManyBatches(t *testing.T) {
	const rows, rate = 23, 0.05
	y := make([]float64, rows)
	for i := range y {
		y[i] = math.Sin(float64(i * i))
	}
	d := numbersOf(y...)
	for i := range d.X {
		d.X[i] = math.Cos(float64(3 * i))
	}
	for _, o := range []models.FitOptions{{Batch: 1, Epochs: 2}, {Batch: 2, Epochs: 3}, {Batch: 1, Epochs: 1, NoShuffle: true}} {
		o.Rule = optim.SGD{Rate: rate}
		m := &models.Deep{Seed: 9, Layers: []models.Layer{models.Dense{Units: 1, NoBias: true, Init: models.Zeros}}}
		must(m.Fit(t.Context(), d, o))
		w, batches := 0.0, must(d.Batches(o.Batch, 9))
		for epoch := range o.Epochs {
			order := batches.Epoch(epoch)
			if o.NoShuffle {
				order = batches.InOrder()
			}
			for _, batch := range order {
				slope := 0.0
				for _, i := range batch {
					slope += 2 * d.X[i] * (w*d.X[i] - d.Y[i]) / float64(len(batch))
				}
				w -= rate * slope
			}
		}
		near(t, "w", weights(t, m)[0], w, 1e-14)
	}
}
