package graph

import (
	"fmt"

	"gorgonia.org/tensor"
)

// The boundary to gorgonia's tensors. What comes in is checked, because a lazy
// transpose, a view and a mask all answer Data with something other than their
// entries in order; then it is copied. What goes out is plain and row-major.

// accepts reports why v cannot be a value in g, or nil.
func (g *Graph) accepts(v *tensor.Dense) error {
	switch {
	case v == nil:
		return fmt.Errorf("nil tensor: %w", ErrLayout)
	case v.Dtype() != g.dtype:
		return fmt.Errorf("tensor of %v in a graph of %v: %w", v.Dtype(), g.dtype, ErrType)
	}
	if err := checkDims(v.Shape()); err != nil {
		return err
	}
	if v.IsMasked() {
		return fmt.Errorf("masked tensor %v: %w", v.Shape(), ErrLayout)
	}
	if v.RequiresIterator() || v.IsView() || !rowMajor(v) || length(v) != v.Shape().TotalSize() {
		return fmt.Errorf("view or transpose %v (strides %v); call Clone or Materialize on it first: %w", v.Shape(), v.Strides(), ErrLayout)
	}
	return nil
}

// rowMajor reports whether the strides of v are those of its shape.
func rowMajor(v *tensor.Dense) bool {
	strides, shape, stride := v.Strides(), v.Shape(), 1
	if len(strides) != len(shape) {
		return len(shape) == 0
	}
	for i := len(shape) - 1; i >= 0; i-- {
		if shape[i] != 1 && strides[i] != stride {
			return false
		}
		stride *= shape[i]
	}
	return true
}

func length(v *tensor.Dense) int {
	if v.Dtype() == tensor.Float32 {
		return len(v.Float32s())
	}
	return len(v.Float64s())
}

// copyTo copies the entries of src to dst, of the same type and size.
func copyTo(dst, src *tensor.Dense) {
	if dst.Dtype() == tensor.Float32 {
		copy(dst.Float32s(), src.Float32s())
	} else {
		copy(dst.Float64s(), src.Float64s())
	}
}
