package interop_test

import (
	"math"
	"math/bits"
	"testing"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// The tests of this file pin what gorgonia's tensors get wrong, or do otherwise
// than one expects, and that it stays on their side of the boundary. Each shows
// what tensor does, what is right, and what happens here with the same input.

// T is lazy: it changes the shape of its receiver, and not the data.
func TestTensorTransposesLazily(t *testing.T) {
	m := matrix(2, 3, 1, 2, 3, 4, 5, 6)
	check(t, m.T())
	if !m.Shape().Eq(tensor.Shape{3, 2}) {
		t.Errorf("after T the shape is %v", m.Shape())
	}
	want(t, "tensor's data", m.Float64s(), []float64{1, 2, 3, 4, 5, 6})

	g := graph.New()
	wantError(t, "a transposed tensor", g.Param("w", m).Err(), graph.ErrLayout)
	w := g.Param("w", matrix(2, 3, 1, 2, 3, 4, 5, 6))
	want(t, "ours", values(t, nil, ops.T(w))[0], []float64{1, 4, 2, 5, 3, 6})
}

// The data of a view are the raw buffer.
func TestTensorViewsShowRawData(t *testing.T) {
	m := matrix(2, 3, 1, 2, 3, 4, 5, 6)
	column := must(m.Slice(nil, gorgonia.S(1)))(t).(*tensor.Dense)
	want(t, "tensor's data of (2, 5)", column.Float64s(), []float64{2, 3, 4, 5})

	g := graph.New()
	wantError(t, "a view", g.Param("w", column).Err(), graph.ErrLayout)
	w := ops.Slice(g.Param("w", m), 1, 1, 2)
	want(t, "ours", values(t, nil, w)[0], []float64{2, 5})
}

// MatMul reads a slice of columns as if it had no strides.
func TestTensorMatMulIgnoresStrides(t *testing.T) {
	m, one := matrix(2, 3, 1, 2, 3, 4, 5, 6), matrix(2, 2, 1, 0, 0, 1)
	columns := must(m.Slice(nil, gorgonia.S(0, 2)))(t)
	p := must(tensor.MatMul(columns, one))(t).(*tensor.Dense)
	want(t, "tensor's product of (1 2; 4 5) and 1", p.Float64s(), []float64{1, 2, 3, 4})

	g := graph.New()
	y := ops.MatMul(ops.Slice(g.Param("m", m), 1, 0, 2), g.Param("1", one))
	want(t, "ours", values(t, nil, y)[0], []float64{1, 2, 4, 5})
}

// MatMul into one of its operands is zero.
func TestTensorMatMulReusesAnOperand(t *testing.T) {
	a, b := matrix(2, 2, 1, 2, 3, 4), matrix(2, 2, 5, 6, 7, 8)
	g := graph.New()
	y := ops.MatMul(g.Param("a", a), g.Param("b", b))
	want(t, "ours", values(t, nil, y)[0], []float64{19, 22, 43, 50})

	p := must(tensor.MatMul(a, b, tensor.WithReuse(a)))(t).(*tensor.Dense)
	want(t, "tensor's", p.Float64s(), []float64{0, 0, 0, 0})
}

// 0·NaN is 0 in a product of matrices, because gonum's skips zeros.
func TestTensorMatMulLosesNaN(t *testing.T) {
	a, b := matrix(1, 2, 0, 1), matrix(2, 1, math.NaN(), 2)
	p := must(tensor.MatMul(a, b))(t).(*tensor.Dense)
	want(t, "tensor's", p.Float64s(), []float64{2})

	g := graph.New()
	y := ops.MatMul(g.Param("a", a), g.Param("b", b))
	want(t, "ours", values(t, nil, y)[0], []float64{math.NaN()})
}

// SoftMax takes the maximum of every row from the first entry of the array on.
func TestTensorSoftMaxHasOneMaximum(t *testing.T) {
	m := matrix(2, 2, 0, 0, -1000, -1001)
	p := must(tensor.SoftMax(m, 1))(t).(*tensor.Dense)
	want(t, "tensor's", p.Float64s(), []float64{0.5, 0.5, math.NaN(), math.NaN()})

	y := ops.Softmax(graph.New().Param("m", m), 1)
	e := math.Exp(-1)
	want(t, "ours", values(t, nil, y)[0], []float64{0.5, 0.5, 1 / (1 + e), e / (1 + e)})
}

// Max loses NaN.
func TestTensorMaxLosesNaN(t *testing.T) {
	v := vector(1, math.NaN(), 2)
	max := must(v.Max())(t)
	want(t, "tensor's", []float64{max.ScalarValue().(float64)}, []float64{2})

	y := ops.Max(graph.New().Param("v", v))
	want(t, "ours", values(t, nil, y)[0], []float64{math.NaN()})
}

// Shape.Eq is not transitive: a vector equals a row and a column, and they do not
// equal each other.
func TestTensorShapesEqual(t *testing.T) {
	row, v, column := tensor.Shape{1, 3}, tensor.Shape{3}, tensor.Shape{3, 1}
	if !row.Eq(v) || !v.Eq(column) || row.Eq(column) {
		t.Errorf("row, vector and column: %v, %v, %v", row.Eq(v), v.Eq(column), row.Eq(column))
	}

	g := graph.New()
	x := g.Input("x", 1, 3)
	p := must(graph.Compile(ops.Exp(x)))(t)
	wantError(t, "a vector for a row", p.Feed(x, vector(1, 2, 3)), graph.ErrShape)
	check(t, p.Feed(x, matrix(1, 3, 1, 2, 3)))
}

// A slice past the end is clipped.
func TestTensorSlicesPastTheEnd(t *testing.T) {
	m := matrix(2, 3, 1, 2, 3, 4, 5, 6)
	s := must(m.Slice(nil, gorgonia.S(1, 9)))(t)
	if !s.Shape().Eq(tensor.Shape{2, 2}) {
		t.Errorf("columns 1 to 9 have shape %v", s.Shape())
	}

	y := ops.Slice(graph.New().Param("m", m), 1, 1, 9)
	wantError(t, "ours", y.Err(), graph.ErrShape)
}

// A tensor without entries can be made, and panics when it is used; one of more
// entries than there are numbers has none.
func TestTensorSizes(t *testing.T) {
	empty := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(0, 3))
	wantPanic(t, "the maximum of no entries", func() { _, _ = empty.Max() })
	wantPanic(t, "the sum of no entries", func() { _, _ = empty.Add(empty) })
	const root = 1 << (bits.UintSize / 2)
	huge := tensor.New(tensor.Of(tensor.Float64), tensor.WithShape(root, root))
	if n := len(huge.Float64s()); n != 0 {
		t.Errorf("%d² entries are %d", root, n)
	}

	g := graph.New()
	wantError(t, "no entries", g.Input("x", 0, 3).Err(), graph.ErrEmpty)
	wantError(t, "no entries in a tensor", g.Param("w", empty).Err(), graph.ErrEmpty)
	wantError(t, "too many entries", g.Input("x", root, root).Err(), graph.ErrSize)
}

// Float64s of a float32 tensor are its bits.
func TestTensorReinterpretsBits(t *testing.T) {
	single := tensor.New(tensor.WithBacking([]float32{1, 2}))
	bits := uint64(math.Float32bits(2))<<32 | uint64(math.Float32bits(1))
	want(t, "tensor's (1, 2) as float64", single.Float64s(), []float64{math.Float64frombits(bits)})

	wantError(t, "ours", graph.New().Param("w", single).Err(), graph.ErrType)
}

func wantPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s does not panic", what)
		}
	}()
	f()
}
