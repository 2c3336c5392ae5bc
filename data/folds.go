package data

import (
	"adjoint/internal/random"

	"fmt"
	"slices"
)

// FoldOptions says how rows are dealt into folds.
type FoldOptions struct {
	Seed      uint64
	Stratify  bool // each fold has the classes in the proportions of d, as near as can be
	NoShuffle bool // folds are runs of rows or, stratified, of the rows of each class
}

// Folds deals the rows into k folds for a cross-validation: each row is in one of them, and
// their sizes differ by one at most. In a fold the rows are in their order. As with
// scikit-learn's KFold the first folds are the larger ones; stratified, the rows of each
// class are dealt out in turn, going on where those of the class before ended, which gives
// the counts of its StratifiedKFold.
//
// The error wraps ErrSplit unless 2 ≤ k ≤ N, and ErrLabel if d has no classes to stratify
// by.
func (d *Dataset) Folds(k int, o FoldOptions) ([][]int, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	rows := d.Rows()
	if k < 2 || k > rows {
		return nil, fmt.Errorf("%s: %d folds of %d rows: %w", d.source(), k, rows, ErrSplit)
	}
	order := ascending(make([]int, rows))
	if !o.NoShuffle {
		random.New(o.Seed, random.ForFolds, 0).Shuffle(order)
	}
	folds := make([][]int, k)
	if o.Stratify {
		if _, err := d.ClassCounts(); err != nil {
			return nil, fmt.Errorf("stratified: %w", err)
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(d.Y[a]) - int(d.Y[b]) })
		for i, row := range order {
			folds[i%k] = append(folds[i%k], row)
		}
	} else {
		for i := range folds {
			size := rows / k
			if i < rows%k {
				size++
			}
			folds[i], order = order[:size:size], order[size:]
		}
	}
	for _, fold := range folds {
		slices.Sort(fold)
	}
	return folds, nil
}
