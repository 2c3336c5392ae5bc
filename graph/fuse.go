package graph

import "gorgonia.org/tensor"

// fuse replaces nodes by the fusions that their ops know, inputs first.
func fuse(roots []*Node) []*Node {
	var readers perNode[int]
	live := cone(roots, nil)
	for _, n := range live {
		for _, x := range n.in {
			*readers.at(x)++
		}
	}
	for _, n := range roots {
		*readers.at(n)++
	}
	var fused perNode[*Node]
	for _, n := range live {
		m := n.with(func(x *Node) *Node { return *fused.at(x) })
		if op, ok := m.op.(Fuser); ok && m.err == nil {
			if f := op.Fuse(m, func(x *Node) bool { return *readers.at(x) == 1 }); f != nil {
				m = f.inherit(n)
			}
		}
		if *fused.at(n) = m; m != n {
			*readers.at(m) += *readers.at(n)
		}
	}
	result := make([]*Node, len(roots))
	for i, n := range roots {
		result[i] = *fused.at(n)
	}
	return result
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
		_, strided := n.op.(Strider)
		reads := make([]operand, len(n.in))
		nodes := make([]*Node, len(n.in))
		for i, x := range n.in {
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
	return Strided{v, v.Shape().Clone(), rowMajorStrides(v.Shape())}
}
