package data

import (
	"fmt"
	"math"

	"adjoint/internal/kernel"
)

// Check returns an error unless a model can be trained on d. There must be an example (else ErrEmpty). The lengths of
// X, Y and Lines must agree (else ErrLength). Every number must be finite (else ErrNotFinite). If there are Classes,
// every y must be one of their positions 0, …, k−1 (else ErrLabel). The error names the row and the column, counted
// from 0, and the line of the file.
func (d *Dataset) Check() error {
	if err := d.checkShape(); err != nil {
		return err
	}
	if err := d.checkBeside((*Dataset).Check); err != nil {
		return err
	}
	if err := d.checkBelow(math.MaxFloat64); err != nil {
		return err
	}
	if err := d.checkLevels(); err != nil {
		return err
	}
	return d.checkY()
}

// checkBeside returns the first error of what is beside d.
func (d *Dataset) checkBeside(check func(*Dataset) error) error {
	for name, b := range d.Beside {
		if err := check(b); err != nil {
			return fmt.Errorf("beside it, %s: %w", quote(name), err)
		}
	}
	return nil
}

// checkY returns an error unless the targets are classes or finite numbers, and the weights are not negative.
func (d *Dataset) checkY() error {
	for i, y := range d.Y {
		if d.Classes != nil && !isClass(y, len(d.Classes)) {
			return fmt.Errorf("%s: label %v of %d classes: %w", d.Place(i), y, len(d.Classes), ErrLabel)
		}
		if !isFinite(y) {
			return fmt.Errorf("%s: target %v: %w", d.Place(i), y, ErrNotFinite)
		}
	}
	for i, w := range d.Weights {
		if !(w >= 0) || !isFinite(w) {
			return fmt.Errorf("%s: weight %v: %w", d.Place(i), w, ErrArgument)
		}
	}
	return nil
}

// Check32 is Check for computing in float32. A number beyond ±3.4·10³⁸, which would become infinite,
// is ErrNotFinite too.
func (d *Dataset) Check32() error {
	if err := d.Check(); err != nil {
		return err
	}
	if err := d.checkBeside((*Dataset).Check32); err != nil {
		return err
	}
	return d.checkBelow(math.MaxFloat32)
}

// CheckClasses returns an error unless d is a classification problem: it has classes, every y is the position of a
// class (else ErrLabel), and at least two classes have examples (else ErrOneClass). It does not look at X: see Check.
func (d *Dataset) CheckClasses() error {
	counts, err := d.ClassCounts()
	if err != nil {
		return err
	}
	seen := -1
	for c, n := range counts {
		if n > 0 && seen >= 0 {
			return nil
		}
		if n > 0 {
			seen = c
		}
	}
	return fmt.Errorf("%s: every one of %d examples is %s: %w", d.source(), d.Rows(), quote(d.Classes[seen]), ErrOneClass)
}

// ClassCounts returns the number of examples of each class. The error wraps ErrLabel if d has no classes, or a y
// is not the position of one.
func (d *Dataset) ClassCounts() ([]int, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if d.Classes == nil || d.Y == nil {
		return nil, fmt.Errorf("%s: the target is no class: %w", d.source(), ErrLabel)
	}
	counts := make([]int, len(d.Classes))
	for i, y := range d.Y {
		if !isClass(y, len(counts)) {
			return nil, fmt.Errorf("%s: label %v of %d classes: %w", d.Place(i), y, len(counts), ErrLabel)
		}
		counts[int(y)]++
	}
	return counts, nil
}

// checkShape returns an error unless there is an example and the lengths of the fields agree.
func (d *Dataset) checkShape() error {
	switch rows := d.Rows(); {
	case rows == 0:
		return fmt.Errorf("%s: %d numbers in X, %d features: %w", d.source(), len(d.X), len(d.Features), ErrEmpty)
	case d.Sparse != nil && (len(d.X) > 0 || d.Levels != nil || d.Sparse.Starts[0] != 0 || len(d.Sparse.Values) != d.Sparse.Starts[rows] || len(d.Sparse.Columns) != len(d.Sparse.Values)):
		return fmt.Errorf("%s: sparse rows of %d values in %d columns, and %d numbers in X beside them: %w",
			d.source(), len(d.Sparse.Values), len(d.Sparse.Columns), len(d.X), ErrLength)
	case d.Sparse == nil && len(d.X) != rows*len(d.Features):
		return fmt.Errorf("%s: %d numbers in X are no whole rows of %d features: %w", d.source(), len(d.X), len(d.Features), ErrLength)
	case d.Y != nil && len(d.Y) != rows:
		return fmt.Errorf("%s: %d rows in X and %d in Y: %w", d.source(), rows, len(d.Y), ErrLength)
	case d.Lines != nil && len(d.Lines) != rows:
		return fmt.Errorf("%s: %d rows in X and %d in Lines: %w", d.source(), rows, len(d.Lines), ErrLength)
	case d.Weights != nil && len(d.Weights) != rows:
		return fmt.Errorf("%s: %d rows in X and %d in Weights: %w", d.source(), rows, len(d.Weights), ErrLength)
	case d.Levels != nil && len(d.Levels) != len(d.Features):
		return fmt.Errorf("%s: %d features and levels of %d: %w", d.source(), len(d.Features), len(d.Levels), ErrLength)
	case d.Guessed != nil && len(d.Guessed) != len(d.Features):
		return fmt.Errorf("%s: %d features, of which %d are guessed or not: %w", d.source(), len(d.Features), len(d.Guessed), ErrLength)
	}
	if len(d.Beside) == 0 {
		return nil // to range over no map takes longer than all that was compared
	}
	for name, b := range d.Beside {
		if b.Rows() != d.Rows() {
			return fmt.Errorf("%s: %d rows, and beside it, in %s, %d: %w", d.source(), d.Rows(), quote(name), b.Rows(), ErrLength)
		}
	}
	return nil
}

// checkBelow returns an error unless every |x| is at most the largest.
func (d *Dataset) checkBelow(largest float64) error {
	if d.Sparse != nil {
		return d.checkSparse(largest)
	}
	n := len(d.Features)
	return d.Pieces(nil, func(from, to int) error {
		piece := d.X[from*n : to*n]
		if largest == math.MaxFloat64 && isFinite(kernel.Sum(piece)) {
			return nil // no sum with a NaN or an infinity in it is finite
		}
		for k, x := range piece {
			if !(math.Abs(x) <= largest) {
				return fmt.Errorf("%s, column %d (%s): %v: %w", d.Place(from+k/n), k%n, clip(d.Features[k%n]), x, ErrNotFinite)
			}
		}
		return nil
	})
}

// checkRows returns an error unless every index is that of a row.
func (d *Dataset) checkRows(rows []int) error {
	n := d.Rows()
	for _, i := range rows {
		if uint(i) >= uint(n) {
			return fmt.Errorf("%s: row %d of %d: %w", d.source(), i, n, ErrRow)
		}
	}
	return nil
}

// source returns the name of the data set in messages.
func (d *Dataset) source() string {
	if d.Source == "" {
		return "data"
	}
	return d.Source
}

// Place returns the name of row i, counted from 0, in messages: "iris.csv:18: row 16", where 18 is its line, or
// "iris.csv: row 16" if Lines is nil.
func (d *Dataset) Place(i int) string {
	if i < len(d.Lines) {
		return fmt.Sprintf("%s:%d: row %d", d.source(), d.Lines[i], i)
	}
	return fmt.Sprintf("%s: row %d", d.source(), i)
}

func isFinite(x float64) bool { return math.Abs(x) <= math.MaxFloat64 }

// isClass reports whether y is one of the positions 0, …, k−1.
func isClass(y float64, k int) bool { return uint(int(y)) < uint(k) && y == float64(int(y)) }
