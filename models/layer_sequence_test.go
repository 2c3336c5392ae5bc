package models_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/optim"
)

// sequences are of 0 and 1. The class says whether the last differs from the one before it, which
// depends on the order.
func sequences(t *testing.T) *data.Dataset {
	t.Helper()
	const rows, times = 200, 6
	random := rand.New(rand.NewPCG(1, 2))
	var x [][]float64
	var y []float64
	for range rows {
		row := make([]float64, times)
		for i := range row {
			row[i] = float64(random.IntN(2))
		}
		class := 0.0
		if row[times-1] != row[times-2] {
			class = 1
		}
		x, y = append(x, row), append(y, class)
	}
	d, err := data.New(x, y, data.Classification)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Recurrent layers, one after the other and both ways, learn what depends on the order.
func TestRecurrentLayersLearn(t *testing.T) {
	d := sequences(t)
	for name, layers := range map[string][]models.Layer{
		"RNN":   {models.RNN{Units: 6}},
		"LSTM":  {models.LSTM{Units: 6}},
		"GRU":   {models.GRU{Units: 6}},
		"stack": {models.GRU{Units: 4, All: true, Both: true}, models.LSTM{Units: 4, Both: true}},
	} {
		m := &models.Deep{Layers: append(append([]models.Layer{models.Reshape{Shape: []int{1, 6}}}, layers...), models.Dense{Units: 1, Activation: models.Sigmoid}), Seed: 1}
		if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 60, Rule: optim.Adam{Rate: 0.03}}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		scores, err := m.Evaluate(d)
		if err != nil {
			t.Fatal(err)
		}
		if scores.Accuracy < 0.99 {
			t.Errorf("%s: accuracy %.3f", name, scores.Accuracy)
		}
	}
}

// An RNN is tanh of its sums, or another activation of them, Linear too.
func TestActivationOfAnRNN(t *testing.T) {
	for name, c := range map[string]struct {
		layer models.RNN
		of    func(z float64) float64
	}{
		"RNN":          {models.RNN{Units: 1}, math.Tanh},
		"RNN (relu)":   {models.RNN{Units: 1, Activation: models.ReLU}, func(z float64) float64 { return max(0, z) }},
		"RNN (linear)": {models.RNN{Units: 1, Activation: models.Linear}, func(z float64) float64 { return z }},
	} {
		g := graph.New()
		b := models.NewBuilder(g, 1)
		y := c.layer.Apply(b, g.Constant("x", graph.Tensor([]float64{2, -3}, 1, 2, 1)))
		p := must(graph.Compile(y))
		check(t, p.Run())
		w, u := entries(b.Weights()[0].Value())[0], entries(b.Weights()[1].Value())[0]
		near(t, name, entries(must(p.Value(y)))[0], c.of(w*-3+u*c.of(w*2)), 1e-14)
		if c.layer.String() != name {
			t.Errorf("%v, want %s", c.layer, name)
		}
	}
}

// A recurrent layer wants a sequence, and units.
func TestRecurrentLayersRefuse(t *testing.T) {
	d := sequences(t)
	for _, layers := range [][]models.Layer{
		{models.LSTM{Units: 3}},
		{models.Reshape{Shape: []int{1, 6}}, models.GRU{}},
	} {
		m := &models.Deep{Layers: append(layers, models.Dense{Units: 1, Activation: models.Sigmoid})}
		if _, err := m.Fit(context.Background(), d, models.FitOptions{Epochs: 1}); !errors.Is(err, models.ErrOption) {
			t.Errorf("%v: %v", layers, err)
		}
	}
}
