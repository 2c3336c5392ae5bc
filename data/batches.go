package data

import (
	"adjoint/internal/random"

	"fmt"
	"iter"
)

// Batches yields the rows of a data set, a batch at a time. It serves one loop at a time.
type Batches struct {
	d      *Dataset
	size   int
	seed   uint64
	rows   int
	window int   // how many rows are shuffled at once
	order  []int // of those that are dealt next; nil before any are
}

// DefaultWindow is how many rows of a Mapped data set are shuffled at once: to draw from all of a file that is larger than
// memory would read a page of the disk for each row.
const DefaultWindow = 1 << 17

// Batches divides the rows into batches of size rows. The last batch is smaller if size does not divide the number of
// rows. A size below 1 is ErrBatchSize. A size beyond the number of rows makes a single batch.
func (d *Dataset) Batches(size int, seed uint64) (*Batches, error) {
	window := d.Rows()
	if d.Mapped != nil {
		window = DefaultWindow
	}
	return d.BatchesWithin(window, size, seed)
}

// BatchesWithin is Batches where only rows that are near each other in the data set are shuffled with each other: the windows
// of so many rows are taken in an order drawn at random, and the rows of each are shuffled among themselves. A training
// sees the rows of a window in a few steps that follow each other, so that a table that is sorted, by time or by class,
// has to be shuffled before, where it is made.
func (d *Dataset) BatchesWithin(window, size int, seed uint64) (*Batches, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if size < 1 {
		return nil, fmt.Errorf("%s: batches of %d rows: %w", d.source(), size, ErrBatchSize)
	}
	if window < 1 {
		return nil, fmt.Errorf("%s: windows of %d rows: %w", d.source(), window, ErrArgument)
	}
	rows := d.Rows()
	return &Batches{d: d, size: min(size, rows), seed: seed, rows: rows, window: min(window, rows)}, nil
}

// Len returns the number of batches in an epoch.
func (b *Batches) Len() int { return (b.rows + b.size - 1) / b.size }

// Epoch yields the batches of one epoch, each with its index 0, …, Len()−1. Every row is in one batch, in an order that
// depends only on the seed and the epoch. So a training that is resumed sees the same batches as one that never
// stopped. The slice yielded is valid until the next batch.
func (b *Batches) Epoch(epoch int) iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		draws := random.New(b.seed, random.ForBatches, uint64(epoch))
		windows := ascending(make([]int, (b.rows+b.window-1)/b.window))
		if len(windows) > 1 {
			draws.Shuffle(windows)
		}
		b.deal(windows, draws.Shuffle, yield)
	}
}

// InOrder yields the batches of the rows in their order, as Keras does without shuffle.
func (b *Batches) InOrder() iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		b.deal(ascending(make([]int, (b.rows+b.window-1)/b.window)), func([]int) {}, yield)
	}
}

// deal yields the rows of the windows, which it shuffles. Rows that are left of a window go into the first batch of the
// next. The pages of the next window are read ahead.
func (b *Batches) deal(windows []int, shuffle func([]int), yield func(int, []int) bool) {
	if b.order == nil {
		b.order = make([]int, 0, min(b.rows, b.window+b.size))
	}
	k, pending := 0, b.order[:0]
	for i, w := range windows {
		if i+1 < len(windows) {
			next := windows[i+1] * b.window
			b.d.ahead(next, min(next+b.window, b.rows))
		}
		left := len(pending)
		first := w * b.window
		pending = pending[:left+min(b.window, b.rows-first)]
		shuffle(ascendingFrom(first, pending[left:]))
		rest := pending
		for len(rest) >= b.size || i+1 == len(windows) && len(rest) > 0 {
			n := min(b.size, len(rest))
			if !yield(k, rest[:n:n]) {
				return
			}
			rest, k = rest[n:], k+1
		}
		pending = append(b.order[:0], rest...)
	}
}

// ascending fills v with 0, 1, 2, ….
func ascending(v []int) []int { return ascendingFrom(0, v) }

// ascendingFrom fills v with first, first+1, ….
func ascendingFrom(first int, v []int) []int {
	for i := range v {
		v[i] = first + i
	}
	return v
}
