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

// same reports whether the tensor lies as it did.
func (b *binding) same() bool {
	now, then := b.value.Raw, b.memory
	return len(now) == len(then) && len(now) > 0 && &now[0] == &then[0] &&
		slices.Equal(b.value.Shape(), b.shape) && slices.Equal(b.value.Strides(), b.strides)
}

// A location is what a binding says of a matrix, in one cache line.
type location struct {
	value          *tensor.Dense
	first          *byte
	size           int // in bytes; −1 if it is no matrix
	shape, strides [2]int
}

func (b *binding) location() location {
	if len(b.shape) != 2 || len(b.strides) != 2 || len(b.memory) == 0 {
		return location{value: b.value, size: -1}
	}
	return location{b.value, &b.memory[0], len(b.memory), [2]int(b.shape), [2]int(b.strides)}
}

// moved returns the first leaf whose tensor does not lie as it did, or nil. Every Run asks.
func (p *plan) moved() *binding {
	for i := range p.lie {
		l := &p.lie[i]
		now, d, s := l.value.Raw, l.value.Shape(), l.value.Strides()
		if len(now) == l.size && len(d) == 2 && len(s) == 2 && &now[0] == l.first &&
			(d[0]^l.shape[0])|(d[1]^l.shape[1])|(s[0]^l.strides[0])|(s[1]^l.strides[1]) == 0 {
			continue
		}
		if !p.leaves[i].same() {
			return &p.leaves[i]
		}
	}
	return nil
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
