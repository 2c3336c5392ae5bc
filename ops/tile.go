package ops

import (
	"math"

	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A tile is what softmax and its kin need to know of a few neighbouring lines of
// z along an axis: their maxima, and the sums of e^{z−max}. A line always adds a 1
// for its own maximum; rest is the sum without it, so that
//
//	log Σe^z = max + log1p(rest)
//
// keeps its accuracy where one entry outweighs all the others.
type tile[T graph.Float] struct {
	n     int // extent of the axis
	after int // distance in memory between two entries of a line
	first int // position in z of the first entry of the first line
	line  int // number of the first line, counted over the whole tensor

	max  []T       // by line
	rest []float64 // by line
	ones []float64 // entries of e^{z−max} that are 1, by line
	exp  []T       // e^{z−max}, in n rows of one entry for each line
}

// maxLines is the number of lines of a tile.
const maxLines = 64

// tiles returns the function that calls f for every tile of z along an axis. The
// tile is valid during the call.
func tiles[T graph.Float](axis int, in []T, z *tensor.Dense, f func(t *tile[T])) func() {
	before, n, after := around(z, axis)
	width := min(after, maxLines)
	whole := tile[T]{
		n: n, after: after,
		max: make([]T, width), rest: make([]float64, width), ones: make([]float64, width),
		exp: make([]T, n*width),
	}
	t := whole
	return func() {
		for b := range before {
			for k := 0; k < after; k += width {
				t.line, t.first = b*after+k, b*n*after+k
				if w := min(width, after-k); w != len(t.max) {
					t.max, t.rest, t.ones, t.exp = whole.max[:w], whole.rest[:w], whole.ones[:w], whole.exp[:n*w]
				}
				t.load(in)
				f(&t)
			}
		}
	}
}

// at is the position in z of entry i of the first line.
func (t *tile[T]) at(i int) int { return t.first + i*t.after }

// exps returns the entries i of e^{z−max}.
func (t *tile[T]) exps(i int) []T { return t.exp[i*len(t.max):][:len(t.max)] }

// logs returns log1p(rest), in the memory of rest.
func (t *tile[T]) logs() []float64 {
	for k, rest := range t.rest {
		t.rest[k] = math.Log1p(rest)
	}
	return t.rest
}

func (t *tile[T]) load(z []T) {
	copy(t.max, z[t.first:])
	for i := 1; i < t.n; i++ {
		z := z[t.at(i):]
		for k, m := range t.max {
			if z[k] > m || z[k] != z[k] {
				t.max[k] = z[k]
			}
		}
	}
	for i := range t.n {
		z, e := z[t.at(i):], t.exps(i)
		for k, m := range t.max {
			e[k] = z[k] - m
		}
	}
	kernel.Exp(t.exp, t.exp)
	clear(t.rest)
	clear(t.ones)
	for i := range t.n {
		for k, e := range t.exps(i) {
			if e == 1 {
				t.ones[k]++
			} else {
				t.rest[k] += float64(e)
			}
		}
	}
	for k, ones := range t.ones {
		t.rest[k] += ones - 1
	}
}
