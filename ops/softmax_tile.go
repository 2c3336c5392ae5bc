package ops

import (
	"math"

	"adjoint/compute"
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
type tile[T compute.Float] struct {
	n     int // extent of the axis
	first int // position in z of entry 0 of the first line
	entry int // from one entry of a line to the next
	step  int // from one line to the next
	line  int // number of the first line

	max  []T       // by line
	rest []float64 // by line
	ones []float64 // entries of e^{z−max} that are 1, by line
	exp  []T       // e^{z−max}, in n rows of one entry for each line
	part []T       // by line: a sum of some rows

	sum   []T        // by line, for the caller
	total []exactSum // by line, for the caller
}

// A tile has as many lines as give it about tileSize entries, and at least minLines.
const (
	tileSize = 4096
	minLines = 16
)

// tiles returns the function that calls f for every tile of z along an axis. The
// tile is valid during the call.
func tiles[T compute.Float](axis int, in []T, z *tensor.Dense, f func(t *tile[T])) func() {
	return tilesOfExps(axis, in, z, func(t *tile[T]) {
		t.addRest()
		f(t)
	})
}

// tilesOfExps is tiles without the sums.
func tilesOfExps[T compute.Float](axis int, in []T, z *tensor.Dense, f func(t *tile[T])) func() {
	before, n, after := around(z, axis)
	t := &tile[T]{n: n, entry: after, step: 1}
	if after == 1 { // lines lie one after the other
		before, after, t.step = 1, before, n
	}
	width := min(after, max(minLines, tileSize/n))
	maxima, rest, ones, exp := make([]T, width), make([]float64, width), make([]float64, width), make([]T, n*width)
	part := make([]T, width)
	t.sum, t.total = make([]T, width), make([]exactSum, width)
	return func() {
		for b := range before {
			for k := 0; k < after; k += width {
				w := min(width, after-k)
				t.max, t.rest, t.ones, t.exp, t.part = maxima[:w], rest[:w], ones[:w], exp[:n*w], part[:w]
				t.line, t.first = b*after+k, b*n*after+k*t.step
				t.load(in)
				f(t)
			}
		}
	}
}

// at is the position in z of entry i of the first line.
func (t *tile[T]) at(i int) int { return t.first + i*t.entry }

// exps returns the entries i of e^{z−max}.
func (t *tile[T]) exps(i int) []T { return t.exp[i*len(t.max):][:len(t.max)] }

// logs returns log1p(rest), in the memory of rest.
func (t *tile[T]) logs() []float64 {
	for k, rest := range t.rest {
		t.rest[k] = math.Log1p(rest)
	}
	return t.rest
}

// others is the sum of e^{z−max} along line k without an entry e.
func (t *tile[T]) others(k int, e T) float64 {
	if e == 1 {
		return t.rest[k]
	}
	return 1 + (t.rest[k] - float64(e))
}

// load sets the tile, but for the sums, to the lines of z that begin at first.
func (t *tile[T]) load(z []T) {
	if t.step == 1 {
		t.loadRows(z)
	} else {
		t.loadLines(z)
	}
	kernel.Exp(t.exp, t.exp)
}

// addRest sets rest to the sums of e^{z−max} without one that is 1.
func (t *tile[T]) addRest() {
	clear(t.rest)
	clear(t.ones)
	for i := range t.n {
		row := t.exps(i)
		rest, ones := t.rest[:len(row)], t.ones[:len(row)]
		for k, e := range row {
			if e == 1 {
				ones[k]++
			} else {
				rest[k] += float64(e)
			}
		}
	}
	for k, ones := range t.ones {
		t.rest[k] += ones - 1
	}
}

// addAll returns the sums of e^{z−max}, to within a few roundings.
func (t *tile[T]) addAll() []T {
	sums, part := t.sum[:len(t.max)], t.part
	clear(t.rest)
	for i := range t.n {
		if e := t.exps(i); i%rowsAdded == 0 {
			copy(part, e)
		} else {
			kernel.Add(part, part, e)
		}
		if i%rowsAdded == rowsAdded-1 || i == t.n-1 {
			for k, p := range part {
				t.rest[k] += float64(p)
			}
		}
	}
	for k, s := range t.rest {
		sums[k] = T(s)
	}
	return sums
}

// loadRows sets the maxima, and exp to z − max, where lines lie side by side.
func (t *tile[T]) loadRows(z []T) {
	row := func(i int) []T { return z[t.at(i):][:len(t.max)] }
	copy(t.max, row(0))
	for i := 1; i < t.n; i++ {
		kernel.Maximum(t.max, t.max, row(i))
	}
	for i := range t.n {
		kernel.Sub(t.exps(i), row(i), t.max)
	}
}

// loadLines is loadRows where they do not.
func (t *tile[T]) loadLines(z []T) {
	for k := range t.max {
		t.max[k] = z[t.first+k*t.step]
	}
	for i := 1; i < t.n; i++ {
		at := t.at(i)
		for k, m := range t.max {
			if v := z[at]; v > m || v != v {
				t.max[k] = v
			}
			at += t.step
		}
	}
	for i := range t.n {
		at, e := t.at(i), t.exps(i)
		for k, m := range t.max {
			e[k] = z[at] - m
			at += t.step
		}
	}
}
