package models

import (
	"math"
	"testing"

	"adjoint/data"
)

// Row i of a sample is ⌊i·rows/count⌋, with a share of the weights.
func TestSampleIsSpreadEvenly(t *testing.T) {
	for _, rows := range []int{1, 7, chunkRows, chunkRows + 1, 2500, 3 * chunkRows} {
		for _, weighted := range []bool{false, true} {
			training := &Training{train: &data.Dataset{X: make([]float64, rows), Features: []string{"x"}}}
			if weighted {
				training.feeding.weights = make([]float64, rows)
				for i := range rows {
					training.feeding.weights[i] = float64(i%3 + 1)
				}
			}
			s, i, sum, first := training.sample(), 0, 0.0, 0.0
			for row, w := range s.rows {
				if row != i*rows/s.count {
					t.Fatalf("row %d of a sample of %d is %d, want %d", i, rows, row, i*rows/s.count)
				}
				if i == 0 {
					first = w
				}
				if weighted && math.Abs(w-first*float64(row%3+1)) > 1e-15 {
					t.Fatalf("row %d of a sample of %d weighs %v, the first %v", i, rows, w, first)
				}
				i, sum = i+1, sum+w
			}
			if i != min(rows, chunkRows) || math.Abs(sum-1) > 1e-12 {
				t.Errorf("a sample of %d rows has %d with weights that sum to %v", rows, i, sum)
			}
		}
	}
}
