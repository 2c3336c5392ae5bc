package data

import (
	"fmt"
	"slices"
)

// Select returns a copy with only the named features, in the order given.
// The error wraps ErrColumn if a name is that of no feature or of two, ErrName if a name is given twice, and ErrArgument
// if there are no names.
func (d *Dataset) Select(names ...string) (*Dataset, error) {
	columns := make([]int, len(names))
	for k, name := range names {
		j, err := findName(d.Features, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.source(), err)
		}
		columns[k] = j
	}
	if err := checkNames("selected features", names); err != nil {
		return nil, fmt.Errorf("%s: %w", d.source(), err)
	}
	return d.take(columns)
}

// First returns a copy with only the first n features: First(10) is the document's dataset[:, :10] (1.3).
// The error wraps ErrArgument if n < 1 or there are fewer features.
func (d *Dataset) First(n int) (*Dataset, error) {
	if n < 1 || n > len(d.Features) {
		return nil, fmt.Errorf("%s: the first %d of %d features: %w", d.source(), n, len(d.Features), ErrArgument)
	}
	columns := make([]int, n)
	for j := range columns {
		columns[j] = j
	}
	return d.take(columns)
}

// Column returns a copy of the named feature, one number for each example. The error wraps ErrColumn.
func (d *Dataset) Column(name string) ([]float64, error) {
	s, err := d.Select(name)
	if err != nil {
		return nil, err
	}
	return s.X, nil
}

// take returns a copy with only these columns of X.
func (d *Dataset) take(columns []int) (*Dataset, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkDense("columns"); err != nil {
		return nil, err
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("%s: a selection of no features: %w", d.source(), ErrArgument)
	}
	s := d.describe()
	s.Features, s.Levels, s.Guessed, s.Shape = pick(d.Features, columns), pick(s.Levels, columns), pick(d.Guessed, columns), nil
	s.X = make([]float64, 0, d.Rows()*len(columns))
	for i := range d.Rows() {
		row := d.Row(i)
		for _, j := range columns {
			s.X = append(s.X, row[j])
		}
	}
	s.Y, s.Lines, s.Dropped, s.Weights = slices.Clone(d.Y), slices.Clone(d.Lines), d.Dropped, slices.Clone(d.Weights)
	return s, nil
}

// findName returns the position of the only column of that name.
func findName(columns []string, name string) (int, error) {
	j := slices.Index(columns, name)
	if j < 0 {
		return 0, fmt.Errorf("%s is not among %s: %w", quote(name), list(columns), ErrColumn)
	}
	if slices.Contains(columns[j+1:], name) {
		return 0, fmt.Errorf("%s names two columns or more: %w", quote(name), ErrColumn)
	}
	return j, nil
}

// CheckFeatures returns an error unless got are the features want that a scaler or a model was fitted on: the
// same number of features, with the same names in the same order. Names are not compared if one of the lists is
// that of [Names]. The error wraps ErrFeatures and says both numbers and which names differ.
func CheckFeatures(want, got []string) error {
	if slices.Equal(want, got) {
		return nil
	}
	named := !slices.Equal(want, Names(len(want))) && !slices.Equal(got, Names(len(got)))
	switch {
	case len(got) != len(want) && named:
		return fmt.Errorf("%d features where %d were fitted, missing %s, unknown %s: %w",
			len(got), len(want), list(without(want, got)), list(without(got, want)), ErrFeatures)
	case len(got) != len(want):
		return fmt.Errorf("%d features where %d were fitted: %w", len(got), len(want), ErrFeatures)
	}
	for j := range want {
		if named && got[j] != want[j] {
			return fmt.Errorf("feature %d is %s where %s was fitted: %w", j, quote(got[j]), quote(want[j]), ErrFeatures)
		}
	}
	return nil
}

// without returns the names that are not among others.
func without(names, others []string) []string {
	var rest []string
	for _, name := range names {
		if !slices.Contains(others, name) {
			rest = append(rest, name)
		}
	}
	return rest
}
