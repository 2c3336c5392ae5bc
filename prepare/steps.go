package prepare

import (
	"fmt"
	"math"
	"slices"

	"adjoint/data"
)

// Impute fills gaps. Indicator adds a column that is 1 where there was one, if training had a gap, named after the
// column with " missing". (scikit-learn's SimpleImputer.)
type Impute struct {
	By        By
	Value     float64 // of Constant, in a column of numbers
	Text      string  // of Constant, in a column of text
	Indicator bool
}

// By is what a gap is filled by.
type By int

// What Impute fills gaps by. Of equally frequent values MostFrequent takes the least.
const (
	Mean By = iota
	Median
	MostFrequent
	Constant
)

// String returns the name of the step.
func (s Impute) String() string { return fmt.Sprintf("Impute by %v", s.By) }

// String returns the name of the strategy.
func (b By) String() string {
	if b < Mean || b > Constant {
		return fmt.Sprintf("By(%d)", int(b))
	}
	return [...]string{"mean", "median", "most frequent", "constant"}[b]
}

func (s Impute) fit(c *column) ([]*column, error) {
	if c.is == bins || c.fills {
		return nil, fmt.Errorf("gaps are filled before, or twice: %w", ErrStep)
	}
	if s.By < Mean || s.By > Constant || c.is == text && s.By < MostFrequent {
		return nil, fmt.Errorf("of a %v: take MostFrequent or Constant for text: %w", c.kind(), ErrStep)
	}
	present := c.present()
	if len(present) == 0 && s.By != Constant {
		return nil, fmt.Errorf("no value in any of %d rows: %w", len(c.values), data.ErrMissing)
	}
	var filled *column
	if c.is == text {
		filled = c.fillText(s)
	} else {
		v, err := s.value(c, present)
		if err != nil {
			return nil, err
		}
		filled = c.then(Fill{v})
	}
	if !s.Indicator || c.missing() == 0 {
		return []*column{filled}, nil
	}
	gap := c.then(Missing{})
	gap.Name, gap.is = c.Name+" missing", complete
	return []*column{filled, gap}, nil
}

// value returns what fills the gaps of a column of numbers.
func (s Impute) value(c *column, present []float64) (float64, error) {
	switch s.By {
	case Mean:
		mean, _, err := moments(present)
		return mean, err
	case Median:
		slices.Sort(present)
		return quantile(present, 0.5), nil
	case MostFrequent:
		_, counts, numbers := c.names()
		return numbers[slices.Index(counts, slices.Max(counts))], nil
	}
	if finite(s.Value) != nil {
		return 0, fmt.Errorf("constant %g: %w", s.Value, ErrStep)
	}
	return s.Value, nil
}

// fillText returns a column of text with a text in the place of each gap.
func (c *column) fillText(s Impute) *column {
	q := *c
	q.filled, q.fills = s.Text, true
	names, counts, _ := c.names()
	if s.By == MostFrequent {
		q.filled = names[slices.Index(counts, slices.Max(counts))]
	}
	q.values = slices.Clone(c.values)
	at, known := slices.BinarySearch(c.levels, q.filled)
	if !known && c.missing() > 0 { // it takes its place among the texts
		q.levels = slices.Insert(slices.Clone(c.levels), at, q.filled)
		for i, v := range q.values {
			if v >= float64(at) {
				q.values[i]++
			}
		}
	}
	Fill{float64(at)}.bind(nil)(q.values)
	return &q
}

func (c *column) kind() string {
	if c.is == text {
		return "text"
	}
	return "number"
}

// numeric returns an error unless the column holds numbers.
func (c *column) numeric() error {
	if c.is != number {
		return fmt.Errorf("of a column that is no number: %w", ErrStep)
	}
	return nil
}

// Standardize is (x − mean)/deviation, as [data.Scaler] has them. (scikit-learn's StandardScaler.)
type Standardize struct{}

// String returns the name of the step.
func (Standardize) String() string { return "Standardize" }

func (Standardize) fit(c *column) ([]*column, error) {
	if err := c.numeric(); err != nil {
		return nil, err
	}
	mean, deviation, err := moments(c.present())
	if err != nil {
		return nil, err
	}
	return []*column{c.then(Scale{mean, deviation})}, nil
}

// MinMax is (x − min)/(max − min), in [0, 1] for training rows. (scikit-learn's MinMaxScaler.)
type MinMax struct{}

// String returns the name of the step.
func (MinMax) String() string { return "MinMax" }

func (MinMax) fit(c *column) ([]*column, error) {
	if err := c.numeric(); err != nil {
		return nil, err
	}
	present := c.present()
	if len(present) == 0 {
		return nil, data.ErrMissing
	}
	least, most := slices.Min(present), slices.Max(present)
	by := most - least
	if by == 0 {
		by = 1
	}
	if math.IsInf(by, 0) {
		return nil, fmt.Errorf("from %g to %g: %w", least, most, data.ErrNotFinite)
	}
	return []*column{c.then(Scale{least, by})}, nil
}

// moments returns the mean and the deviation that a data.Scaler has.
func moments(v []float64) (mean, deviation float64, err error) {
	if len(v) == 0 {
		return 0, 0, data.ErrMissing
	}
	s, err := data.FitScaler(&data.Dataset{X: v, Features: data.Names(1)})
	if err != nil {
		return 0, 0, err
	}
	return s.Mean[0], s.Scale[0], nil
}

// quantile returns a quantile of sorted numbers, between two of them by a straight line, as NumPy's percentile does.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	k := int(at)
	t := at - float64(k)
	if t == 0 {
		return sorted[k]
	}
	a, b := sorted[k], sorted[k+1]
	if t >= 0.5 {
		return b - (b-a)*(1-t)
	}
	return a + (b-a)*t
}

// Bins cuts numbers into Count bins, each with as many training rows, or as wide as each other if Uniform. The value is
// the number of the bin, 0, 1, …; an OneHot after it makes columns of them. Bins that would be empty are left out.
// (scikit-learn's KBinsDiscretizer.)
type Bins struct {
	Count   int // 0 is 5
	Uniform bool
}

// String returns the name of the step.
func (s Bins) String() string { return "Bins" }

func (s Bins) fit(c *column) ([]*column, error) {
	if err := c.numeric(); err != nil {
		return nil, err
	}
	present := c.present()
	switch {
	case s.Count == 0:
		s.Count = 5
	case s.Count < 2 || s.Count > 1<<16:
		return nil, fmt.Errorf("%d bins: %w", s.Count, ErrStep)
	}
	if len(present) == 0 {
		return nil, data.ErrMissing
	}
	slices.Sort(present)
	least, most := present[0], present[len(present)-1]
	narrow, last := 1e-8, least // as KBinsDiscretizer has it
	if s.Uniform {
		narrow = 0
	}
	var edges []float64
	for k := 1; k < s.Count; k++ {
		edge := least + float64(k)*((most-least)/float64(s.Count))
		if !s.Uniform {
			edge = quantile(present, float64(k)/float64(s.Count))
		}
		if edge-last > narrow {
			edges, last = append(edges, edge), edge
		}
	}
	if len(edges) > 0 && most-last <= narrow {
		edges = edges[:len(edges)-1]
	}
	q := c.then(Cut{edges})
	q.is = bins
	for k := range len(edges) + 1 {
		switch {
		case len(edges) == 0:
			q.levels = []string{"all"}
		case k == 0:
			q.levels = []string{fmt.Sprintf("below %.6g", edges[0])}
		default:
			q.levels = append(q.levels, fmt.Sprintf("from %g", edges[k-1]))
		}
	}
	return []*column{q}, nil
}
