package models_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// Dropout leaves out so many values and scales up the others, anew at each step,
// and does nothing where the model predicts. A layer that is dropped out to
// nothing but its mean has the gradient of its mask.
func TestDropout(t *testing.T) {
	const n = 2000
	rows := make([][]float64, 64)
	for i := range rows {
		rows[i] = slices.Repeat([]float64{1}, n)
	}
	y := make([]float64, len(rows))
	for i := range y {
		y[i] = 1 // with w = 0 the gradient in w is −2·mean of the masks
	}
	d, err := data.New(rows, y, data.Regression)
	check(t, err)
	const rate = 0.25
	step := func(seed uint64, epochs int) []float64 {
		m := &models.Deep{Seed: seed, Layers: []models.Layer{models.Dropout{Rate: rate}, models.Dense{Units: 1, NoBias: true, Init: models.Zeros}}}
		_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: epochs, FullBatch: true, Rule: optim.SGD{Rate: 0.5e-12}})
		check(t, err)
		w := weights(t, m)
		p, err := m.Predict(d)
		check(t, err)
		sum := 0.0
		for i := range w {
			sum += w[i]
			w[i] *= 64e12 * (1 - rate) // how often the mask let it pass
		}
		near(t, "a prediction", p[0], sum, 1e-20)
		return w
	}
	w := step(1, 1)
	mean, variance, _ := moments(w)
	near(t, "the mean", mean, 64*(1-rate), 0.3)
	near(t, "the variance", variance, 64*rate*(1-rate), 1.2)
	for _, x := range w {
		near(t, "a number of rows", x, math.Round(x), 1e-6)
	}
	if slices.Equal(w, step(2, 1)) || !slices.Equal(w, step(1, 1)) {
		t.Error("masks are not of the seed")
	}
	twice := step(1, 2)
	for i := range twice {
		twice[i] -= w[i]
	}
	if slices.EqualFunc(twice, w, func(a, b float64) bool { return math.Abs(a-b) < 0.5 }) {
		t.Error("the second step has the masks of the first")
	}
}

// A layer of one's own has weights that a penalty acts on, and a bias that it
// does not.
type gate struct{ units int }

func (g gate) String() string { return "gate" }
func (g gate) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	n := a.Shape().Dim(0)
	value := ops.MatMul(b.Weight(g.units, n, models.HeNormal), a)
	z := ops.MatMul(b.Weight(g.units, n, nil), a)
	return ops.Mul(ops.Sigmoid(ops.Bias(b.Bias(g.units), z)), value)
}

func TestOwnLayer(t *testing.T) {
	train, test := split(t, data.Wine(), 0.25, 1)
	m := &models.Deep{Standardize: true, Penalty: models.L2, Lambda: 1, Layers: []models.Layer{
		gate{8}, models.Dropout{Rate: 0.1}, models.Func("half", func(a *graph.Node) *graph.Node { return ops.Scale(0.5, a) }), models.Dense{Units: 3},
	}}
	_, err := m.Fit(t.Context(), train, models.FitOptions{Epochs: 60, Rule: optim.Adam{Rate: 0.01}})
	check(t, err)
	scores, err := m.Evaluate(test)
	check(t, err)
	if scores.Accuracy < 0.9 {
		t.Errorf("accuracy %g", scores.Accuracy)
	}
	f, err := m.Formula()
	check(t, err)
	var names []string
	squares := 0.0
	for _, p := range f.Params {
		names = append(names, p.Name())
		if p.Name()[0] == 'w' {
			squares += norm(entries(p.Value())) * norm(entries(p.Value()))
		}
	}
	if got := strings.Join(names, " "); got != "w1 w2 b2 w3 b3" {
		t.Errorf("parameters %s", got)
	}
	d := scaled(t, m, train)
	j, _ := costOf(t, m, d)
	mean, _ := evaluate(t, f, d, ops.Mean(f.Loss))
	near(t, "the penalty", j-mean, squares/(2*float64(train.Rows())), 1e-13)
}

// scaled returns d as the network of m sees it.
func scaled(t testing.TB, m *models.Deep, d *data.Dataset) *data.Dataset {
	d, err := m.Scaler().Transform(d)
	check(t, err)
	if s := m.TargetScaler(); s != nil {
		check(t, s.Standardize(d.Y, d.Y))
	}
	return d
}
