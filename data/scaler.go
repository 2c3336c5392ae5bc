package data

import (
	"fmt"
	"math"
	"slices"
)

// A Scaler standardises features: z = (x − Mean) / Scale, where Mean and Scale are the mean and the standard
// deviation of each feature over the rows it was fitted on, N their number:
//
//	Mean = Σᵢ xᵢ / N     Scale = √(Σᵢ (xᵢ − Mean)² / N)
//
// as in scikit-learn's StandardScaler. A feature that is constant up to rounding has Scale 1, and one of text Mean 0 and Scale 1. Fit a Scaler on the
// training rows and keep it with the model, to scale test rows and rows to predict by the same numbers. (The
// document's 1.3 fits it on all rows, so that the model sees its test.) Any encoder can save and restore its fields.
type Scaler struct {
	Features []string
	Mean     []float64
	Scale    []float64
}

// FitScaler returns the Scaler of the rows of d.
// The error wraps ErrNotFinite if d holds NaN or ±Inf, or numbers so large that their deviation overflows.
func FitScaler(d *Dataset) (*Scaler, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if d.Levels != nil || d.Sparse != nil { // whose moments do not show all that is wrong
		if err := d.checkBelow(math.MaxFloat64); err != nil {
			return nil, err
		}
	}
	n := len(d.Features)
	s := &Scaler{Features: slices.Clone(d.Features), Mean: make([]float64, n), Scale: make([]float64, n)}
	for j, m := range d.moments() {
		s.Mean[j], s.Scale[j] = m.result()
		if !isFinite(s.Mean[j]) || !isFinite(s.Scale[j]) { // as those of a column with a NaN or an infinity
			if err := d.checkBelow(math.MaxFloat64); err != nil {
				return nil, err
			}
			return nil, fmt.Errorf("%s: feature %d (%s) is too large to standardise: mean %v, scale %v: %w",
				d.source(), j, d.Features[j], s.Mean[j], s.Scale[j], ErrNotFinite)
		}
	}
	return s, nil
}

// Transform returns a standardised copy of d. The error wraps ErrFeatures if d's features are not those of s, and
// ErrNotFinite if a number of d or of the result is not finite.
func (s *Scaler) Transform(d *Dataset) (*Dataset, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkBelow(math.MaxFloat64); err != nil {
		return nil, err
	}
	return transformed(d, s.Features, s.Standardize)
}

// Standardize writes the standardised rows of x, row-major, to dst, which may be x. It allocates nothing. The error
// wraps ErrLength if dst and x differ in length, ErrFeatures if that is not a multiple of the number of features, and
// ErrNotFinite if a result is NaN or infinite.
func (s *Scaler) Standardize(dst, x []float64) error {
	n := len(s.Features)
	if len(s.Mean) != n || len(s.Scale) != n {
		return fmt.Errorf("scaler: %d features, %d means, %d scales: %w", n, len(s.Mean), len(s.Scale), ErrLength)
	}
	if err := checkRowMajor("scaler", dst, x, n); err != nil {
		return err
	}
	for i := 0; i < len(x); i += n {
		row, z := x[i:i+n], dst[i:i+n]
		for j, v := range row {
			z[j] = (v - s.Mean[j]) / s.Scale[j]
			if !isFinite(z[j]) {
				return fmt.Errorf("scaler: row %d, column %d (%s): %v becomes %v: %w", i/n, j, s.Features[j], v, z[j], ErrNotFinite)
			}
		}
	}
	return nil
}

// checkRowMajor returns an error unless x is rows of n numbers and dst has the length of x.
func checkRowMajor(who string, dst, x []float64, n int) error {
	switch {
	case len(dst) != len(x):
		return fmt.Errorf("%s: %d numbers to write %d: %w", who, len(dst), len(x), ErrLength)
	case n == 0 || len(x)%n != 0:
		return fmt.Errorf("%s: %d numbers are no whole rows of %d features: %w", who, len(x), n, ErrFeatures)
	}
	return nil
}

// transformed returns a copy of d whose X is what f writes. d has to have the given features.
func transformed(d *Dataset, features []string, f func(dst, x []float64) error) (*Dataset, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkDense("standardisation"); err != nil {
		return nil, err
	}
	if err := CheckFeatures(features, d.Features); err != nil {
		return nil, fmt.Errorf("%s: %w", d.source(), err)
	}
	if d.Mapped == nil {
		c := d.Clone()
		if err := f(c.X, d.X); err != nil {
			return nil, fmt.Errorf("%s: %w", d.source(), err)
		}
		return c, nil
	}
	c, err := d.Room(d.Features, d.Levels)
	if err != nil {
		return nil, err
	}
	n := len(d.Features)
	err = d.Pieces(c, func(from, to int) error {
		return f(c.X[from*n:to*n], d.X[from*n:to*n])
	})
	if err != nil {
		_ = c.Close() // the error is that of the rows
		return nil, fmt.Errorf("%s: %w", d.source(), err)
	}
	return c, nil
}
