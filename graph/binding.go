package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// A binding is a leaf and how its tensor lay when kernels were bound to it. Others have
// that tensor too: a parameter's is public, an input's may be lent.
type binding struct {
	value          *tensor.Dense
	shape, strides []int
	memory         []byte
	node           *Node
}

func bindingOf(x *Node, v *tensor.Dense, extents *arena[int]) binding {
	b := binding{v, extents.take(len(v.Shape())), extents.take(len(v.Strides())), v.Raw, x}
	copy(b.shape, v.Shape())
	copy(b.strides, v.Strides())
	return b
}

// same reports whether the tensor lies as it did. Every Run asks it of every leaf.
func (b *binding) same() bool {
	shape, strides, raw := b.value.Shape(), b.value.Strides(), b.value.Raw
	if len(raw) != len(b.memory) || len(raw) == 0 || &raw[0] != &b.memory[0] || len(shape) != len(b.shape) || len(strides) != len(b.strides) {
		return false
	}
	for i, d := range b.shape {
		if shape[i] != d {
			return false
		}
	}
	for i, d := range b.strides {
		if strides[i] != d {
			return false
		}
	}
	return true
}

// changed returns an error that says what has changed.
func (b *binding) changed() error {
	v, dtype := b.value, b.node.g.dtype
	was, err := "other memory than it had", ErrLayout
	switch {
	case v.Dtype() != dtype:
		was, err = fmt.Sprintf("entries of %v, had %v", v.Dtype(), dtype), ErrType
	case !slices.Equal(v.Shape(), b.shape):
		was, err = fmt.Sprintf("shape %v, had %v", shapeOf(v), ShapeOf(b.shape...)), ErrShape
	case !slices.Equal(v.Strides(), b.strides):
		was = fmt.Sprintf("strides %v, had %v", v.Strides(), b.strides)
	}
	return fmt.Errorf("run: the tensor of %s %s has %s when the program was bound to it; undo that, or write its entries only: %w", b.node.kind, b.node.Label(), was, err)
}
