package prepare

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// A Map is a function of one value that a [Preparer] applies: one of the types below. NaN is a missing value.
type Map interface {
	// bind returns the function, in place, of values that may be positions in levels.
	bind(levels []string) func(v []float64)

	// check returns an error unless the map is one that a fit makes.
	check() error
}

// Fill puts Value in the place of a missing one.
type Fill struct{ Value float64 }

// Missing is 1 for a missing value, and 0 for any other.
type Missing struct{}

// Scale is (x − Shift)/By.
type Scale struct{ Shift, By float64 }

// Cut is how many of the Edges, which ascend, are at most x.
type Cut struct{ Edges []float64 }

// Lookup is, for a text, the value at the place that it has among Texts, which are sorted. Missing is for a missing
// value, Unknown for a text that is not among them; nil keeps them missing, which is an error if no later map fills them.
type Lookup struct {
	Texts            []string
	Values           []float64
	Missing, Unknown *float64
}

// Find is Lookup for numbers, which ascend.
type Find struct {
	Numbers          []float64
	Values           []float64
	Missing, Unknown *float64
}

// DatePart is a part of a date that is a text of the Layout, as in [time.Parse].
type DatePart struct {
	Layout string
	Part   Part
}

func (m Fill) bind([]string) func([]float64) {
	return each(func(x float64) float64 {
		if math.IsNaN(x) {
			return m.Value
		}
		return x
	})
}

func (Missing) bind([]string) func([]float64) {
	return each(func(x float64) float64 {
		if math.IsNaN(x) {
			return 1
		}
		return 0
	})
}

func (m Scale) bind([]string) func([]float64) {
	return each(func(x float64) float64 { return (x - m.Shift) / m.By })
}

func (m Cut) bind([]string) func([]float64) {
	return each(func(x float64) float64 {
		if math.IsNaN(x) {
			return x
		}
		at, _ := slices.BinarySearchFunc(m.Edges, x, func(edge, x float64) int {
			if edge <= x {
				return -1
			}
			return 1
		})
		return float64(at)
	})
}

func (m Lookup) bind(levels []string) func([]float64) {
	return table(levels, or(m.Missing), or(m.Unknown), func(level string) (float64, bool) {
		at, ok := slices.BinarySearch(m.Texts, level)
		if !ok {
			return 0, false
		}
		return m.Values[at], true
	})
}

func (m Find) bind([]string) func([]float64) {
	missing, unknown := or(m.Missing), or(m.Unknown)
	return each(func(x float64) float64 {
		if math.IsNaN(x) {
			return missing
		}
		if at, ok := slices.BinarySearch(m.Numbers, x); ok {
			return m.Values[at]
		}
		return unknown
	})
}

func (m DatePart) bind(levels []string) func([]float64) {
	nan := math.NaN()
	return table(levels, nan, nan, func(level string) (float64, bool) {
		at, err := time.Parse(m.Layout, level)
		return m.Part.of(at), err == nil
	})
}

// each returns the function that replaces each value by what f makes of it.
func each(f func(float64) float64) func([]float64) {
	return func(v []float64) {
		for i, x := range v {
			v[i] = f(x)
		}
	}
}

// table returns the function of positions in levels that f is of their texts. f is called once for each.
func table(levels []string, missing, unknown float64, f func(string) (float64, bool)) func([]float64) {
	values := make([]float64, len(levels)+1)
	for k, level := range levels {
		v, ok := f(level)
		if !ok {
			v = unknown
		}
		values[k] = v
	}
	values[len(levels)] = unknown
	return each(func(x float64) float64 {
		if math.IsNaN(x) {
			return missing
		}
		return values[int(x)]
	})
}

// or returns *v, and NaN for nil.
func or(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// label is a number as the name of a level.
func label(v float64) string { return strconv.FormatFloat(v+0, 'g', -1, 64) }

func (m Fill) check() error     { return finite(m.Value) }
func (Missing) check() error    { return nil }
func (m DatePart) check() error { return m.Part.check() }

func (m Scale) check() error {
	if !(m.By > 0) {
		return fmt.Errorf("%w: a scale of %g", ErrCorrupt, m.By)
	}
	return finite(m.Shift, m.By)
}

func (m Cut) check() error {
	if !slices.IsSorted(m.Edges) {
		return fmt.Errorf("%w: edges that do not ascend", ErrCorrupt)
	}
	return finite(m.Edges...)
}

func (m Lookup) check() error {
	return checkLookup(slices.IsSorted(m.Texts), len(m.Texts), m.Values, m.Missing, m.Unknown)
}

func (m Find) check() error {
	if err := finite(m.Numbers...); err != nil {
		return err
	}
	return checkLookup(slices.IsSorted(m.Numbers), len(m.Numbers), m.Values, m.Missing, m.Unknown)
}

func checkLookup(sorted bool, n int, values []float64, more ...*float64) error {
	if !sorted || len(values) != n {
		return fmt.Errorf("%w: %d values for %d places, sorted: %t", ErrCorrupt, len(values), n, sorted)
	}
	for _, v := range more {
		if v != nil {
			values = append(slices.Clip(values), *v)
		}
	}
	return finite(values...)
}

// finite returns an error unless all numbers are.
func finite(v ...float64) error {
	for _, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("%w: %g", ErrCorrupt, x)
		}
	}
	return nil
}
