package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// The boundary to gorgonia's tensors. What comes in is checked, because a lazy
// transpose, a view and a mask all answer Data with something other than their
// entries in order; then it is copied. What goes out is plain and row-major.

// accepts reports why v cannot be a value in g, or nil.
func (g *Graph) accepts(v *tensor.Dense) error {
	if err := g.acceptsEntries(v); err != nil {
		return err
	}
	if v.RequiresIterator() || !whole(v) || !rowMajor(v) {
		return fmt.Errorf("view or transpose %v (strides %v); call Clone or Materialize on it first: %w", v.Shape(), v.Strides(), ErrLayout)
	}
	return nil
}

// acceptsLent is accepts for what is read where it lies: v may be a transpose.
func (g *Graph) acceptsLent(v *tensor.Dense) error {
	if err := g.acceptsEntries(v); err != nil {
		return err
	}
	if !whole(v) || !rowMajor(v) && !transposed(v) {
		return fmt.Errorf("view %v (strides %v); call Materialize on it first: %w", v.Shape(), v.Strides(), ErrLayout)
	}
	return nil
}

// acceptsEntries is accepts but for how v lies in memory.
func (g *Graph) acceptsEntries(v *tensor.Dense) error {
	switch {
	case v == nil:
		return fmt.Errorf("nil tensor, which graph.Tensor returns if the values do not fill the shape: %w", ErrLayout)
	case v.Dtype() != g.Dtype():
		return fmt.Errorf("tensor of %v in a graph of %v%s: %w", v.Dtype(), g.Dtype(), typeHint(v), ErrType)
	}
	if slices.Contains(v.Shape(), 0) {
		return checkDims(v.Shape())
	}
	if v.IsMasked() {
		return fmt.Errorf("masked tensor %v: %w", v.Shape(), ErrLayout)
	}
	return nil
}

// whole reports whether v is all of its memory.
func whole(v *tensor.Dense) bool {
	return !v.IsView() && len(v.Raw) == v.Shape().TotalSize()*int(v.Dtype().Size())
}

// transposed reports whether the strides of v are those of the transpose of a
// row-major matrix.
func transposed(v *tensor.Dense) bool {
	strides, shape := v.Strides(), v.Shape()
	return len(shape) == 2 && len(strides) == 2 && strides[0] == 1 && strides[1] == shape[0]
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

// copyTo copies the entries of src to dst, of the same type and size.
func copyTo(dst, src *tensor.Dense) { copy(dst.Raw, src.Raw) }

// copyColumns copies the entries of a matrix that lies column by column.
func copyColumns[T compute.Float](dst *tensor.Dense, src ...*tensor.Dense) {
	to, from, rows := compute.Data[T](dst), compute.Data[T](src[0]), src[0].Shape()[0]
	for i := range rows {
		for j := i; j < len(from); j += rows {
			to[0], to = from[j], to[1:]
		}
	}
}
