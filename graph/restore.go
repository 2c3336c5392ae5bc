package graph

// Restore appends the node op(in…) as a file has it: with its name, and the node whose r made
// it, or nil. It is Apply but for two things. The op may have no inputs, as a constant has
// none. And a node that is there already gets a second one of the same value, once, because
// such pairs occur: a value with respect to which VJP takes a derivative is a variable, and
// what stable forms compute anew is not.
func (g *Graph) Restore(op Op, in []*Node, name string, reverseOf *Node) *Node {
	if err := firstError(in); err != nil {
		return failed(g, err)
	}
	for _, x := range in {
		if x.g != g {
			return fail(g, "%s: %w", describe(op, in), ErrGraph)
		}
	}
	before := g.Len()
	n := g.apply(op, in)
	if n.err == nil && n.id < before {
		if n.twin != nil {
			return n.twin
		}
		n.twin = g.add(Node{op: n.op, in: n.in, shape: n.shape})
		n = n.twin
	}
	n.name, n.reverseOf = name, reverseOf
	return n
}
