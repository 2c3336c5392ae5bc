package data

import (
	"adjoint/internal/random"

	"cmp"
	"fmt"
	"math"
	"slices"
)

// SplitOptions says how examples are divided into training rows and test rows.
type SplitOptions struct {
	Test      float64 // the share of test rows, in (0, 1); 0 is 0.25
	Seed      uint64
	Stratify  bool // both parts have the classes in the proportions of d
	NoShuffle bool // keep the order: the test part is the last rows
}

// Split returns copies of the training rows and the test rows of d, in shuffled order. The test part has ⌈Test·N⌉
// rows, as in scikit-learn's train_test_split. If it is stratified, each class has its share of them, rounded by
// largest remainders; of equal remainders the earlier class is rounded up first.
//
// The error wraps ErrSplit if a part would be empty, Test is not in (0, 1), or a stratified split is impossible: no
// classes, a class of one example, a part with fewer rows than there are classes, or NoShuffle.
func (d *Dataset) Split(o SplitOptions) (train, test *Dataset, err error) {
	if err := d.checkShape(); err != nil {
		return nil, nil, err
	}
	fail := func(format string, args ...any) (train, test *Dataset, err error) {
		return nil, nil, fmt.Errorf("%s: %s: %w", d.source(), fmt.Sprintf(format, args...), ErrSplit)
	}
	if o.Test == 0 {
		o.Test = 0.25
	}
	rows := d.Rows()
	if !(o.Test > 0 && o.Test < 1) {
		return fail("a test part of %v is not in (0, 1)", o.Test)
	}
	size := int(math.Ceil(o.Test * float64(rows)))
	if size >= rows {
		return fail("a test part of %v of %d rows leaves none to train on", o.Test, rows)
	}
	order := ascending(make([]int, rows))
	switch {
	case o.Stratify && o.NoShuffle:
		return fail("stratified and in order")
	case o.NoShuffle:
		return d.cut(order[:rows-size], order[rows-size:])
	}
	draws := random.New(o.Seed, random.ForSplit, 0)
	draws.Shuffle(order)
	if !o.Stratify {
		return d.cut(order[size:], order[:size])
	}
	counts, err := d.ClassCounts()
	if err != nil {
		return nil, nil, fmt.Errorf("stratified: %w: %w", err, ErrSplit)
	}
	classes := 0
	for c, n := range counts {
		if n == 1 {
			return fail("stratified: class %s has one example", quote(d.Classes[c]))
		}
		classes += min(n, 1)
	}
	if min(size, rows-size) < classes {
		return fail("stratified: %d rows to train and %d to test on, %d classes", rows-size, size, classes)
	}
	// The shuffled rows go to the test part while their class has room in it.
	room := shares(counts, size, rows)
	trainRows, testRows := make([]int, 0, rows-size), make([]int, 0, size)
	for _, i := range order {
		if c := int(d.Y[i]); room[c] > 0 {
			room[c]--
			testRows = append(testRows, i)
		} else {
			trainRows = append(trainRows, i)
		}
	}
	return d.cut(trainRows, testRows)
}

// SplitLast returns copies of the first rows of d, to train on, and of its last rows, to validate on, or the rows of the file
// themselves if d is Mapped, as the
// validation_split of Keras's fit does before shuffling. There are ⌊N·(1 − part)⌋ training rows. The error wraps
// ErrSplit if either part would be empty.
func (d *Dataset) SplitLast(part float64) (train, validation *Dataset, err error) {
	if err := d.checkShape(); err != nil {
		return nil, nil, err
	}
	rows := d.Rows()
	size := math.Floor(float64(rows) * (1 - part))
	if !(size > 0 && size < float64(rows)) {
		return nil, nil, fmt.Errorf("%s: the last %v of %d rows: %w", d.source(), part, rows, ErrSplit)
	}
	if d.Mapped != nil {
		return d.part(0, int(size)), d.part(int(size), rows), nil
	}
	order := ascending(make([]int, rows))
	return d.cut(order[:int(size)], order[int(size):])
}

// cut returns the two subsets.
func (d *Dataset) cut(first, second []int) (*Dataset, *Dataset, error) {
	a, err := d.Subset(first)
	if err != nil {
		return nil, nil, err
	}
	b, err := d.Subset(second)
	return a, b, err
}

// shares divides size among classes in proportion to their counts, by largest remainders. rows is the sum of counts.
func shares(counts []int, size, rows int) []int {
	share := make([]int, len(counts))
	byRemainder := ascending(make([]int, len(counts)))
	product := func(c int) int64 { return int64(counts[c]) * int64(size) }
	remainder := func(c int) int64 { return product(c) % int64(rows) }
	left := size
	for c := range counts {
		share[c] = int(product(c) / int64(rows))
		left -= share[c]
	}
	slices.SortStableFunc(byRemainder, func(a, b int) int { return cmp.Compare(remainder(b), remainder(a)) })
	for _, c := range byRemainder[:left] {
		share[c]++
	}
	return share
}
