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

// same reports whether the tensor lies as it did. Every Run asks it of every leaf, and most are
// matrices, whose extents and strides are compared at once.
func (b *binding) same() bool {
	now, then := b.value.Raw, b.memory
	if len(now) != len(then) || len(now) == 0 || &now[0] != &then[0] {
		return false
	}
	d, e := b.value.Shape(), b.shape
	s, t := b.value.Strides(), b.strides
	if len(d) == 2 && len(e) == 2 && len(s) == 2 && len(t) == 2 {
		return (d[0]^e[0])|(d[1]^e[1])|(s[0]^t[0])|(s[1]^t[1]) == 0
	}
	return slices.Equal(d, e) && slices.Equal(s, t)
}

// changed returns an error that says what has changed.
func (b *binding) changed() error {
	v, dtype := b.value, b.node.g.Dtype()
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
