package data

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// A Dataset is a table of examples, one in each row. Its fields may be read and set; [Dataset.Check]
// checks that they are consistent.
type Dataset struct {
	X        []float64 // the features, row-major: example i is X[i*n : (i+1)*n], n = len(Features)
	Y        []float64 // a target for each example: a position in Classes, or a number; nil if there is none
	Features []string  // the names of the columns of X
	Classes  []string  // the names of the classes; nil for regression
	Target   string    // the name of the label
	Source   string    // where the examples come from, for messages: "iris.csv"
	Lines    []int     // the line of Source where each example begins; nil if Source is not a file
	Dropped  int       // how many rows DropMissing left out
	Weights  []float64 // the weight of each example in a training; nil means weights of 1

	// Sparse are the rows in the place of X, which is nil then, where most numbers are 0.
	Sparse *Sparse

	// Levels are the texts of columns of text: column j of X holds positions in Levels[j], NaN where the value is
	// missing, and len(Levels[j]) for a text that is none of them. It is nil for a column of numbers, and Levels is nil if
	// all columns are. Models take text by a preparer: see package prepare.
	Levels [][]string

	// Shape is that of a picture whose pixels are the features: channels, rows, columns. It is nil for a table.
	Shape []int

	// Guessed says of each feature of a file whether its type was guessed: CSV.Types did not say it. nil if none was.
	Guessed []bool

	// Mapped is the file that X is a part of, if it is that of [OpenRows]; nil if X is in memory.
	Mapped *Mapping

	// Beside are other data sets with the same examples in the same order, by name, such as
	// the images that belong to the rows of a table. Subset and all that is made of it, such
	// as Split, take their rows along.
	Beside map[string]*Dataset
}

// New returns a data set with a copy of the rows x and their targets y. y may be nil, for examples to
// predict. task says how to read y, as for a column of numbers in [ReadCSV]: class labels become their
// positions in the sorted list of distinct labels, and Classes holds their names. Errors wrap ErrEmpty,
// ErrRagged, ErrLength, ErrNotFinite, or ErrLabel if it is not clear whether y are classes.
func New(x [][]float64, y []float64, task Task) (*Dataset, error) {
	if len(x) == 0 || len(x[0]) == 0 {
		return nil, fmt.Errorf("data: New: %d rows: %w", len(x), ErrEmpty)
	}
	if y != nil && len(y) != len(x) {
		return nil, fmt.Errorf("data: New: %d rows in x and %d in y: %w", len(x), len(y), ErrLength)
	}
	n := len(x[0])
	d := &Dataset{X: make([]float64, 0, len(x)*n), Y: slices.Clone(y), Features: Names(n), Target: "y"}
	for i, row := range x {
		if len(row) != n {
			return nil, fmt.Errorf("data: New: %d numbers in row %d and %d in row 0: %w", len(row), i, n, ErrRagged)
		}
		d.X = append(d.X, row...)
	}
	if err := d.Check(); err != nil {
		return nil, err
	}
	if y != nil {
		var err error
		if d.Y, d.Classes, err = encodeNumbers(d.Y, task); err != nil {
			return nil, fmt.Errorf("data: New: y: %w", err)
		}
	}
	return d, nil
}

// Names returns x0, x1, …, the names of n features that have none.
func Names(n int) []string {
	names := make([]string, max(n, 0))
	for i := range names {
		names[i] = defaultName(i)
	}
	return names
}

func defaultName(i int) string { return "x" + strconv.Itoa(i) }

// Rows returns the number of examples N.
func (d *Dataset) Rows() int {
	switch {
	case len(d.Features) == 0:
		return 0
	case d.Sparse != nil:
		return d.Sparse.rows()
	}
	return len(d.X) / len(d.Features)
}

// Row returns example i, a slice of X, or of Sparse rows a copy with its zeros.
func (d *Dataset) Row(i int) []float64 {
	n := len(d.Features)
	if d.Sparse != nil {
		row := make([]float64, n)
		d.Sparse.write(row, i)
		return row
	}
	return d.X[i*n : (i+1)*n : (i+1)*n]
}

// Subset returns a copy of the given rows, in their order; a row may occur twice.
// Errors wrap ErrRow, or ErrEmpty if rows is empty.
func (d *Dataset) Subset(rows []int) (*Dataset, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if err := d.checkSparse(math.MaxFloat64); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: subset: %w", d.source(), ErrEmpty)
	}
	if err := d.checkRows(rows); err != nil {
		return nil, err
	}
	s := d.describe()
	if d.Sparse != nil {
		s.Sparse = d.Sparse.subset(rows)
	} else {
		s.X = make([]float64, 0, len(rows)*len(d.Features))
		for _, i := range rows {
			s.X = append(s.X, d.Row(i)...)
		}
	}
	s.Y, s.Lines, s.Weights = pick(d.Y, rows), pick(d.Lines, rows), pick(d.Weights, rows)
	return s, s.takeBeside(d, func(b *Dataset) (*Dataset, error) { return b.Subset(rows) })
}

// pick returns v[rows[0]], v[rows[1]], …, and nil for nil.
func pick[T any](v []T, rows []int) []T {
	if v == nil {
		return nil
	}
	w := make([]T, len(rows))
	for k, i := range rows {
		w[k] = v[i]
	}
	return w
}

// Clone returns a copy that shares nothing with d.
func (d *Dataset) Clone() *Dataset {
	c := d.withoutX()
	c.X, c.Sparse = slices.Clone(d.X), d.Sparse.clone()
	return c
}

// withoutX is Clone without the features of the rows.
func (d *Dataset) withoutX() *Dataset {
	c := d.describe()
	c.Y, c.Lines, c.Dropped, c.Weights = slices.Clone(d.Y), slices.Clone(d.Lines), d.Dropped, slices.Clone(d.Weights)
	_ = c.takeBeside(d, func(b *Dataset) (*Dataset, error) { return b.Clone(), nil })
	return c
}

// takeBeside sets what is beside d to what of makes of that which is beside from.
func (d *Dataset) takeBeside(from *Dataset, of func(*Dataset) (*Dataset, error)) error {
	for name, b := range from.Beside {
		c, err := of(b)
		if err != nil {
			return fmt.Errorf("beside it, %s: %w", quote(name), err)
		}
		if d.Beside == nil {
			d.Beside = map[string]*Dataset{}
		}
		d.Beside[name] = c
	}
	return nil
}

// describe returns a copy of d without its examples.
func (d *Dataset) describe() *Dataset {
	c := &Dataset{
		Features: slices.Clone(d.Features),
		Classes:  slices.Clone(d.Classes),
		Target:   d.Target,
		Source:   d.Source,
		Levels:   slices.Clone(d.Levels),
		Guessed:  slices.Clone(d.Guessed),
		Shape:    slices.Clone(d.Shape),
	}
	for j, levels := range c.Levels {
		c.Levels[j] = slices.Clone(levels)
	}
	return c
}
