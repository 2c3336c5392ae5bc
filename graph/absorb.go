package graph

import (
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// absorb finds the nodes that outputs need, and decides what their kernels read. Where a kernel
// reads a view, and it reads by strides, or the view lies in one piece, it reads what that
// shows, and the view is needed no more. What others read has to lie in order.
func (l *lowered) absorb() error {
	l.forget()
	varies, kept := l.varies(), false
	l.live = l.g.reach(l.roots, func(n *Node, visit func(*Node)) {
		by := l.by(n)
		if by.op == nil {
			kept = kept || n.kind == standIn
			return
		}
		k, how := by.traits(), l.how.at(n)
		how.computed, how.entrywise, how.takes, how.pairs = true, k.entrywise, k.takes, k.pairs
		how.refuses = mayRefuse(by, n)
		if k.loops {
			l.addLoop(n, by.op.Kernel().Loop().(Loop))
		}
		byRows := k.entrywise && !l.separate && !how.refuses
		how.reads, how.end = uint32(len(l.read)), uint32(len(l.read)+len(by.in))
		for _, x := range by.in {
			o, inOrder := l.operandOf(x, k.strided && !k.takes, byRows && x.byRows() && (varies(x) || x.shape.hasTimes()))
			l.read = append(l.read, int32(o.id))
			visit(o)
			if of := l.how.at(o); k.takes && o == x {
				of.taken = true
			} else if inOrder {
				of.inOrder = true
			}
		}
	})
	if kept {
		return fmt.Errorf("%s: %s depends on an argument that a rule kept: %w", caller(), l.outputs[0].Label(), ErrGraph)
	}
	slices.Reverse(l.loops)
	return nil
}

// addLoop notes that n is a loop.
func (l *lowered) addLoop(n *Node, loop Loop) {
	*l.loopOf.at(n) = &loopCode{Loop: loop}
	l.loops = append(l.loops, n)
}

// forget keeps nothing of what is known of kernels but fusions.
func (l *lowered) forget() {
	l.how.fit(l.g)
	for i, h := range l.how.byID {
		l.how.byID[i] = lowering{fusion: h.fusion}
	}
	l.read, l.loops = slices.Grow(l.read[:0], l.g.Len()), nil
}

// varies returns what reports whether a value is not the same in every Run. It looks no further
// than to the first leaf that varies, and once at each value: few are asked for.
func (l *lowered) varies() func(x *Node) bool {
	var fixed, varying perNode[bool] // that are known to be
	var varies func(x *Node) bool
	varies = func(x *Node) bool {
		if x.kind.varies() || varying.get(x) {
			return true
		}
		if len(x.in) == 0 || fixed.get(x) {
			return false
		}
		of := &fixed
		if slices.ContainsFunc(x.in, varies) {
			of = &varying
		}
		of.fit(l.g)
		*of.at(x) = true
		return of == &varying
	}
	return varies
}

// hasTimes reports whether a symbol besides Batch is in the shape. A value that does not vary is
// stored, but not one as large as all times of sequences.
func (s Shape) hasTimes() bool {
	return slices.ContainsFunc(s.dims(&few{}), func(d int) bool { return d < 0 && d != Batch })
}

// operandOf returns what a kernel reads for x, by strides, or by rows, if it may, or neither;
// and whether that has to lie in order.
func (l *lowered) operandOf(x *Node, strided, byRows bool) (n *Node, inOrder bool) {
	n, inOrder = x, !strided
	if byRows {
		n = x.in[0]
	}
	for len(n.in) == 1 && l.by(n) == n {
		in := n.in[0]
		if inOrder && n.shape == in.shape {
			break // no part is of the same shape
		}
		k := n.traits()
		if inOrder || !k.view {
			if !k.part || l.separate || byRows && volumeOf(in.shape) == volumeOf(x.shape) {
				break // rows of a value of the same size might be written over before they are read
			}
			inOrder = true
		}
		n = in
	}
	return n, inOrder
}

// String prints an operand as the formula does: "ᵀ(x)".
func (o operand) String() string {
	if o.input == o.n {
		return o.n.ref()
	}
	return o.input.op.String() + "(" + o.within().String() + ")"
}

// within is the operand without the outermost of its views.
func (o operand) within() operand { return operand{o.n, o.input.in[0]} }

// inOnePiece reports whether the operand lies in n in one piece.
func (o operand) inOnePiece() bool {
	for ; o.input != o.n; o = o.within() {
		if !o.input.isPart() {
			return false
		}
	}
	return true
}

// byRows reports whether an entrywise kernel reads rows for the operand.
func (o operand) byRows() bool { return o.input != o.n && o.input.byRows() }

// byRows reports whether an entrywise kernel reads x where its rows lie in its input: not in one
// piece, and with entries enough.
func (x *Node) byRows() bool { return len(x.in) == 1 && x.traits().rows }

// isPart reports whether a value lies in its only input in one piece.
func (x *Node) isPart() bool { return len(x.in) == 1 && x.traits().part }

// wide reports whether the rows of a shape have entries enough to be read one by one.
func (s Shape) wide() bool {
	for _, d := range slices.Backward(s.dims(&few{})) {
		if d != 1 {
			return d < 0 || d >= leastRow
		}
	}
	return false
}

// leastRow is how many entries a row has at least, if it is read where it lies.
const leastRow = 16

// operand returns the operand's value, which lies in that of n in one piece.
func (b *binder) operand(o operand) *tensor.Dense {
	if o.input == o.n {
		return b.plan.value[o.n.id]
	}
	if b.parts == nil {
		b.parts = make([]*tensor.Dense, len(b.plan.value))
	}
	v := &b.parts[o.input.id]
	if *v == nil {
		within := b.operand(o.within())
		from, _ := o.input.op.Kernel().Part(within.Shape())
		*v = b.made.part(within, from, o.input.shape.dimsAt(b.plan.at, &few{})...)
	}
	return *v
}

// view returns the operand's value with the strides to read it by.
func (b *binder) view(o operand) compute.View {
	if o.input == o.n {
		return compute.RowMajor(b.operand(o))
	}
	axes := o.input.op.Kernel().Axes()
	if axes == nil {
		return compute.RowMajor(b.operand(o))
	}
	s := b.view(o.within())
	dims, strides := b.made.extents.take(len(axes)), b.made.extents.take(len(axes))
	for i, a := range axes {
		dims[i], strides[i] = s.Dims[a], s.Strides[a]
	}
	return compute.View{Dense: s.Dense, Dims: dims, Strides: strides}
}
