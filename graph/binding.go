package graph

import (
	"fmt"
	"slices"
	"unsafe"

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

func bindingOf(x *Node, v *tensor.Dense) binding {
	return binding{v, slices.Clone(v.Shape()), slices.Clone(v.Strides()), v.Raw, x}
}

// same reports whether the tensor lies as it did.
func (b *binding) same() bool {
	now, then := b.value.Raw, b.memory
	return len(now) == len(then) && len(now) > 0 && &now[0] == &then[0] &&
		slices.Equal(b.value.Shape(), b.shape) && slices.Equal(b.value.Strides(), b.strides)
}

// A location is a binding of a matrix, in one cache line.
type location struct {
	value          *tensor.Dense
	first          *byte
	size           int // in bytes
	shape, strides [2]int
	node           *Node
}

// location returns that of a matrix, and false for other bindings.
func (b *binding) location() (l location, ok bool) {
	if len(b.shape) != 2 || len(b.strides) != 2 || len(b.memory) == 0 {
		return l, false
	}
	return location{b.value, &b.memory[0], len(b.memory), [2]int(b.shape), [2]int(b.strides), b.node}, true
}

// binding is the other way round.
func (l *location) binding() *binding {
	return &binding{l.value, l.shape[:], l.strides[:], unsafe.Slice(l.first, l.size), l.node}
}

// watch has each Run see whether a leaf lies as it did then. It does not keep the lists of b.
func (p *plan) watch(b binding) {
	if l, ok := b.location(); ok {
		p.matrices = append(p.matrices, l)
		return
	}
	b.shape, b.strides = slices.Clone(b.shape), slices.Clone(b.strides)
	p.others = append(p.others, b)
}

// moved returns the first leaf whose tensor does not lie as it did, or nil. Every Run asks.
func (p *plan) moved() *binding {
	for i := range p.matrices {
		l := &p.matrices[i]
		now, d, s := l.value.Raw, l.value.Shape(), l.value.Strides()
		if len(now) != l.size || len(d) != 2 || len(s) != 2 || &now[0] != l.first ||
			(d[0]^l.shape[0])|(d[1]^l.shape[1])|(s[0]^l.strides[0])|(s[1]^l.strides[1]) != 0 {
			return l.binding()
		}
	}
	for i := range p.others {
		if b := &p.others[i]; !b.same() {
			return b
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
