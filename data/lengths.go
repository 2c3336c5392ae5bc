package data

import (
	"fmt"
	"slices"

	"adjoint/internal/random"
)

// Buckets puts sequences of like length together, so that batches have little padding: it returns the
// batches of an epoch, each with the positions of at most size sequences in lengths. They are in random
// order, and so are sequences of one length; both depend on the seed and the epoch only. The error
// wraps ErrBatchSize.
func Buckets(lengths []int, size int, seed, epoch uint64) ([][]int, error) {
	if size < 1 {
		return nil, fmt.Errorf("data: buckets of %d sequences: %w", size, ErrBatchSize)
	}
	s, order := random.New(seed, random.ForBuckets, epoch), make([]int, len(lengths))
	s.Shuffle(ascending(order))
	slices.SortStableFunc(order, func(i, k int) int { return lengths[i] - lengths[k] })
	batches := slices.Collect(slices.Chunk(order, size))
	shuffled, at := make([][]int, len(batches)), make([]int, len(batches))
	s.Shuffle(ascending(at))
	for i, k := range at {
		shuffled[i] = batches[k]
	}
	return shuffled, nil
}

// Pad writes sequences of numbers beside each other, and what is there and what is padding: with N
// sequences, x and mask are 1×T×N, row-major; x is 0 and mask is 0 from the end of a sequence on, and
// else mask is 1. The error wraps ErrLength if they are no such tensors or a sequence is longer than T.
func Pad[T float](x, mask []T, sequences [][]int) error {
	n := len(sequences)
	if n == 0 || len(x)%n != 0 || len(mask) != len(x) {
		return fmt.Errorf("data: %d and %d numbers for %d sequences: %w", len(x), len(mask), n, ErrLength)
	}
	for i, s := range sequences {
		if len(s) > len(x)/n {
			return fmt.Errorf("data: sequence %d has %d numbers, there is room for %d: %w", i, len(s), len(x)/n, ErrLength)
		}
		for t := range len(x) / n {
			x[t*n+i], mask[t*n+i] = 0, 0
			if t < len(s) {
				x[t*n+i], mask[t*n+i] = T(s[t]), 1
			}
		}
	}
	return nil
}
