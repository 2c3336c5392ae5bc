package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = sparse{}
	_ graph.Validator      = sparse{}
	_ graph.Describer      = sparse{}
)

func init() {
	register("SparseMatMul", 4, sparse{})
	graph.Register("SparseWeights", 4, func(a *graph.Args) graph.Op { return sparse{byWeights, a.Int()} })
	register("SparseValues", 4, sparse{to: byValues})
}

// SparseMatMul is φ(w, x) = wx of a matrix x, (n, N), of which only the entries that are not 0 are given, one
// example after the other: w has shape (m, n), the result (m, N). Entry e has the value values[e] and stands in the row
// columns[e] of x, which is the column of w; the first counts[0] entries are of the first example, the next counts[1] of the
// second, and so on. values and columns have shape (E), counts (1, N). Entries beyond those that are counted
// are none. Entries of one place add up. (As a product by the transpose of a scipy.sparse.csr_matrix.)
//
//	d(η, ξ) = SparseMatMul(η, values) + SparseMatMul(w, ξ)     r(ζ)_w = ζxᵀ     r(ζ)_values = (wᵀζ at the entries)
//
// Both derivatives are of ⟨ζ, wx⟩, by one of w, values and ζ, and so are their own. Weights that no entry
// meets have no part in the result, not even as 0·∞. The error of other shapes wraps graph.ErrShape; a column that w
// has not, and counts of more entries than there are, make Run return graph.ErrValue.
func SparseMatMul(w, values, columns, counts *Node) *Node {
	return graph.Apply(sparse{}, w, values, columns, counts)
}

// A sparse op is the derivative of ⟨ζ, wx⟩ by one of its three factors, given the other two in their order, and
// then the columns and the counts of x.
type sparse struct {
	to sparseFactor
	n  int // columns of w, if it is by w
}

// A sparseFactor is one of ⟨ζ, wx⟩.
type sparseFactor int

const (
	byProduct sparseFactor = iota // by ζ: wx
	byWeights                     // by w: ζxᵀ
	byValues                      // by the values: wᵀζ at the entries
)

// factors returns w, values and ζ, of which the op is given two.
func (op sparse) factors(a, b, own *Node) (w, v, ζ *Node) {
	switch op.to {
	case byWeights:
		return own, b, a
	case byValues:
		return a, own, b
	}
	return a, b, own
}

func (op sparse) String() string {
	return [...]string{"sparse ∙", "sparse ∙ᵀ", "sparse ∙ at"}[op.to]
}

func (op sparse) Describe() graph.Description {
	switch op.to {
	case byWeights:
		return named("SparseWeights", op.n)
	case byValues:
		return named("SparseValues")
	}
	return named("SparseMatMul")
}

func (op sparse) Shape(s ...Shape) (Shape, error) {
	columns, counts := s[2], s[3]
	if columns.Rank() == 1 && counts.Rank() == 2 && counts.Dim(0) == 1 && s[0].Rank() == 2 {
		m, examples := s[0].Dim(0), counts.Dim(1)
		switch {
		case op.to == byProduct && s[1] == columns && !graph.Symbolic(s[0].Dim(1)):
			return graph.ShapeOf(m, examples), nil
		case op.to == byWeights && s[1] == columns && s[0].Dim(1) == examples && op.n > 0:
			return graph.ShapeOf(m, op.n), nil
		case op.to == byValues && s[1] == graph.ShapeOf(m, examples) && !graph.Symbolic(s[0].Dim(1)):
			return columns, nil
		}
	}
	return Shape{}, fmt.Errorf("%w: %v and %v with columns %v and counts %v: want weights (m, n), values and columns (E), counts (1, N), a product (m, N)",
		graph.ErrShape, s[0], s[1], columns, counts)
}

func (op sparse) Reverse(y, η *Node) []*Node {
	a, b, columns, counts := y.In(0), y.In(1), y.In(2), y.In(3)
	w, v, ζ := op.factors(a, b, η)
	by := func(to sparseFactor) *Node {
		switch to {
		case byWeights:
			return graph.Apply(sparse{byWeights, w.Shape().Dim(1)}, ζ, v, columns, counts)
		case byValues:
			return graph.Apply(sparse{to: byValues}, w, ζ, columns, counts)
		}
		return SparseMatMul(w, v, columns, counts)
	}
	given := [...][2]sparseFactor{{byWeights, byValues}, {byProduct, byValues}, {byWeights, byProduct}}[op.to]
	return []*Node{by(given[0]), by(given[1]), nil, nil}
}

func (op sparse) Differential(y *Node, ξ ...*Node) *Node {
	a, b, columns, counts := y.In(0), y.In(1), y.In(2), y.In(3)
	return plus(
		maybe(ξ[0], func(η *Node) *Node { return graph.Apply(op, η, b, columns, counts) }),
		maybe(ξ[1], func(ξ *Node) *Node { return graph.Apply(op, a, ξ, columns, counts) }))
}

func (sparse) Judges() []int { return []int{2, 3} }

func (op sparse) Valid(x ...*tensor.Dense) error {
	n := op.n
	if op.to != byWeights {
		n = x[0].Shape()[1]
	}
	if err := validIndex(x[2], n); err != nil {
		return fmt.Errorf("columns: %w", err)
	}
	return judge(x[3], x[2].Shape()[0], validCounts[float32], validCounts[float64])
}

// validCounts returns an error unless the counts are whole numbers of so many entries together, or fewer.
func validCounts[T compute.Float](counts []T, entries int) error {
	for j, k := range counts {
		if !(0 <= k && k <= T(entries)) || k != T(int(k)) {
			return fmt.Errorf("%w: example %d counts %g entries, of which %d are left", graph.ErrValue, j, k, entries)
		}
		entries -= int(k)
	}
	return nil
}

func (op sparse) Kernel() compute.Kernel {
	return compute.Bound(op, sparseOf[float32], sparseOf[float64])
}

// sparseOf computes a row at a time: of w, and the row of ζ that goes with it.
func sparseOf[T compute.Float](op sparse, y *tensor.Dense, x ...*tensor.Dense) func() {
	w, v, ζ := y, x[1], x[0] // as factors has them
	switch op.to {
	case byProduct:
		w, v, ζ = x[0], x[1], y
	case byValues:
		w, v, ζ = x[0], y, x[1]
	}
	m, n := w.Shape()[0], w.Shape()[1]
	out, weights, values, sums := compute.Data[T](y), compute.Data[T](w), compute.Data[T](v), compute.Data[T](ζ)
	columns, counts := newPlaces[T](x[2]), newPlaces[T](x[3])
	row := [...]func(c columnsOf, w, v, ζ []T){sparseRow[T], weightsRow[T], valuesRow[T]}[op.to]
	return func() {
		columns.read()
		counts.read()
		if op.to != byProduct {
			clear(out)
		}
		size := len(counts.at)
		for i := range m {
			row(columnsOf{columns.at, counts.at}, weights[i*n:][:n], values, sums[i*size:][:size])
		}
	}
}

// columnsOf are the columns of entries, of so many for each example.
type columnsOf struct{ at, counts []int }

func sparseRow[T compute.Float](c columnsOf, w, v, ζ []T) {
	e := 0
	for j, k := range c.counts {
		sum := T(0)
		for i, at := range c.at[e:][:k] {
			sum += v[e+i] * w[at]
		}
		ζ[j] = sum
		e += k
	}
}

func weightsRow[T compute.Float](c columnsOf, w, v, ζ []T) {
	e := 0
	for j, k := range c.counts {
		z := ζ[j]
		for i, at := range c.at[e:][:k] {
			w[at] += v[e+i] * z
		}
		e += k
	}
}

func valuesRow[T compute.Float](c columnsOf, w, v, ζ []T) {
	e := 0
	for j, k := range c.counts {
		z := ζ[j]
		for i, at := range c.at[e:][:k] {
			v[e+i] += w[at] * z
		}
		e += k
	}
}
