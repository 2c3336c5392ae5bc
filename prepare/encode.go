package prepare

import (
	"fmt"
	"slices"

	"adjoint/data"
)

// A Policy says what a text becomes that training has not seen.
type Policy int

// Ignore makes it 0 in every column of OneHot, −1 by Ordinal and 0 by Frequency. Refuse makes it an error that wraps
// ErrUnknown. AsRare counts it among the rare texts of an OneHot, if there are such.
const (
	Ignore Policy = iota
	Refuse
	AsRare
)

// String returns the name of the policy.
func (p Policy) String() string {
	if p < Ignore || p > AsRare {
		return fmt.Sprintf("Policy(%d)", int(p))
	}
	return [...]string{"ignore", "refuse", "as rare"}[p]
}

// OneHot makes of a column one for each of its texts, or different numbers, with 1 where it is and 0 elsewhere. Gaps are
// a text of their own, "(missing)", if training has some. Texts that are rare in training share one column, "(rare)".
// A column of as many texts as rows is an error unless it has a bound: it is a name of rows. (scikit-learn's
// OneHotEncoder.)
type OneHot struct {
	MinCount int // texts of fewer training rows are rare; 0 is none
	Most     int // columns at most: if there are more texts, the less frequent ones are rare; 0 is any number
	Unknown  Policy
}

// String returns the name of the step.
func (s OneHot) String() string { return "OneHot" }

// The names of levels that are no texts of a column.
const (
	missingLevel = "(missing)"
	rareLevel    = "(rare)"
)

func (s OneHot) fit(c *column) ([]*column, error) {
	if s.MinCount < 0 || s.Most < 0 || s.Most == 1 || s.Unknown < Ignore || s.Unknown > AsRare {
		return nil, fmt.Errorf("MinCount %d, Most %d, %v: %w", s.MinCount, s.Most, s.Unknown, ErrStep)
	}
	if c.is == bins {
		q := *c
		q.is, q.Levels = complete, c.levels
		return []*column{&q}, nil
	}
	names, counts, numbers := c.names()
	gaps := c.missing()
	if gaps > 0 {
		names, counts = append(slices.Clip(names), missingLevel), append(slices.Clip(counts), gaps)
	}
	if n := len(names); s == (OneHot{Unknown: s.Unknown}) && n > 20 && 2*n > len(c.values) {
		return nil, fmt.Errorf("%d different values in %d rows, names of rows? leave the column out by CSV.Drop, or set OneHot.Most or MinCount: %w", n, len(c.values), data.ErrLimit)
	}
	rare := s.rare(counts)
	var levels []string
	place := make([]float64, len(names))
	for k, name := range names {
		if place[k] = float64(len(levels)); !rare[k] {
			levels = append(levels, name)
		}
	}
	group := float64(len(levels)) // where none is rare, it means none of the levels
	unknown := &group
	if slices.Contains(rare, true) {
		for k := range names {
			if rare[k] {
				place[k] = group
			}
		}
		levels = append(levels, rareLevel)
	}
	switch none := float64(len(levels)); s.Unknown {
	case Refuse:
		unknown = nil
	case Ignore:
		unknown = &none
	}
	missing := unknown
	if gaps > 0 {
		missing = &place[len(names)-1]
	}
	q := c.encoded(numbers, place, missing, unknown)
	q.is, q.Levels = complete, levels
	return []*column{q}, nil
}

// rare returns which texts are rare, of those with these counts: as many of the least frequent ones as have to be, of
// equally frequent ones the first.
func (s OneHot) rare(counts []int) []bool {
	rare := make([]bool, len(counts))
	few := 0
	for k, n := range counts {
		if rare[k] = n < s.MinCount; rare[k] {
			few++
		}
	}
	columns := len(counts) - few + min(few, 1)
	if s.Most == 0 || columns <= s.Most {
		return rare
	}
	order := make([]int, len(counts))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return counts[a] - counts[b] })
	for _, k := range order[:len(counts)-s.Most+1] {
		rare[k] = true
	}
	return rare
}

// encoded returns the column after a table of its texts, or of its numbers if these are not nil. What is missing is
// that of the text which fills gaps, if there is one.
func (c *column) encoded(numbers, values []float64, missing, unknown *float64) *column {
	if c.is != text {
		q := c.then(Find{numbers, values[:len(numbers)], missing, unknown})
		q.levels = nil
		return q
	}
	values = values[:len(c.levels)]
	if c.fills {
		if at := slices.Index(c.levels, c.filled); at >= 0 {
			missing = &values[at]
		} else {
			missing = unknown
		}
	}
	m := Lookup{Missing: missing, Unknown: unknown}
	for _, k := range inOrder(c.levels) { // those of Ordinal.Order that training lacks are the last of them
		m.Texts, m.Values = append(m.Texts, c.levels[k]), append(m.Values, values[k])
	}
	q := c.then(m)
	q.is, q.levels, q.fills = number, nil, false
	return q
}

// Ordinal makes of a text its position, in the order of the bytes or as Order says. Numbers become their positions too.
// (scikit-learn's OrdinalEncoder, with unknown_value=-1.)
type Ordinal struct {
	Order   []string // all texts that there may be; nil is those of training, sorted
	Unknown Policy   // Ignore or Refuse
}

// String returns the name of the step.
func (s Ordinal) String() string { return "Ordinal" }

func (s Ordinal) fit(c *column) ([]*column, error) {
	if s.Unknown != Ignore && s.Unknown != Refuse {
		return nil, fmt.Errorf("%v of unseen texts: %w", s.Unknown, ErrStep)
	}
	if c.is == bins {
		return []*column{c}, nil
	}
	names, _, numbers := c.names()
	values := make([]float64, len(names))
	for k, name := range names {
		values[k] = float64(k)
		if s.Order == nil {
			continue
		}
		at := slices.Index(s.Order, name)
		if at < 0 {
			return nil, fmt.Errorf("%.60q is not in its Order: %w", name, ErrUnknown)
		}
		values[k] = float64(at)
	}
	q := *c
	if c.is == text { // those that training lacks have their positions too
		for at, name := range s.Order {
			if !slices.Contains(c.levels, name) {
				q.levels, values = append(slices.Clip(q.levels), name), append(values, float64(at))
			}
		}
	}
	none := -1.0
	unknown := &none
	if s.Unknown == Refuse {
		unknown = nil
	}
	return []*column{q.encoded(numbers, values, nil, unknown)}, nil
}

// Frequency makes of a text, or a number, the share of the training rows that have it, and 0 of one that training has
// not seen. The share of gaps is that of a gap.
type Frequency struct{}

// String returns the name of the step.
func (Frequency) String() string { return "Frequency" }

func (Frequency) fit(c *column) ([]*column, error) {
	_, counts, numbers := c.names()
	share := func(n int) float64 { return float64(n) / float64(len(c.values)) }
	values := make([]float64, len(counts))
	for k, n := range counts {
		values[k] = share(n)
	}
	unknown, missing := 0.0, share(c.missing())
	if c.is == bins {
		numbers = make([]float64, len(counts))
		for k := range numbers {
			numbers[k] = float64(k)
		}
	}
	return []*column{c.encoded(numbers, values, &missing, &unknown)}, nil
}
