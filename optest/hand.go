package optest

import (
	"fmt"
	"slices"

	"adjoint/graph"

	"gonum.org/v1/gonum/mat"
	"gorgonia.org/tensor"
)

// At gives the values of nodes to a gradient that is a Go function. They are
// those that the formula has as it is written, in float64.
type At func(n *graph.Node) Array

// A handDerived gradient is the hand-derived one as numbers.
type handDerived struct {
	Array
	rounding []float64   // by how much the rounding of a formula moves its entries; nil if it is none
	node     *graph.Node // the formula, if it is one
}

// handOf returns the numbers of a hand-derived gradient, as Gradient takes it.
// Those that come without a shape have that of w.
func (l *literal) handOf(hand any, w *graph.Node) (handDerived, error) {
	switch h := hand.(type) {
	case *graph.Node:
		return l.handNode(h, w)
	case func(at At) any:
		v, err := l.call(h)
		if err != nil {
			return handDerived{}, err
		}
		if _, again := v.(func(at At) any); again {
			return handDerived{}, fmt.Errorf("the hand-derived function returns a function, want numbers")
		}
		return l.handOf(v, w)
	case float64:
		return l.handOf([]float64{h}, w)
	case []float64:
		dims := w.Shape().At(l.n).Dims()
		if len(h) != size(dims) {
			return handDerived{}, fmt.Errorf("the hand-derived gradient has %d entries, w has shape %v", len(h), w.Shape())
		}
		return handDerived{Array: Array{dims, slices.Clone(h)}}, nil
	case [][]float64:
		return handRows(h)
	case Array:
		if len(h.Data) != size(h.Dims) {
			return handDerived{}, fmt.Errorf("the hand-derived gradient has %d entries and the extents %v", len(h.Data), h.Dims)
		}
		return handDerived{Array: h}, nil
	case *tensor.Dense:
		return handTensor(h)
	case mat.Matrix:
		rows, cols := h.Dims()
		return handDerived{Array: ArrayOf([]int{rows, cols}, func(i []int) float64 { return h.At(i[0], i[1]) })}, nil
	}
	return handDerived{}, fmt.Errorf("the hand-derived gradient is a %T: want a *graph.Node, float64, []float64, [][]float64, optest.Array, *tensor.Dense, mat.Matrix or func(optest.At) any", hand)
}

// handNode evaluates a formula by itself.
func (l *literal) handNode(hand, w *graph.Node) (handDerived, error) {
	if err := hand.Err(); err != nil {
		return handDerived{}, fmt.Errorf("the hand-derived formula does not build: %w", err)
	}
	if hand.Graph() != w.Graph() {
		return handDerived{}, fmt.Errorf("the hand-derived formula and %s: %w", nameOf(w), graph.ErrGraph)
	}
	entries, rounding, err := l.evaluate(hand, w)
	if err != nil {
		return handDerived{}, fmt.Errorf("the hand-derived formula: %w", err)
	}
	return handDerived{Array{hand.Shape().At(l.n).Dims(), entries}, rounding, hand}, nil
}

// evaluate returns the entries of a gradient by w, and by how much rounding to the
// float type of the graph may move them.
func (l *literal) evaluate(y, w *graph.Node) (entries, rounding []float64, err error) {
	moved := graph.Params(y)
	if !slices.Contains(moved, w) {
		moved = append(moved, w)
	}
	var at [][]float64
	for _, x := range moved {
		v, err := l.value(x)
		if err != nil {
			return nil, nil, err
		}
		at = append(at, numbers(v))
	}
	f, err := l.function(y, moved...)
	if err != nil {
		return nil, nil, err
	}
	if rounding, err = f.rounding(epsilon(w.Graph().Dtype()), at...); err != nil {
		return nil, nil, err
	}
	v, err := f.at(at...)
	return slices.Clone(v), rounding, err
}

// epsilon is the distance from 1 to the next number of a float type.
func epsilon(dtype tensor.Dtype) float64 {
	if dtype == tensor.Float32 {
		return 0x1p-23
	}
	return 0x1p-52
}

// An unknown is why a value cannot be given to a function.
type unknown struct{ err error }

// call calls a hand-derived function.
func (l *literal) call(f func(at At) any) (result any, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case unknown:
			err = fmt.Errorf("the hand-derived function asks for a value: %w", p.err)
		default:
			panic(p)
		}
	}()
	return f(func(n *graph.Node) Array {
		if err := n.Err(); err != nil {
			panic(unknown{err})
		}
		v, err := l.value(n)
		if err != nil {
			panic(unknown{err})
		}
		return Array{n.Shape().At(l.n).Dims(), numbers(v)}
	}), nil
}

func handRows(rows [][]float64) (handDerived, error) {
	a := Array{Dims: []int{len(rows), 0}}
	for i, row := range rows {
		if i == 0 {
			a.Dims[1] = len(row)
		}
		if len(row) != a.Dims[1] {
			return handDerived{}, fmt.Errorf("the hand-derived gradient has %d entries in row 0 and %d in row %d", a.Dims[1], len(row), i)
		}
		a.Data = append(a.Data, row...)
	}
	return handDerived{Array: a}, nil
}

// handTensor takes any tensor of floats, a view or a transpose too.
func handTensor(v *tensor.Dense) (handDerived, error) {
	if v == nil || v.Dtype() != tensor.Float64 && v.Dtype() != tensor.Float32 {
		return handDerived{}, fmt.Errorf("the hand-derived gradient is no tensor of float64 or float32")
	}
	if v.RequiresIterator() {
		v = v.Materialize().(*tensor.Dense)
	}
	return handDerived{Array: Array{slices.Clone(v.Shape()), numbers(v)}}, nil
}
