package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

// An expansion is what a value stands for whose last rows are positions: each of these as one-hot rows, 1 at the
// position and 0 elsewhere. The position behind the last row stands for 0 in all.
type expansion struct {
	x      *graph.Node // (n, N)
	levels []int       // how many rows each of its last ones stands for

	entries []*graph.Node // or of sparse rows what ops.SparseMatMul takes
}

// numbers returns how many rows of x are numbers.
func (e expansion) numbers() int { return features(e.x) - len(e.levels) }

// levelsOf returns how many levels the one-hot columns of prepared rows have; they are the last ones.
func levelsOf(d *data.Dataset) (levels []int) {
	for j := range d.Features {
		if of := d.LevelsOf(j); of != nil {
			levels = append(levels, len(of))
		}
	}
	return levels
}

// expand returns x with its last rows written out. A product of it looks weights up: see times.
func (b *Builder) expand(x *graph.Node, levels []int) *graph.Node {
	if len(levels) == 0 {
		return x
	}
	e := expansion{x: x, levels: levels}
	var parts []*graph.Node
	if n := e.numbers(); n > 0 {
		parts = append(parts, ops.Slice(x, 0, 0, n))
	}
	for i, k := range levels {
		hot := ops.OneHot(ops.Slice(x, 0, e.numbers()+i, e.numbers()+i+1), k+1)
		parts = append(parts, ops.Slice(hot, 0, 0, k))
	}
	whole := ops.Concat(0, parts...)
	b.expandTo(whole, e)
	return whole
}

// expandTo says what a stands for in a product.
func (b *Builder) expandTo(a *graph.Node, e expansion) {
	if b.expanded == nil {
		b.expanded = map[*graph.Node]expansion{}
	}
	b.expanded[a] = e
}

// times returns φ(w, a), without multiplying by the zeros of one-hot rows: of these each example takes the column of w
// at its position,
//
//	φ(w, a) = φ(w₀, x₀) + Σᵢ wᵢ[:, xᵢ]
//
// where x₀ are the rows of numbers, xᵢ positions, and w₀, w₁, … the columns of w for them. The column behind the last
// one is 0.
func (b *Builder) times(w, a *graph.Node) *graph.Node {
	e, ok := b.expanded[a]
	switch {
	case !ok:
		return ops.MatMul(w, a)
	case e.entries != nil:
		return e.sparseTimes(w)
	}
	at := e.numbers()
	var sum *graph.Node
	if at > 0 {
		sum = ops.MatMul(ops.Slice(w, 1, 0, at), ops.Slice(e.x, 0, 0, at))
	}
	for i, k := range e.levels {
		columns := ops.Pad(ops.Slice(w, 1, at, at+k), 1, 0, 1, 0)
		column := ops.Gather(columns, 1, ops.Index(e.x, 0, e.numbers()+i))
		if at += k; sum == nil {
			sum = column
		} else {
			sum = ops.Add(sum, column)
		}
	}
	return sum
}
