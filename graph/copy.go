package graph

import "slices"

// copy makes the graph that the other passes work in: the nodes that the outputs are
// computed from, in order, as they are. Parameters share their tensors with the
// user's.
func (f *formula) copy() error {
	nodes, inputs := cone(f.outputs, nil), 0
	for _, n := range nodes {
		inputs += len(n.in)
	}
	from := f.outputs[0].g
	f.g = NewOf(from.Dtype())
	c := &copies{from: from, origin: nodes, count: len(nodes)}
	f.g.nodes, f.g.numbers, f.g.copied = make([]*Node, len(nodes)), make([]int, len(nodes)), c
	array, lists := make([]Node, len(nodes)), make([]*Node, inputs)
	for i, n := range nodes {
		in := lists[:len(n.in):len(n.in)]
		lists = lists[len(n.in):]
		for k, x := range n.in {
			in[k] = *c.of.at(x)
		}
		array[i] = Node{g: f.g, id: i, kind: n.kind, op: n.op, in: in, shape: n.shape, dims: n.dims, name: n.name, value: n.value, reverseOf: n.reverseOf}
		f.g.nodes[i], f.g.numbers[i], *c.of.at(n) = &array[i], n.id, &array[i]
		if n.kind == Examples {
			f.g.examples = &array[i]
		}
	}
	for _, n := range f.outputs {
		f.roots = append(f.roots, *c.of.at(n))
	}
	return nil
}

// stabilise reads the outputs in their stable form.
func (f *formula) stabilise() error {
	f.roots = stabilise(f.roots...)
	return firstError(f.roots)
}

// Copies tell, of a graph made of nodes of another, which node is which. Its index has
// only those that were added since: what was copied is found by the index of the other.
type copies struct {
	from   *Graph
	of     perNode[*Node] // by node of from
	origin []*Node        // by id of the copy; nil of what from does not have
	count  int            // of those that were copied
}

// find returns op(in…) in from, if it is there, and its copy, if it has one.
func (c *copies) find(op Op, in []*Node) (origin, copy *Node) {
	if c == nil {
		return nil, nil
	}
	origins := make([]*Node, 0, 8)
	for _, x := range in {
		if c.origin[x.id] == nil {
			return nil, nil
		}
		origins = append(origins, c.origin[x.id])
	}
	origin = c.from.index.find(c.from, hash(op, origins), op, origins)
	if origin == nil {
		return nil, nil
	}
	return origin, c.of.get(origin)
}

// added gives a node that was added its number, that of its origin or one that no node
// of the other graph has, and the name and the origin of that.
func (c *copies) added(n, origin *Node) {
	c.origin = append(c.origin, origin)
	if origin == nil {
		n.g.numbers = append(n.g.numbers, len(c.from.nodes)+n.id-c.count)
		return
	}
	n.g.numbers = append(n.g.numbers, origin.id)
	n.inherit(origin)
}

// number is the id of n in the user's graph, by which it is printed.
func (n *Node) number() int {
	if n.g.numbers == nil {
		return n.id
	}
	return n.g.numbers[n.id]
}

// byNumber sorts nodes of a copy, which are in order of id, by number: what was added
// then stands where it does in the user's graph. Inputs still come first.
func (g *Graph) byNumber(nodes []*Node) []*Node {
	first := len(nodes)
	for first > 0 && nodes[first-1].id >= g.copied.count {
		first--
	}
	copied, added := nodes[:first], slices.Clone(nodes[first:])
	slices.SortFunc(added, func(a, b *Node) int { return a.number() - b.number() })
	merged := make([]*Node, 0, len(nodes))
	for len(added) > 0 {
		if len(copied) > 0 && copied[0].number() < added[0].number() {
			merged, copied = append(merged, copied[0]), copied[1:]
		} else {
			merged, added = append(merged, added[0]), added[1:]
		}
	}
	return append(merged, copied...)
}
