package models

import (
	"context"
	"math"
	"testing"

	"adjoint/data"
	"adjoint/optim"
)

// A sample is at most chunkRows rows, a step apart over all, with weights that sum to 1.
func TestSampleIsSpreadEvenly(t *testing.T) {
	for _, rows := range []int{1, 7, chunkRows, chunkRows + 1, 3 * chunkRows} {
		for _, weights := range [][]float64{nil, make([]float64, rows)} {
			for i := range weights {
				weights[i] = float64(i%3 + 1)
			}
			training := &Training{train: &data.Dataset{X: make([]float64, rows), Features: []string{"x"}}}
			training.feeding.weights = weights
			s, count, sum := training.sample(), 0, 0.0
			for row := 0; row < rows; row += s.every {
				count, sum = count+1, sum+s.weight(row)
			}
			if count > chunkRows || count < min(rows, chunkRows/2) || math.Abs(sum-1) > 1e-12 {
				t.Errorf("a sample of %d rows has %d with weights that sum to %v", rows, count, sum)
			}
		}
	}
}

// unchanged is an Augmenter that leaves examples as they are.
type unchanged struct{}

func (unchanged) Check(*data.Dataset) error { return nil }

func (unchanged) Apply(_ *data.Dataset, dst, x []float64, _ func() float64) { copy(dst, x) }

// What a training costs at the end is asked of a whole batch, even where the last is a single row, and of a sample where a whole
// batch is very many rows, or where costs are those of other examples.
func TestLossesAreComputedWhereCostsLeaveThemOpen(t *testing.T) {
	for _, c := range []struct {
		rows   int
		o      FitOptions
		losses bool
	}{
		{4*32 + 1, FitOptions{Epochs: 20}, false},
		{4*32 + 1, FitOptions{Epochs: 20, Parts: 2}, false},
		{256, FitOptions{Epochs: 20, FullBatch: true}, false},
		{256, FitOptions{Epochs: 20, Augment: unchanged{}}, true},
		{manyRows + 1, FitOptions{Epochs: 1, FullBatch: true}, true},
	} {
		for seed := range uint64(8) {
			c.o.Rule = optim.Adam{Rate: 0.02}
			d, err := data.Moons(c.rows, 0.3, seed)
			if err != nil {
				t.Fatal(err)
			}
			m := &Deep{Layers: []Layer{Dense{Units: 8, Activation: ReLU}, Dense{Units: 1, Activation: Sigmoid}}, Seed: seed}
			if _, err := m.Fit(context.Background(), d, c.o); err != nil {
				t.Fatal(err)
			}
			if made := m.current.Load().scorePrograms.original != nil; made != c.losses {
				t.Errorf("%d rows, full batch %t, %d parts, seed %d: losses are computed: %t, want %t", c.rows, c.o.FullBatch, c.o.Parts, seed, made, c.losses)
			}
			if c.rows > manyRows {
				break
			}
		}
	}
}
