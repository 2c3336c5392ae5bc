package graph

import (
	"fmt"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// An operand is what a kernel reads for an input: the value of n, which is the
// input, or what it shows through a chain of views.
type operand struct{ n, input *Node }

// absorb finds the nodes that outputs need, and decides what their kernels read. Where a
// kernel that reads by strides reads a view, it reads what that shows, and the view is
// needed no more. What others read has to lie in order.
func (l *lowered) absorb() error {
	var operands arena[operand]
	l.live = reach(l.roots, func(n *Node, visit func(*Node)) {
		by := l.by(n)
		if by.op == nil {
			return
		}
		k := by.op.Kernel()
		strided := k.IsStrided()
		if k.IsEntrywise() {
			*l.byEntry.at(n) = true
		}
		reads := operands.take(len(by.in))
		for i, x := range by.in {
			reads[i] = operand{x, x}
			for strided && reads[i].viewed() {
				reads[i].n = reads[i].n.in[0]
			}
			visit(reads[i].n)
			if !strided {
				*l.inOrder.at(reads[i].n) = true
			}
		}
		*l.reads.at(n) = reads
	})
	for _, n := range l.live {
		if n.kind == standIn {
			return fmt.Errorf("%s: %s depends on an argument that a rule kept: %w", caller(), l.outputs[0].Label(), ErrGraph)
		}
	}
	return nil
}

// String prints an operand as the formula does: "ᵀ(x)".
func (o operand) String() string {
	if o.input == o.n {
		return o.n.ref()
	}
	return o.input.op.String() + "(" + o.within().String() + ")"
}

// viewed reports whether n is itself a view.
func (o operand) viewed() bool {
	return o.n.op != nil && o.n.op.Kernel().Axes() != nil
}

// within is the operand without the outermost of its views.
func (o operand) within() operand { return operand{o.n, o.input.in[0]} }

// view returns the operand's value, v, with the strides to read it by.
func (o operand) view(v *tensor.Dense, extents *arena[int]) compute.View {
	if o.input == o.n {
		return compute.RowMajor(v)
	}
	s, axes := o.within().view(v, extents), o.input.op.Kernel().Axes()
	dims, strides := extents.take(len(axes)), extents.take(len(axes))
	for i, a := range axes {
		dims[i], strides[i] = s.Dims[a], s.Strides[a]
	}
	return compute.View{Dense: v, Dims: dims, Strides: strides}
}
