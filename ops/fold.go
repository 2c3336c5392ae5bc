package ops

import (
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A fold reduces the columns of an m×n matrix x to the n entries of y.
type fold[T graph.Float] func(y, x []T, m, n int)

// addUp is the fold of sums.
func addUp[T graph.Float](y, x []T, m, n int) {
	if n == 1 {
		y[0] = kernel.Sum(x)
	} else {
		kernel.ColSums(y, x, m, n, n)
	}
}

// bindReduce returns the function that reduces x over axes to y.
func bindReduce(axes []int, f32 fold[float32], f64 fold[float64], y, x *tensor.Dense) func() {
	if y.Dtype() == tensor.Float32 {
		return bindStages(data[float32](y), data[float32](x), x.Shape(), axes, f32)
	}
	return bindStages(data[float64](y), data[float64](x), x.Shape(), axes, f64)
}

// bindStages reduces one run of neighbouring axes after the other, the last run
// first. Seen from there a tensor is a number of m×n matrices, of which the fold
// reduces the columns. Most reductions have one stage.
func bindStages[T graph.Float](y, x []T, extents, axes []int, f fold[T]) func() {
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
			for y, x := s.y, s.x; len(y) > 0; y, x = y[s.n:], x[s.m*s.n:] {
				f(y[:s.n], x[:s.m*s.n], s.m, s.n)
			}
		}
	}
}
