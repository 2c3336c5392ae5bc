package prepare

import (
	"math"
	"slices"
	"strings"

	"adjoint/data"
)

// A column is one of the training rows, between two steps.
type column struct {
	Output
	is     domain
	values []float64 // of the rows, NaN where one is missing
	levels []string  // of text and of bins, which values are positions in
	filled string    // of text: what stands for a missing value, if fills
	fills  bool
}

// A domain is what the values of a column are.
type domain int

const (
	number   domain = iota
	text            // positions in levels
	bins            // numbers, which are positions in levels
	complete        // what no later step changes
)

// atOnce is how many numbers Fit takes out of the rows in one pass: of ten million rows those of a column, of a hundred thousand
// those of a hundred.
const atOnce = 1 << 24

// eachColumn calls do for each feature of the rows. It goes through them once, or, where they have more numbers than may be taken at
// once, once for a few columns.
func eachColumn(d *data.Dataset, atOnce int, do func(j int, c *column) error) error {
	n, rows := len(d.Features), d.Rows()
	width := min(max(atOnce/rows, 1), n)
	for from := 0; from < n; from += width {
		to := min(from+width, n)
		taken := make([][]float64, to-from)
		for k := range taken {
			taken[k] = make([]float64, rows)
		}
		err := d.Pieces(nil, func(first, last int) error {
			for i := first; i < last; i++ {
				for k, v := range d.Row(i)[from:to] {
					taken[k][i] = v
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for k, values := range taken {
			taken[k] = nil
			if err := do(from+k, newColumn(d, from+k, values)); err != nil {
				return err
			}
		}
	}
	return nil
}

// newColumn returns feature j of rows, which have these values. Its levels are the texts that these rows have, in the
// order of their bytes: a data set that is part of another knows the texts of that.
func newColumn(d *data.Dataset, j int, values []float64) *column {
	c := &column{Output: Output{Name: d.Features[j], From: j}, values: values}
	levels := d.LevelsOf(j)
	if levels == nil {
		return c
	}
	c.is, c.levels = text, levels
	_, counts, _ := c.names()
	c.levels = []string{}
	at := make([]float64, len(levels)+1)
	at[len(levels)] = math.NaN() // none of the levels: as if it were missing
	for _, k := range inOrder(levels) {
		if at[k] = float64(len(c.levels)); counts[k] > 0 {
			c.levels = append(c.levels, levels[k])
		}
	}
	for i, v := range c.values {
		if !math.IsNaN(v) {
			c.values[i] = at[int(v)]
		}
	}
	return c
}

// inOrder returns the positions of texts in the order of their bytes.
func inOrder(texts []string) []int {
	order := make([]int, len(texts))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(texts[a], texts[b]) })
	return order
}

// then returns the column after one more map.
func (c *column) then(m Map) *column {
	q := *c
	q.Maps, q.values = append(slices.Clip(c.Maps), m), slices.Clone(c.values)
	m.bind(c.levels)(q.values)
	return &q
}

// missing returns how many values are missing.
func (c *column) missing() (n int) {
	for _, v := range c.values {
		if math.IsNaN(v) {
			n++
		}
	}
	return n
}

// present returns the values that are not missing.
func (c *column) present() []float64 {
	return slices.DeleteFunc(slices.Clone(c.values), math.IsNaN)
}

// names returns the different texts, or numbers as text, in their order, how often each occurs, and of numbers their
// values.
func (c *column) names() (names []string, counts []int, numbers []float64) {
	if c.is == text || c.is == bins {
		counts = make([]int, len(c.levels)+1)
		for _, v := range c.values {
			if !math.IsNaN(v) {
				counts[int(v)]++
			}
		}
		return c.levels, counts[:len(c.levels)], nil
	}
	sorted := slices.Sorted(slices.Values(c.present()))
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			names, counts, numbers = append(names, label(v)), append(counts, 0), append(numbers, v+0)
		}
		counts[len(counts)-1]++
	}
	return names, counts, numbers
}
