package graph

import "gorgonia.org/tensor"

// fuse finds the nodes that an op which does several at once can compute, as the
// ops know it, from the inputs of their inputs.
func (c *code) fuse(outputs []*Node) {
	var readers perNode[int]
	live := cone(outputs, nil)
	for _, n := range live {
		for _, x := range n.in {
			*readers.at(x)++
		}
	}
	for _, n := range outputs {
		*readers.at(n)++
	}
	alone := func(x *Node) bool { return *readers.at(x) == 1 }
	for _, n := range live {
		if op, ok := n.op.(Fuser); ok {
			if f := op.Fuse(n, alone); f != nil && f.err == nil {
				*c.fused.at(n) = f
			}
		}
	}
}

// by returns the node by whose op the value of n is computed: n, or its fusion.
func (c *code) by(n *Node) *Node {
	if f := c.fused.get(n); f != nil {
		return f
	}
	return n
}

// An operand is what a kernel reads for an input: the value of n, which is the
// input, or what it shows through a chain of Viewers.
type operand struct{ n, input *Node }

// absorb decides what the kernels of the nodes that outputs need read, and
// returns those nodes, inputs first. Where a Strider reads a Viewer, it reads
// what that shows, and the Viewer is needed no more. What others read has to lie in
// order.
func (c *code) absorb(outputs []*Node) []*Node {
	var operands room[operand]
	return reach(outputs, func(n *Node, visit func(*Node)) {
		by := c.by(n)
		_, strided := by.op.(Strider)
		reads := operands.take(len(by.in))
		for i, x := range by.in {
			reads[i] = operand{x, x}
			for reads[i].viewed() && strided {
				reads[i].n = reads[i].n.in[0]
			}
			visit(reads[i].n)
			if !strided {
				*c.inOrder.at(reads[i].n) = true
			}
		}
		*c.reads.at(n) = reads
	})
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
	_, ok := o.n.op.(Viewer)
	return ok
}

// within is the operand without the outermost of its Viewers.
func (o operand) within() operand { return operand{o.n, o.input.in[0]} }

// strided returns the operand's value, v, with the strides to read it by.
func (o operand) strided(v *tensor.Dense, extents *room[int]) Strided {
	if o.input == o.n {
		return RowMajor(v)
	}
	s, axes := o.within().strided(v, extents), o.input.op.(Viewer).Axes()
	dims, strides := extents.take(len(axes)), extents.take(len(axes))
	for i, a := range axes {
		dims[i], strides[i] = s.Dims[a], s.Strides[a]
	}
	return Strided{v, dims, strides}
}

// RowMajor returns v with its own strides.
func RowMajor(v *tensor.Dense) Strided { return Strided{v, v.Shape(), v.Strides()} }
