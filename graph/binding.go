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
	now, then := b.value.Raw, b.memory
	return len(now) == len(then) && len(now) > 0 && &now[0] == &then[0] &&
		equal(b.value.Shape(), b.shape) && equal(b.value.Strides(), b.strides)
}

// equal is slices.Equal of few numbers, without a call.
func equal(a, b []int) bool {
	for i := 0; len(a) == len(b); i++ {
		if i == len(a) {
			return true
		}
		if a[i] != b[i] {
			return false
		}
	}
	return false
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
