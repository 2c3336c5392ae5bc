package graph

// Clone returns a new graph with the nodes that y, and the states that they depend on, are
// computed from, and those whose r made one of these: in their order, so that it computes
// the same bits, and with copies of the tensors of its parameters, states and constants. of
// returns the copy of a node, or nil if it has none. The error is that of a node.
//
// A Body that an op describes is copied too, so that either graph may be built further while the
// other is.
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
	c := &cloner{g: g, bodies: &bodyCopies{of: map[*Body]*Body{}, in: map[*Graph]*cloner{}}}
	for _, n := range from.reach(roots, func(n *Node, visit func(*Node)) {
		for _, x := range n.in {
			visit(x)
		}
		if n.reverseOf != nil {
			visit(n.reverseOf)
		}
	}) {
		if err := c.copy(n); err != nil {
			return nil, nil, err
		}
	}
	of = func(n *Node) *Node {
		if n == nil || n.g != from {
			return nil
		}
		return c.copies.get(n)
	}
	for _, s := range states {
		if next := s.Update(); next != nil {
			of(s).Becomes(of(next))
		}
	}
	return g, of, nil
}

// A cloner copies nodes of one graph into another.
type cloner struct {
	g      *Graph
	copies perNode[*Node]
	bodies *bodyCopies
}

// copy adds a copy of n, whose inputs have copies.
func (c *cloner) copy(n *Node) error {
	g, m := c.g, c.g.add()
	*c.copies.at(n) = m
	m.particulars = n.particulars
	if n.value != nil {
		m.particulars = &particulars{kind: n.kind, name: n.name, value: g.values.copyOf(n.value)}
	}
	if n.reverseOf != nil {
		m.reverseOf = c.copies.get(n.reverseOf)
	}
	m.in = g.inputs.take(len(n.in))
	for i, x := range n.in {
		m.in[i] = c.copies.get(x)
	}
	if by, ok := n.g.calls[n]; ok {
		g.calls[m] = by
	}
	if n.kind == Examples {
		g.sizes = append(g.sizes, m)
	}
	if n.op == nil {
		m.signature = g.signatures.ofLeaf(n.shape)
		return nil
	}
	op, err := c.bodies.op(n.op, len(n.in))
	if err != nil {
		return err
	}
	h := hashOf(op, m.in)
	if m.signature = g.signatures.find(h, op, m.in); m.signature == nil {
		if op != n.op { // what op makes of its Bodies is made before others read them
			if _, err := g.shapeOf(op, m.in); err != nil {
				return err
			}
		}
		m.signature = g.signatures.add(h, op, n.shape, m.in)
	}
	g.index.add(h.inputs(m.in), m.id)
	return nil
}
