package graph

// Clone returns a new graph with the nodes that y, and the states that they depend on, are
// computed from, and those whose r made one of these: in their order, so that it computes
// the same bits, and with copies of the tensors of its parameters, states and constants. of
// returns the copy of a node, or nil if it has none. The error is that of a node.
func Clone(y ...*Node) (g *Graph, of func(n *Node) *Node, err error) {
	states, err := States(y...)
	if err != nil {
		return nil, nil, err
	}
	from := y[0].g
	for _, n := range y {
		if n.g != from {
			return nil, nil, ErrGraph
		}
	}
	roots := append([]*Node(nil), y...)
	for _, s := range states {
		if next := s.Update(); next != nil {
			roots = append(roots, next)
		}
	}
	g = NewOf(from.Dtype())
	g.literal = from.literal
	if from.calls != nil {
		g.NoteLines()
	}
	var copies perNode[*Node]
	for _, n := range from.reach(roots, func(n *Node, visit func(*Node)) {
		for _, x := range n.in {
			visit(x)
		}
		if n.reverseOf != nil {
			visit(n.reverseOf)
		}
	}) {
		*copies.at(n) = g.copyOf(n, &copies)
	}
	of = func(n *Node) *Node {
		if n == nil || n.g != from {
			return nil
		}
		return copies.get(n)
	}
	for _, s := range states {
		if next := s.Update(); next != nil {
			of(s).Becomes(of(next))
		}
	}
	return g, of, nil
}

// copyOf adds a copy of n, whose inputs have copies.
func (g *Graph) copyOf(n *Node, copies *perNode[*Node]) *Node {
	c := g.add()
	c.particulars = n.particulars
	if n.value != nil {
		c.particulars = &particulars{kind: n.kind, name: n.name, value: g.values.copyOf(n.value)}
	}
	if n.reverseOf != nil {
		c.reverseOf = copies.get(n.reverseOf)
	}
	c.in = g.inputs.take(len(n.in))
	for i, x := range n.in {
		c.in[i] = copies.get(x)
	}
	if by, ok := n.g.calls[n]; ok {
		g.calls[c] = by
	}
	if n.kind == Examples {
		g.sizes = append(g.sizes, c)
	}
	if n.op == nil {
		c.signature = g.signatures.ofLeaf(n.shape)
		return c
	}
	h := hashOf(n.op, c.in)
	if c.signature = g.signatures.find(h, n.op, c.in); c.signature == nil {
		c.signature = g.signatures.add(h, n.op, n.shape, c.in)
	}
	g.index.add(h.inputs(c.in), c.id)
	return c
}
