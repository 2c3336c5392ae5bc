package graph

// copy makes the graph that the other passes work in: the nodes that the outputs are
// computed from, in order, as they are. Parameters share their tensors with the
// user's.
func (f *formula) copy() error {
	nodes, inputs := cone(f.outputs, nil), 0
	for _, n := range nodes {
		inputs += len(n.in)
	}
	f.g = NewOf(f.outputs[0].g.Dtype())
	c := &copies{from: f.outputs[0].g, origin: nodes}
	f.g.copied, f.g.nodes = c, make([]*Node, 0, len(nodes)+len(nodes)/8)
	array, lists := make([]Node, len(nodes)), make([]*Node, inputs)
	for i, n := range nodes {
		in := lists[:len(n.in):len(n.in)]
		lists = lists[len(n.in):]
		for k, x := range n.in {
			in[k] = c.of.get(x)
		}
		m := &array[i]
		m.g, m.id, m.kind, m.op, m.in, m.shape = f.g, i, n.kind, n.op, in, n.shape
		m.particulars, m.reverseOf = n.particulars, n.reverseOf
		f.g.nodes = append(f.g.nodes, m)
		*c.of.at(n) = n.shown(m)
		if n.kind == Examples {
			f.g.sizes = append(f.g.sizes, m)
		}
	}
	for _, n := range f.outputs {
		f.roots = append(f.roots, *c.of.at(n))
	}
	return nil
}

// stabilise reads the outputs in their stable form.
func (f *formula) stabilise() error {
	f.order = func(a, b *Node) int { return a.id - b.id }
	if !f.literal {
		f.roots, f.order = stabilise(f.g.nodes, f.roots)
	}
	return firstError(f.roots)
}

// Copies tell, of a graph made of nodes of another, which node is which. Its index has
// only those that were added since: what was copied is found by the index of the other.
type copies struct {
	from   *Graph
	of     perNode[*Node] // by node of from
	origin []*Node        // of the nodes that were copied
	added  []addition     // the other nodes of the copy
}

// An addition is what a node that was added is in the other graph: a node, or nil, and
// the number it has there, or would have.
type addition struct {
	origin *Node
	number int
}

// originOf returns the node of the other graph that n is, or nil.
func (c *copies) originOf(n *Node) *Node {
	if c == nil {
		return nil
	}
	if n.id < len(c.origin) {
		return c.origin[n.id]
	}
	return c.added[n.id-len(c.origin)].origin
}

// copyOf returns the node of the copy that n, a node of either graph, is there, or nil.
func (c *copies) copyOf(n *Node) *Node {
	if n.g == c.from {
		return c.of.get(n)
	}
	return n
}

// find returns op(in…) in the other graph, if it is there, and its copy, if it has one.
func (c *copies) find(op Op, in []*Node) (origin, copy *Node) {
	if c == nil {
		return nil, nil
	}
	origins := make([]*Node, 0, 8)
	for _, x := range in {
		o := c.originOf(x)
		if o == nil {
			return nil, nil
		}
		origins = append(origins, o)
	}
	origin = c.from.index.find(c.from, hash(op, origins), op, origins)
	if origin == nil {
		return nil, nil
	}
	return origin, c.of.get(origin)
}

// add takes note of a node that was added, with the name of its origin and whose r made
// that.
func (c *copies) add(n, origin *Node) {
	a := addition{origin, len(c.from.nodes) + len(c.added)}
	if origin != nil {
		a.number = origin.id
		*c.of.at(origin) = n
		n.particulars, n.reverseOf = origin.particulars, origin.reverseOf
	}
	c.added = append(c.added, a)
}

// number is the id of n in the user's graph, by which it is printed.
func (n *Node) number() int {
	switch c := n.g.copied; {
	case c == nil:
		return n.id
	case n.id < len(c.origin):
		return c.origin[n.id].id
	default:
		return c.added[n.id-len(c.origin)].number
	}
}
