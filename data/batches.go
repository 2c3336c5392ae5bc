package data

import (
	"adjoint/internal/random"

	"fmt"
	"iter"
)

// Batches yields the rows of a data set, a batch at a time. It serves one loop at a time.
type Batches struct {
	size  int
	seed  uint64
	order []int
}

// Batches divides the rows into batches of size rows. The last batch is smaller if size does not divide the number of
// rows. A size below 1 is ErrBatchSize. A size beyond the number of rows makes a single batch.
func (d *Dataset) Batches(size int, seed uint64) (*Batches, error) {
	if err := d.checkShape(); err != nil {
		return nil, err
	}
	if size < 1 {
		return nil, fmt.Errorf("%s: batches of %d rows: %w", d.source(), size, ErrBatchSize)
	}
	rows := d.Rows()
	return &Batches{size: min(size, rows), seed: seed, order: make([]int, rows)}, nil
}

// Len returns the number of batches in an epoch.
func (b *Batches) Len() int { return (len(b.order) + b.size - 1) / b.size }

// Epoch yields the batches of one epoch, each with its index 0, …, Len()−1. Every row is in one batch, in an order that
// depends only on the seed and the epoch. So a training that is resumed sees the same batches as one that never
// stopped. The slice yielded is valid until the next batch.
func (b *Batches) Epoch(epoch int) iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		random.New(b.seed, random.ForBatches, uint64(epoch)).Shuffle(ascending(b.order))
		b.deal(yield)
	}
}

// InOrder yields the batches of the rows in their order, as Keras does without shuffle.
func (b *Batches) InOrder() iter.Seq2[int, []int] {
	return func(yield func(int, []int) bool) {
		ascending(b.order)
		b.deal(yield)
	}
}

func (b *Batches) deal(yield func(int, []int) bool) {
	for k := range b.Len() {
		low := k * b.size
		high := min(low+b.size, len(b.order))
		if !yield(k, b.order[low:high:high]) {
			return
		}
	}
}

// ascending fills v with 0, 1, 2, ….
func ascending(v []int) []int {
	for i := range v {
		v[i] = i
	}
	return v
}
