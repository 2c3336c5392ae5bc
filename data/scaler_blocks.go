package data

import (
	"fmt"
	"math"
	"slices"

	"adjoint/internal/kernel"
)

// blockRows is how many rows a Scaler is fitted to at once. Of more rows the sums are those of blocks, in their order, so
// that rows in memory and in a file have the same bits.
const blockRows = 1 << 16

// fitBlocks is FitScaler of many rows, in three passes, with the sums of deviation: the mean, its correction and the largest
// deviation, and the squares.
func (d *Dataset) fitBlocks() (*Scaler, error) {
	n, count := len(d.Features), float64(d.Rows())
	s := &Scaler{Features: slices.Clone(d.Features), Mean: make([]float64, n), Scale: make([]float64, n)}
	sums, first, largest := make([]float64, n), make([]float64, n), make([]float64, n)
	constant := make([]bool, n)
	for j := range n {
		first[j], constant[j] = d.X[j], true
	}
	d.eachBlock(func(j int, x []float64) {
		sums[j] += kernel.Sum(x)
		constant[j] = constant[j] && !slices.ContainsFunc(x, func(v float64) bool { return v != first[j] })
	})
	for j := range n {
		first[j], sums[j] = sums[j]/count, 0
	}
	d.eachBlock(func(j int, x []float64) {
		kernel.Shift(x, x, -first[j])
		sums[j] += kernel.Sum(x)
		kernel.Abs(x, x)
		largest[j] = max(largest[j], kernel.Max(x))
	})
	power := make([]float64, n)
	exponents := make([]int, n)
	for j := range n {
		s.Mean[j], sums[j] = first[j]+sums[j]/count, 0
		_, exponents[j] = math.Frexp(largest[j])
		exponents[j] = min(max(exponents[j], -1000), 1000)
		power[j] = math.Ldexp(1, -exponents[j])
	}
	d.eachBlock(func(j int, x []float64) {
		kernel.Shift(x, x, -s.Mean[j])
		kernel.Scale(x, x, power[j])
		kernel.Mul(x, x, x)
		sums[j] += kernel.Sum(x)
	})
	for j := range n {
		s.Scale[j] = math.Ldexp(math.Sqrt(sums[j]/count), exponents[j])
		switch {
		case d.LevelsOf(j) != nil: // positions stay as they are
			s.Mean[j], s.Scale[j] = 0, 1
		case constant[j]:
			s.Mean[j], s.Scale[j] = d.X[j], 1
		case isRounding(s.Scale[j], s.Mean[j], count):
			s.Scale[j] = 1
		}
		if !isFinite(s.Mean[j]) || !isFinite(s.Scale[j]) {
			return nil, fmt.Errorf("%s: feature %d (%s) is too large to standardise: mean %v, scale %v: %w",
				d.source(), j, d.Features[j], s.Mean[j], s.Scale[j], ErrNotFinite)
		}
	}
	return s, nil
}

// eachBlock calls do with each column of each block of rows, a copy.
func (d *Dataset) eachBlock(do func(j int, x []float64)) {
	n := len(d.Features)
	const width = 4 // columns at a time
	taken := make([]float64, min(n, width)*blockRows)
	for from := 0; from < d.Rows(); from += blockRows {
		block := &Dataset{Features: d.Features, X: d.X[from*n : min(from+blockRows, d.Rows())*n]}
		count := block.Rows()
		for j := range n {
			if j%width == 0 {
				columns(block, taken, count, j, min(j+width, n), nil)
			}
			do(j, taken[j%width*count:][:count])
		}
		d.touch(len(block.X))
	}
}
