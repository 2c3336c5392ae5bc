package models

import (
	"math"
	"testing"

	"adjoint/data"
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
