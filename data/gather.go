package data

import (
	"fmt"

	"adjoint/internal/kernel"
)

// Gather writes the examples of the rows into dst as columns: with n features and N rows, dst is n×N, row-major, and
//
//	dst[j·N + i] = X[rows[i]·n + j]
//
// This is the one place where examples turn from rows into columns. If rows is nil it means all rows, in order.
// Gather allocates nothing. The error wraps ErrLength if dst does not hold n·N numbers, and ErrRow if a row does not
// exist.
func (d *Dataset) Gather(dst []float64, rows []int) error { return gather(d, dst, rows) }

// Gather32 is [Dataset.Gather] into float32. A number beyond its range becomes ±Inf: see [Dataset.Check32].
func (d *Dataset) Gather32(dst []float32, rows []int) error { return gather(d, dst, rows) }

// GatherRows writes the examples of the rows into dst as rows, one after the other. Otherwise it is like [Dataset.Gather].
func (d *Dataset) GatherRows(dst []float64, rows []int) error {
	n := len(d.Features)
	count, err := d.batch(len(dst), n, rows)
	if err != nil {
		return err
	}
	for i := range count {
		copy(dst[i*n:(i+1)*n], d.Row(at(rows, i)))
	}
	d.touch(n * count)
	return nil
}

// GatherColumns is [Dataset.Gather] of some columns of X, by their numbers: dst is len(columns)×N. The error wraps
// ErrFeatures if there is no such column.
func (d *Dataset) GatherColumns(dst []float64, columns, rows []int) error {
	return gatherColumns(d, dst, columns, rows)
}

// GatherColumns32 is [Dataset.GatherColumns] into float32.
func (d *Dataset) GatherColumns32(dst []float32, columns, rows []int) error {
	return gatherColumns(d, dst, columns, rows)
}

// GatherY writes the targets of the rows, a 1×N matrix: dst[i] = Y[rows[i]]. Otherwise it is like [Dataset.Gather].
// The error wraps ErrLabel if there are no targets.
func (d *Dataset) GatherY(dst []float64, rows []int) error { return gatherY(d, dst, rows) }

// GatherY32 is [Dataset.GatherY] into float32.
func (d *Dataset) GatherY32(dst []float32, rows []int) error { return gatherY(d, dst, rows) }

// GatherOneHot writes the classes of the rows as columns of 0 and one 1: with k classes and N rows, dst is k×N,
// row-major, and
//
//	dst[c·N + i] = 1 if Y[rows[i]] = c, else 0
//
// Otherwise it is like [Dataset.Gather]. The error wraps ErrLabel if a y is not the position of a class.
func (d *Dataset) GatherOneHot(dst []float64, rows []int) error { return gatherOneHot(d, dst, rows) }

// GatherOneHot32 is [Dataset.GatherOneHot] into float32.
func (d *Dataset) GatherOneHot32(dst []float32, rows []int) error { return gatherOneHot(d, dst, rows) }

type float interface{ float32 | float64 }

func gather[T float](d *Dataset, dst []T, rows []int) error {
	n := len(d.Features)
	count, err := d.batch(len(dst), n, rows)
	if err != nil {
		return err
	}
	defer d.touch(n * count)
	columns(d, dst, count, 0, n, rows)
	return nil
}

// columns writes features from, …, to−1 of count rows into dst, one after the other. Few at
// a time are written side by side.
func columns[T float](d *Dataset, dst []T, count, from, to int, rows []int) {
	n := len(d.Features)
	if d.Sparse != nil {
		writeColumns(d, dst, count, from, to, rows)
		return
	}
	if doubles, ok := any(dst).([]float64); ok && count > 0 && follow(rows) {
		const width = 16
		first := at(rows, 0)
		for j := from; j < to; j += width {
			kernel.Transpose(doubles[(j-from)*count:], d.X[first*n+j:], count, min(width, to-j), count, n)
		}
		return
	}
	scatteredColumns(d, dst, count, from, to, rows)
}

// scatteredColumns is columns of rows anywhere, so many of them at a time that they stay in the nearest cache.
func scatteredColumns[T float](d *Dataset, dst []T, count, from, to int, rows []int) {
	n := len(d.Features)
	var room [64]int
	for first := 0; first < count; first += len(room) {
		starts := room[:min(len(room), count-first)] // where rows begin in X
		for i := range starts {
			starts[i] = at(rows, first+i) * n
		}
		column := func(j int) []T { return dst[(j-from)*count+first:][:len(starts)] }
		j := from
		for ; j+4 <= to; j += 4 {
			x, a, b, c, e := d.X[j:], column(j), column(j+1), column(j+2), column(j+3)
			for i, start := range starts {
				row := (*[4]float64)(x[start:])
				a[i], b[i], c[i], e[i] = T(row[0]), T(row[1]), T(row[2]), T(row[3])
			}
		}
		for ; j < to; j++ {
			x, a := d.X[j:], column(j)
			for i, start := range starts {
				a[i] = T(x[start])
			}
		}
	}
}

// writeColumns is columns of sparse rows.
func writeColumns[T float](d *Dataset, dst []T, count, from, to int, rows []int) {
	clear(dst[:count*(to-from)])
	for i := range count {
		columns, values := d.Sparse.row(at(rows, i))
		for k, c := range columns {
			if j := int(c); from <= j && j < to {
				dst[(j-from)*count+i] = T(values[k])
			}
		}
	}
}

func gatherColumns[T float](d *Dataset, dst []T, columns, rows []int) error {
	n := len(d.Features)
	count, err := d.batch(len(dst), len(columns), rows)
	if err != nil {
		return err
	}
	defer d.touch(n * count)
	for k, j := range columns {
		if uint(j) >= uint(n) {
			return fmt.Errorf("%s: column %d of %d: %w", d.source(), j, n, ErrFeatures)
		}
		for i, a := 0, dst[k*count:][:count]; i < count; i++ {
			a[i] = T(d.value(at(rows, i), j))
		}
	}
	return nil
}

func gatherY[T float](d *Dataset, dst []T, rows []int) error {
	if _, err := d.batch(len(dst), 1, rows); err != nil {
		return err
	}
	if d.Y == nil {
		return fmt.Errorf("%s: no targets: %w", d.source(), ErrLabel)
	}
	if rows == nil {
		for i, y := range d.Y {
			dst[i] = T(y)
		}
		return nil
	}
	for i, r := range rows {
		dst[i] = T(d.Y[r])
	}
	return nil
}

func gatherOneHot[T float](d *Dataset, dst []T, rows []int) error {
	if d.Y == nil || len(d.Classes) == 0 {
		return fmt.Errorf("%s: no classes: %w", d.source(), ErrLabel)
	}
	count, err := d.batch(len(dst), len(d.Classes), rows)
	if err != nil {
		return err
	}
	clear(dst)
	for i := range count {
		r := at(rows, i)
		y := d.Y[r]
		if !isClass(y, len(d.Classes)) {
			return fmt.Errorf("%s: label %v of %d classes: %w", d.Place(r), y, len(d.Classes), ErrLabel)
		}
		dst[int(y)*count+i] = 1
	}
	return nil
}

// value returns feature j of row i.
func (d *Dataset) value(i, j int) float64 {
	if d.Sparse != nil {
		return d.Sparse.value(i, j)
	}
	return d.X[i*len(d.Features)+j]
}

// batch returns the number of rows to gather, if they are rows of d, and size holds height numbers for each.
func (d *Dataset) batch(size, height int, rows []int) (int, error) {
	if err := d.checkShape(); err != nil {
		return 0, err
	}
	count := d.Rows()
	if rows != nil {
		count = len(rows)
		if err := d.checkRows(rows); err != nil {
			return 0, err
		}
	}
	if size != height*count {
		return 0, fmt.Errorf("%s: a buffer of %d numbers for %d×%d: %w", d.source(), size, height, count, ErrLength)
	}
	return count, nil
}

// follow reports whether rows follow one another.
func follow(rows []int) bool {
	for i, r := range rows {
		if r != rows[0]+i {
			return false
		}
	}
	return true
}

// at returns rows[i], or i for nil rows.
func at(rows []int, i int) int {
	if rows == nil {
		return i
	}
	return rows[i]
}
