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

// An operand is what a kernel reads for an input: the value of a node, or that
// of the node that a chain of Viewers shows, first Viewer first.
type operand struct {
	n   *Node
	via []Viewer
}

// absorb decides what the kernels of the nodes that outputs need read, and
// returns those nodes, inputs first. Where a Strider reads a Viewer, it reads
// what that shows, and the Viewer is needed no more.
func (c *code) absorb(outputs []*Node) []*Node {
	return reach(outputs, func(n *Node) []*Node {
		by := c.by(n)
		_, strided := by.op.(Strider)
		reads := make([]operand, len(by.in))
		nodes := make([]*Node, len(by.in))
		for i, x := range by.in {
			reads[i].n = x
			for v, ok := x.op.(Viewer); strided && ok; v, ok = reads[i].n.op.(Viewer) {
				reads[i] = operand{reads[i].n.in[0], append([]Viewer{v}, reads[i].via...)}
			}
			nodes[i] = reads[i].n
		}
		*c.reads.at(n) = reads
		return nodes
	})
}

// String prints an operand as the formula does: "ᵀ(x)".
func (o operand) String() string {
	s := o.n.ref()
	for _, v := range o.via {
		s = v.String() + "(" + s + ")"
	}
	return s
}

// strided returns the operand's value, v, with the strides to read it by.
func (o operand) strided(v *tensor.Dense) Strided {
	s := RowMajor(v)
	for _, view := range o.via {
		dims, strides := s.Dims, s.Strides
		s.Dims, s.Strides = nil, nil
		for _, a := range view.Axes() {
			s.Dims, s.Strides = append(s.Dims, dims[a]), append(s.Strides, strides[a])
		}
	}
	return s
}

// RowMajor returns v with its own strides.
func RowMajor(v *tensor.Dense) Strided {
	return Strided{v, v.Shape(), rowMajorStrides(v.Shape())}
}
