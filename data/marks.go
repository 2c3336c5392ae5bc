package data

import (
	"bytes"
	"math"

	"adjoint/internal/numeral"
)

var defaultMarks = []string{"", "NA", "N/A", "n/a", "NaN", "NULL", "null", "None", "?"}

// marks are the texts that mean a missing value. Numbers are compared by value: −999 is −999.0, and nan is NaN.
type marks struct {
	texts   map[string]bool
	longest int // of the texts
	numbers map[float64]bool
	nan     bool
	begin   [256]bool // with what bytes they begin
	empty   bool
}

// newMarks returns the default marks for nil.
func newMarks(texts []string) marks {
	if texts == nil {
		texts = defaultMarks
	}
	m := marks{texts: make(map[string]bool), numbers: make(map[float64]bool)}
	for _, text := range texts {
		m.texts[text], m.longest = true, max(m.longest, len(text))
		if text == "" {
			m.empty = true
		} else {
			m.begin[text[0]] = true
		}
		switch v, err := numeral.Parse(text); {
		case err != nil:
		case math.IsNaN(v):
			m.nan, m.begin['n'], m.begin['N'] = true, true, true
		default:
			m.numbers[v] = true
		}
	}
	return m
}

// has reports whether a field is missing.
func (m *marks) has(field []byte) bool {
	switch {
	case len(field) == 0:
		return m.empty
	case !m.begin[field[0]] && len(m.numbers) == 0:
		return false
	}
	if len(field) <= m.longest && (m.texts[string(field)] || m.nan && bytes.EqualFold(field, []byte("nan"))) {
		return true
	}
	if len(m.numbers) == 0 {
		return false
	}
	v, err := numeral.Parse(string(field))
	return err == nil && m.numbers[v]
}

// missingError is the error of a missing value: ErrNotFinite if it is written as NaN.
func missingError(field []byte) error {
	if v, err := parse(field); err == nil && math.IsNaN(v) {
		return ErrNotFinite
	}
	return ErrMissing
}
