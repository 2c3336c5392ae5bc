package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A Type is what a column of a table holds.
type Type int

// The types of columns. DetectType leaves it to the first value of the column: a number, or a text.
const (
	DetectType Type = iota
	NumberType
	TextType
)

// String returns the name of the type in lower case.
func (t Type) String() string {
	if t < DetectType || t > TextType {
		return fmt.Sprintf("Type(%d)", int(t))
	}
	return [...]string{"detect", "number", "text"}[t]
}

// LevelsOf returns the texts of feature j; nil for a column of numbers.
func (d *Dataset) LevelsOf(j int) []string {
	if j >= len(d.Levels) {
		return nil
	}
	return d.Levels[j]
}

// Types returns the type of each feature, NumberType or TextType.
func (d *Dataset) Types() []Type {
	types := make([]Type, len(d.Features))
	for j := range types {
		types[j] = NumberType
		if d.LevelsOf(j) != nil {
			types[j] = TextType
		}
	}
	return types
}

// Text returns the text of feature j of example i, and whether there is one: a number as [strconv.FormatFloat] writes it.
func (d *Dataset) Text(i, j int) (text string, ok bool) {
	v, levels := d.Row(i)[j], d.LevelsOf(j)
	switch {
	case math.IsNaN(v):
		return "", false
	case levels == nil:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	case v >= 0 && v < float64(len(levels)):
		return levels[int(v)], true
	}
	return "", false
}

// CheckRaw is [Dataset.Check] for examples that have yet to be prepared: numbers may be missing (NaN).
func (d *Dataset) CheckRaw() error {
	if err := d.checkShape(); err != nil {
		return err
	}
	if err := d.checkDense("preparation"); err != nil {
		return err
	}
	if err := d.checkBeside((*Dataset).Check); err != nil {
		return err
	}
	n := len(d.Features)
	err := d.Pieces(nil, func(from, to int) error {
		for k, x := range d.X[from*n : to*n] {
			if math.IsInf(x, 0) {
				return fmt.Errorf("%s, column %d (%s): %v: %w", d.Place(from+k/n), k%n, clip(d.Features[k%n]), x, ErrNotFinite)
			}
		}
		return nil
	})
	if err == nil {
		err = d.checkLevels()
	}
	if err != nil {
		return err
	}
	return d.checkY()
}

// CheckNumbers returns an error that wraps ErrNumber if a feature is text.
func (d *Dataset) CheckNumbers() error {
	for j, levels := range d.Levels {
		if levels != nil {
			return fmt.Errorf("%s: column %s is text (%s): give the model a Prepare, or leave the column out by CSV.Drop: %w",
				d.source(), quote(d.Features[j]), list(levels), ErrNumber)
		}
	}
	return nil
}

// checkLevels returns an error unless the columns of text hold positions of their levels.
func (d *Dataset) checkLevels() error {
	if d.Levels == nil {
		return nil
	}
	return d.Pieces(nil, func(from, to int) error {
		for j, levels := range d.Levels {
			for i := from; levels != nil && i < to; i++ {
				if x := d.Row(i)[j]; !math.IsNaN(x) && !isClass(x, len(levels)+1) {
					return fmt.Errorf("%s, column %d (%s): position %v of %d texts: %w", d.Place(i), j, clip(d.Features[j]), x, len(levels), ErrNumber)
				}
			}
		}
		return nil
	})
}

// Dense returns a copy of d in which each column of text is a column of 0 and 1 for each of its Levels, named
// island=Biscoe. A row whose text is none of them has 0 in all; NaN stays NaN. Models need no such copy: they
// take the positions. Of Sparse rows it is a copy with all zeros.
func (d *Dataset) Dense() (*Dataset, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkLevels(); err != nil {
		return nil, err
	}
	if err := d.checkSparse(math.MaxFloat64); err != nil {
		return nil, err
	}
	c := d.withoutX()
	if n := len(d.Features); d.Sparse != nil {
		c.X = make([]float64, d.Rows()*n)
		for i := range d.Rows() {
			d.Sparse.write(c.X[i*n:], i)
		}
		return c, nil
	}
	c.Features, c.Levels, c.Guessed = nil, nil, nil
	for j, name := range d.Features {
		if d.LevelsOf(j) == nil {
			c.Features = append(c.Features, name)
		}
		for _, level := range d.LevelsOf(j) {
			c.Features = append(c.Features, name+"="+level)
		}
	}
	c.X = make([]float64, d.Rows()*len(c.Features))
	row := c.X
	for i := range d.Rows() {
		for j, v := range d.Row(i) {
			levels := d.LevelsOf(j)
			switch {
			case levels == nil:
				row[0] = v
				row = row[1:]
				continue
			case math.IsNaN(v):
				for k := range levels {
					row[k] = v
				}
			case int(v) < len(levels):
				row[int(v)] = 1
			}
			row = row[len(levels):]
		}
	}
	return c, c.CheckNames()
}

// Describe returns a table of the columns as they were read: the type of each, how many values are missing, and the
// range of the numbers or the most frequent texts.
func (d *Dataset) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d rows\n", d.source(), d.Rows())
	rows := [][]string{{"column", "type", "missing", "values"}}
	types := d.Types()
	if s := d.Sparse; s != nil {
		types = nil
		rows = append(rows, []string{fmt.Sprintf("%d columns", len(d.Features)), "sparse", "0", fmt.Sprintf("%d in all, %s", len(s.Values), numberRange(s.Values))})
	}
	for j, t := range types {
		missing, values := d.summary(j)
		rows = append(rows, []string{clip(d.Features[j]), t.String(), strconv.Itoa(missing), values})
	}
	switch {
	case d.Classes != nil:
		rows = append(rows, []string{clip(d.Target), "label", "0", fmt.Sprintf("%d classes: %s", len(d.Classes), list(d.Classes))})
	case d.Y != nil:
		rows = append(rows, []string{clip(d.Target), "target", "0", numberRange(d.Y)})
	}
	width := [3]int{}
	for _, row := range rows {
		for k := range width {
			width[k] = max(width[k], len([]rune(row[k])))
		}
	}
	for _, row := range rows {
		fmt.Fprintf(&b, "%-*s  %-*s  %*s  %s\n", width[0], row[0], width[1], row[1], width[2], row[2], row[3])
	}
	return b.String()
}

// summary returns how many values of a feature are missing, and what the others are.
func (d *Dataset) summary(j int) (missing int, values string) {
	levels := d.LevelsOf(j)
	counts := make([]int, len(levels)+1)
	var numbers []float64
	for i := range d.Rows() {
		switch v := d.Row(i)[j]; {
		case math.IsNaN(v):
			missing++
		case levels == nil:
			numbers = append(numbers, v)
		default:
			counts[min(int(v), len(levels))]++
		}
	}
	if levels == nil {
		return missing, numberRange(numbers)
	}
	order := ascending(make([]int, len(levels)))
	slices.SortStableFunc(order, func(a, b int) int { return counts[b] - counts[a] })
	return missing, fmt.Sprintf("%d texts: %s", len(levels), list(pick(levels, order)))
}

func numberRange(v []float64) string {
	if len(v) == 0 {
		return "none"
	}
	return fmt.Sprintf("%.6g … %.6g", slices.Min(v), slices.Max(v))
}

// Present reports whether feature j has a value in any row.
func (d *Dataset) Present(j int) bool {
	for i := range d.Rows() {
		if !math.IsNaN(d.Row(i)[j]) {
			return true
		}
	}
	return false
}
