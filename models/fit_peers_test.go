package models_test

import (
	"math"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"
)

// The data and weights that programs of other libraries were measured on are
// given by formulas, so that all can train on the same. They are here again.

// uniform returns numbers in [0, 1): the upper 53 bits of SplitMix64 (G. Steele,
// D. Lea, C. Flood 2014), started at seed·2³².
func uniform(seed uint64, n int) []float64 {
	u := make([]float64, n)
	for i := range u {
		z := seed<<32 + uint64(i+1)*0x9E3779B97F4A7C15
		z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
		z = (z ^ z>>27) * 0x94D049BB133111EB
		u[i] = float64((z^z>>31)>>11) * 0x1p-53
	}
	return u
}

// normal returns scaled standard normal numbers, by Box and Muller.
func normal(seed uint64, n int, scale float64) []float64 {
	u, v := uniform(seed, 2*n), make([]float64, n)
	for i := range v {
		v[i] = scale * math.Sqrt(-2*math.Log(1-u[2*i])) * math.Cos(2*math.Pi*u[2*i+1])
	}
	return v
}

// peersData is 1000 examples of ten normal features, whose label is 1 with the
// probability that a random logistic model gives.
func peersData() *data.Dataset {
	const n, rows = 10, 1000
	x, w, u := normal(1, n*rows, 1), normal(2, n, 1), uniform(3, rows)
	d := &data.Dataset{X: make([]float64, n*rows), Y: make([]float64, rows), Features: data.Names(n), Classes: []string{"0", "1"}}
	for i := range rows {
		z := 0.0
		for j := range n {
			d.X[i*n+j] = x[j*rows+i] // x has an example a column
			z += w[j] * x[j*rows+i]
		}
		if 1/(1+math.Exp(-z)) > u[i] {
			d.Y[i] = 1
		}
	}
	return d
}

// Logistic regression by descent ends where NumPy's and PyTorch's end.
func TestDescentOfPeersLogistic(t *testing.T) {
	d := peersData()
	onThreads(t, func(t *testing.T) {
		m := &models.Logistic{Solver: models.Descent, Init: fixed(normal(4, 10, 0.01))}
		h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2000})
		check(t, err)
		s, err := m.Evaluate(d)
		check(t, err)
		near(t, "the loss", s.Loss, 0.260429823592171, 1e-9)
		if h.Steps != 2000 || len(h.Epochs) != 2000 {
			t.Errorf("%d steps, %d epochs", h.Steps, len(h.Epochs))
		}
	})
}

// So does the network 10-32-8-1.
func TestDescentOfPeersNetwork(t *testing.T) {
	d, nodes := peersData(), []int{10, 32, 8, 1}
	m := network()
	for l := range m.Layers {
		layer := m.Layers[l].(models.Dense)
		layer.Init = fixed(normal(uint64(11+l), nodes[l]*nodes[l+1], math.Sqrt(2/float64(nodes[l]))))
		m.Layers[l] = layer
	}
	onThreads(t, func(t *testing.T) {
		_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 2000, FullBatch: true, Rule: optim.SGD{Rate: 0.1}})
		check(t, err)
		s, err := m.Evaluate(d)
		check(t, err)
		near(t, "the loss", s.Loss, 0.1082639970664, 1e-9)
	})
}
