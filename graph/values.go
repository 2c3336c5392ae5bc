package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// Values returns the entries of t, row by row, as a new slice: those of a transpose or
// of a view as its shape has them, however they lie in memory, and those of another type
// of numbers converted to T. It is nil if t is nil or does not hold numbers.
func Values[T compute.Float](t *tensor.Dense) []T {
	if t == nil {
		return nil
	}
	switch t.Dtype() {
	case tensor.Float64:
		return inOrder[T](t, t.Float64s())
	case tensor.Float32:
		return inOrder[T](t, t.Float32s())
	case tensor.Int:
		return inOrder[T](t, t.Ints())
	case tensor.Int8:
		return inOrder[T](t, t.Int8s())
	case tensor.Int16:
		return inOrder[T](t, t.Int16s())
	case tensor.Int32:
		return inOrder[T](t, t.Int32s())
	case tensor.Int64:
		return inOrder[T](t, t.Int64s())
	case tensor.Uint:
		return inOrder[T](t, t.Uints())
	case tensor.Uint8:
		return inOrder[T](t, t.Uint8s())
	case tensor.Uint16:
		return inOrder[T](t, t.Uint16s())
	case tensor.Uint32:
		return inOrder[T](t, t.Uint32s())
	case tensor.Uint64:
		return inOrder[T](t, t.Uint64s())
	}
	return nil
}

// Tensor returns a tensor with these extents whose entries, row by row, are a copy of values:
// Tensor([]float64{1, 2, 3, 4, 5, 6}, 2, 3) is a matrix of two rows. Without extents it is a
// number. It is nil if there are more values than entries, or fewer, or if an extent is not
// positive; Param, Feed and the like refuse that.
func Tensor[T compute.Float](values []T, extents ...int) *tensor.Dense {
	size := 1
	for _, d := range extents {
		if d < 1 || d > len(values)/size {
			return nil
		}
		size *= d
	}
	if size != len(values) {
		return nil
	}
	return over(oneDense(), slices.Clone(values), extents...)
}

// Number returns the value of n after Run, an output or a leaf with one entry such as a cost,
// as a number. The error is that of Value, or wraps ErrNotScalar.
func (p *Program) Number(n *Node) (float64, error) {
	v, err := p.Value(n)
	if err != nil {
		return 0, err
	}
	if entries := Values[float64](v); len(entries) == 1 {
		return entries[0], nil
	}
	return 0, fmt.Errorf("%s of shape %v, which Value returns: %w", n.Label(), shapeOf(v), ErrNotScalar)
}

type number interface {
	float32 | float64 | int | int8 | int16 | int32 | int64 | uint | uint8 | uint16 | uint32 | uint64
}

// inOrder converts the entries of t, which lie in memory by the strides of t.
func inOrder[T compute.Float, S number](t *tensor.Dense, memory []S) []T {
	shape, strides := t.Shape(), t.Strides()
	values := make([]T, 0, shape.TotalSize())
	var rows func(at, axis int)
	rows = func(at, axis int) {
		if axis == len(shape) {
			values = append(values, T(memory[at]))
			return
		}
		for i := range shape[axis] {
			rows(at+i*strides[axis], axis+1)
		}
	}
	rows(0, 0)
	return values
}
