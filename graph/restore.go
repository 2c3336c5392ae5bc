package graph

// What a reader of files needs to make a graph again, besides the leaves and Named.

// Restore appends the node op(in…) as a file has it. It is Apply but for two things. The op may
// have no inputs, as a constant has none. And a node that is there already gets a second one of
// the same value, once, because such pairs occur: a value with respect to which VJP takes a
// derivative is a variable, and what stable forms compute anew is not.
func (g *Graph) Restore(op Op, in ...*Node) *Node {
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
	if n.err != nil || n.id == before {
		return n
	}
	return n.twin()
}

// SetReverseOf says that the r of y, an older node, made n, and returns n: see ReverseOf.
func (n *Node) SetReverseOf(y *Node) *Node {
	n.reverseOf = y
	return n
}

// Argument is the kind of a leaf that stood for an argument of an op while its r was made.
// Nothing is computed from one; but nodes that r made may say so of nodes that were.
const Argument = standIn

// Argument returns such a leaf, as a file has it.
func (g *Graph) Argument(name string, shape ...int) *Node {
	return g.leaf(Argument, ShapeOf(shape...), particulars{name: name})
}
