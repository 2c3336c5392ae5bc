package data

import (
	"fmt"
	"math"
	"slices"
)

// An Imputer replaces missing values, which [KeepMissing] leaves in X as NaN, by the mean of the feature over the
// rows that it was fitted on. Fit it on the training rows, as a [Scaler], and before the Scaler.
type Imputer struct {
	Features []string
	Mean     []float64
}

// FitImputer returns the Imputer of the rows of d. The error wraps ErrMissing if a feature has no values.
func FitImputer(d *Dataset) (*Imputer, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkDense("gaps"); err != nil {
		return nil, err
	}
	n := len(d.Features)
	m := &Imputer{Features: slices.Clone(d.Features), Mean: make([]float64, n)}
	for j := range n {
		var values []float64
		for k := j; k < len(d.X); k += n {
			if !math.IsNaN(d.X[k]) {
				values = append(values, d.X[k])
			}
		}
		if len(values) == 0 {
			return nil, fmt.Errorf("%s: column %d (%s) has no value: %w", d.source(), j, clip(d.Features[j]), ErrMissing)
		}
		if m.Mean[j], _ = deviation(values); !isFinite(m.Mean[j]) {
			return nil, fmt.Errorf("%s: column %d (%s) has no finite mean: %w", d.source(), j, clip(d.Features[j]), ErrNotFinite)
		}
	}
	return m, nil
}

// Transform returns a copy of d without missing values. The error wraps ErrFeatures if d's features are not those of m.
func (m *Imputer) Transform(d *Dataset) (*Dataset, error) {
	return transformed(d, m.Features, m.Fill)
}

// Fill writes the rows of x, row-major, to dst, with NaN replaced. dst may be x. It allocates nothing. The error wraps
// ErrLength if dst and x differ in length, and ErrFeatures if that is not a multiple of the number of features.
func (m *Imputer) Fill(dst, x []float64) error {
	n := len(m.Features)
	if len(m.Mean) != n {
		return fmt.Errorf("imputer: %d features, %d means: %w", n, len(m.Mean), ErrLength)
	}
	if err := checkRowMajor("imputer", dst, x, n); err != nil {
		return err
	}
	for k, v := range x {
		if math.IsNaN(v) {
			v = m.Mean[k%n]
		}
		dst[k] = v
	}
	return nil
}
