package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// A binding is a leaf and how its tensor lay when kernels were bound to it. Others have
// that tensor too: a parameter's is public, an input's may be lent.
type binding struct {
	node           *Node
	value          *tensor.Dense
	shape, strides []int
	memory         uintptr
}

func bindingOf(x *Node, v *tensor.Dense) binding {
	both := slices.Concat(v.Shape(), v.Strides())
	rank := len(v.Shape())
	return binding{x, v, both[:rank:rank], both[rank:], v.Uintptr()}
}

// check returns an error if the tensor has another type, shape, order or memory since.
func (b *binding) check() error {
	v, dtype := b.value, b.node.g.dtype
	switch {
	case v.Dtype() != dtype:
		return b.changed(ErrType, "is of %v, was of %v", v.Dtype(), dtype)
	case !slices.Equal(v.Shape(), b.shape):
		return b.changed(ErrShape, "has shape %v, had %v", shapeOf(v), ShapeOf(b.shape...))
	case !slices.Equal(v.Strides(), b.strides):
		return b.changed(ErrLayout, "has strides %v, had %v", v.Strides(), b.strides)
	case length(v) < tensor.Shape(b.shape).TotalSize() || v.Uintptr() != b.memory:
		return b.changed(ErrLayout, "has other memory than it had")
	}
	return nil
}

func (b *binding) changed(err error, format string, args ...any) error {
	how := fmt.Sprintf(format, args...)
	return fmt.Errorf("run: the tensor of %s %s %s when the program was bound to it; undo that, or write its entries only: %w", b.node.kind, b.node.label(), how, err)
}
