package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A fold reduces the columns of m×n matrices, one after the other in x, to as many
// times n entries of y.
type fold[T compute.Float] func(y, x []T, m, n int)

// matrices is the fold that reduces one matrix at a time.
func matrices[T compute.Float](reduce func(y, x []T, m, n int)) fold[T] {
	return func(y, x []T, m, n int) {
		for ; len(y) > 0; y, x = y[n:], x[m*n:] {
			reduce(y[:n], x[:m*n], m, n)
		}
	}
}

// addUp is the fold of sums.
func addUp[T compute.Float](y, x []T, m, n int) {
	if n == 1 {
		kernel.RowSums(y, x, len(y), m, m)
		return
	}
	for ; len(y) > 0; y, x = y[n:], x[m*n:] {
		kernel.ColSums(y[:n], x[:m*n], m, n, n)
	}
}

// bindReduce returns the function that reduces x over axes to y, one run of neighbouring
// axes after the other, the last run first. Seen from there a tensor is a number of m×n
// matrices, of which the fold reduces the columns. Most reductions have one stage.
func bindReduce[T compute.Float](axes []int, f fold[T], reduced, whole *tensor.Dense) func() {
	y, x, extents := compute.Data[T](reduced), compute.Data[T](whole), whole.Shape()
	type stage struct {
		y, x []T
		m, n int
	}
	var stages []stage
	for end := len(axes); end > 0; {
		first := end - 1
		for first > 0 && axes[first-1] == axes[first]-1 {
			first--
		}
		before, m := product(extents[:axes[first]]), product(extents[axes[first]:axes[end-1]+1])
		s := stage{y: y, x: x, m: m, n: len(x) / (before * m)}
		if first > 0 {
			s.y = make([]T, len(x)/m)
		}
		stages = append(stages, s)
		x, end = s.y, first
	}
	if len(stages) == 0 {
		stages = append(stages, stage{y: y, x: x, m: 1, n: len(x)})
	}
	return func() {
		for _, s := range stages {
			f(s.y, s.x, s.m, s.n)
		}
	}
}
