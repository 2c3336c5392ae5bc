package data

import (
	"fmt"
	"math"
	"slices"
)

// An Imputer fills missing values, the NaN that [KeepMissing] leaves in X, with the mean of the values that
// the rows it was fitted on do have. Fit it on the training rows, as a [Scaler] and before it.
type Imputer struct {
	Features []string
	Mean     []float64
}

// FitImputer returns the Imputer of the rows of d. A feature without any value is ErrMissing.
func FitImputer(d *Dataset) (*Imputer, error) {
	if err := d.checkShape(); err != nil {
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

// Transform returns a copy of d without missing values. It is ErrFeatures if d's features are not those of m.
func (m *Imputer) Transform(d *Dataset) (*Dataset, error) {
	return transformed(d, m.Features, m.Fill)
}

// Fill writes the rows of x, row-major, to dst, which may be x, NaN replaced; it allocates nothing.
// It is ErrLength if they differ in length, and ErrFeatures if that is no multiple of the number of features.
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
