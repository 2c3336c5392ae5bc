package data

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Sparse are rows of numbers most of which are 0: the entries of X that are not, one row after the other. The entries of row
// i are those from Starts[i] to Starts[i+1]−1. Entry e stands in the column Columns[e], and Values[e] is its number. Columns
// ascend in a row. (The indptr, indices and data of scipy.sparse.csr_matrix.)
type Sparse struct {
	Starts  []int
	Columns []int32
	Values  []float64
}

// rows returns how many rows there are.
func (s *Sparse) rows() int { return max(len(s.Starts)-1, 0) }

// row returns the columns and the values of row i.
func (s *Sparse) row(i int) ([]int32, []float64) {
	from, to := s.Starts[i], s.Starts[i+1]
	return s.Columns[from:to], s.Values[from:to]
}

// add ends a row, whose entries were appended.
func (s *Sparse) add() { s.Starts = append(s.Starts, len(s.Values)) }

// subset returns a copy of rows.
func (s *Sparse) subset(rows []int) *Sparse {
	c := &Sparse{Starts: []int{0}}
	for _, i := range rows {
		columns, values := s.row(i)
		c.Columns, c.Values = append(c.Columns, columns...), append(c.Values, values...)
		c.add()
	}
	return c
}

func (s *Sparse) clone() *Sparse {
	if s == nil {
		return nil
	}
	return &Sparse{slices.Clone(s.Starts), slices.Clone(s.Columns), slices.Clone(s.Values)}
}

// checkSparse returns an error unless the entries of sparse rows, if d has such, are in rows of len(Features) columns, and finite, at
// most the largest.
func (d *Dataset) checkSparse(largest float64) error {
	if d.Sparse == nil {
		return nil
	}
	s, n := d.Sparse, int32(len(d.Features))
	for i := range s.rows() {
		if s.Starts[i] > s.Starts[i+1] || s.Starts[i+1] > len(s.Values) {
			return fmt.Errorf("%s: entries from %d to %d, of %d: %w", d.Place(i), s.Starts[i], s.Starts[i+1], len(s.Values), ErrLength)
		}
		columns, values := s.row(i)
		before := int32(-1)
		for k, c := range columns {
			if c <= before || c >= n {
				return fmt.Errorf("%s: column %d after column %d, of %d: they have to ascend: %w", d.Place(i), c, before, n, ErrColumn)
			}
			if before = c; !(math.Abs(values[k]) <= largest) {
				return fmt.Errorf("%s, column %d (%s): %v: %w", d.Place(i), c, clip(d.Features[c]), values[k], ErrNotFinite)
			}
		}
	}
	return nil
}

// checkDense returns an error that wraps ErrSparse if the rows are sparse.
func (d *Dataset) checkDense(what string) error {
	if d.Sparse == nil {
		return nil
	}
	return fmt.Errorf("%s: %s of sparse rows: write the zeros out by Dense: %w", d.source(), what, ErrSparse)
}

// write writes row i out where x is 0.
func (s *Sparse) write(x []float64, i int) {
	columns, values := s.row(i)
	for k, c := range columns {
		x[c] = values[k]
	}
}

// value returns entry j of row i.
func (s *Sparse) value(i, j int) float64 {
	columns, values := s.row(i)
	if k := sort.Search(len(columns), func(k int) bool { return int(columns[k]) >= j }); k < len(columns) && int(columns[k]) == j {
		return values[k]
	}
	return 0
}

// Entries returns how many entries the rows have together: all features of each, unless they are sparse. If rows is nil it means
// all rows. A row that does not exist has none.
func (d *Dataset) Entries(rows []int) int {
	switch s := d.Sparse; {
	case s == nil && rows == nil:
		return len(d.X)
	case s == nil:
		return len(d.Features) * len(rows)
	case rows == nil:
		return len(s.Values)
	default:
		n := 0
		for _, i := range rows {
			if 0 <= i && i+1 < len(s.Starts) {
				n += max(0, min(s.Starts[i+1], len(s.Values))-max(s.Starts[i], 0))
			}
		}
		return n
	}
}

// GatherSparse writes the entries of the rows that are not 0, one row after the other, as ops.SparseMatMul takes
// them: their values, their columns, and how many each row has. Any of these may be nil. What is left of values and
// columns is set to 0. Rows that are not sparse are gone through for such entries. The error wraps ErrLength if there is no room for
// them, and ErrRow if a row does not exist.
func (d *Dataset) GatherSparse(values, columns, counts []float64, rows []int) error {
	return gatherSparse(d, values, columns, counts, rows)
}

// GatherSparse32 is [Dataset.GatherSparse] into float32. Columns beyond 2²⁴ would be rounded: the error wraps ErrLimit.
func (d *Dataset) GatherSparse32(values, columns, counts []float32, rows []int) error {
	const exact = 1 << 24
	if len(d.Features) > exact {
		return fmt.Errorf("%s: %d columns of sparse rows in float32, which has %d whole numbers: take float64: %w", d.source(), len(d.Features), exact, ErrLimit)
	}
	return gatherSparse(d, values, columns, counts, rows)
}

func gatherSparse[T float](d *Dataset, values, columns, counts []T, rows []int) error {
	count := d.Rows()
	if rows != nil {
		count = len(rows)
	}
	if _, err := d.batch(count, 1, rows); err != nil {
		return err
	}
	if counts != nil && len(counts) != count {
		return fmt.Errorf("%s: %d counts of %d rows: %w", d.source(), len(counts), count, ErrLength)
	}
	e := 0
	for i := range count {
		before, r := e, at(rows, i)
		c, v := d.entriesOf(r)
		if values != nil && e+len(v) > len(values) || columns != nil && e+len(v) > len(columns) {
			return fmt.Errorf("%s: room for %d entries and %d columns, with row %d there are more: %w", d.source(), len(values), len(columns), r, ErrLength)
		}
		for k, x := range v {
			if x == 0 {
				continue
			}
			if values != nil {
				values[e] = T(x)
			}
			if c != nil {
				k = int(c[k])
			}
			if columns != nil {
				columns[e] = T(k)
			}
			e++
		}
		if counts != nil {
			counts[i] = T(e - before)
		}
	}
	d.touch(count * len(d.Features))
	clear(values[min(e, len(values)):])
	clear(columns[min(e, len(columns)):])
	return nil
}

// entriesOf returns the columns and the values of row i; nil columns are all.
func (d *Dataset) entriesOf(i int) ([]int32, []float64) {
	if d.Sparse == nil {
		return nil, d.Row(i)
	}
	return d.Sparse.row(i)
}

// moments returns those of n columns: the zeros count too. The mean μ and the deviation σ are those of
//
//	Nμ = Σ xₑ     Nσ² = Σ (xₑ − μ)² + z·μ², of z zeros
func (s *Sparse) moments(n int) []moments {
	type column struct {
		zeros, exponent int
		sum, largest    float64
	}
	list, columns := make([]moments, n), make([]column, n)
	count := float64(s.rows())
	for j := range list {
		list[j].count, columns[j].zeros = count, s.rows()
	}
	for e, j := range s.Columns {
		m, c, x := &list[j], &columns[j], s.Values[e]
		if c.zeros--; c.zeros == s.rows()-1 {
			m.x0 = x
		}
		m.varies = m.varies || x != m.x0
		c.sum += x
		c.largest = max(c.largest, math.Abs(x))
	}
	for j := range list {
		m, c := &list[j], &columns[j]
		m.varies = m.varies || c.zeros > 0 && m.x0 != 0
		m.mean, c.sum, c.exponent = c.sum/count, 0, exponentOf(c.largest)
	}
	square := func(j int, x float64) float64 {
		x = math.Ldexp(x-list[j].mean, -columns[j].exponent)
		return x * x
	}
	for e, j := range s.Columns {
		columns[j].sum += square(int(j), s.Values[e])
	}
	for j, c := range columns {
		list[j].scale = math.Ldexp(math.Sqrt((c.sum+float64(c.zeros)*square(j, 0))/count), c.exponent)
	}
	return list
}
