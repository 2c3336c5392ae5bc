package graph

import "slices"

// bodyCopies are copies of Bodies, made once each. Those of one graph, as a Body and its derivatives
// are, have copies in one graph.
type bodyCopies struct {
	of map[*Body]*Body
	in map[*Graph]*cloner // by the graph that is copied
}

// op returns op with copies of the Bodies that it describes: op itself if there are none.
func (c *bodyCopies) op(op Op, inputs int) (Op, error) {
	described, ok := op.(Describer)
	if !ok {
		return op, nil
	}
	d := described.Describe()
	args, some := slices.Clone(d.Args), false
	for i, a := range args {
		if b, ok := a.(*Body); ok {
			copied, err := c.body(b)
			if err != nil {
				return nil, err
			}
			args[i], some = copied, true
		}
	}
	if !some {
		return op, nil
	}
	return Make(Description{d.Name, args}, inputs)
}

// body returns the copy of b. What b was derived to in a graph of its own is left out: see Define.
func (c *bodyCopies) body(b *Body) (*Body, error) {
	if m := c.of[b]; m != nil || b == nil {
		return m, nil
	}
	in, err := c.graph(b.g)
	if err != nil {
		return nil, err
	}
	m := &Body{
		g: in.g, in: in.all(b.in), out: in.all(b.out), derived: map[string]*Body{},
		kept: b.kept, again: b.again, checked: b.checked, refused: b.refused,
	}
	c.of[b] = m
	for name, d := range b.derived {
		if d != nil && d.g != b.g {
			continue
		}
		if m.derived[name], err = c.body(d); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// graph returns what has copied all nodes of g.
func (c *bodyCopies) graph(g *Graph) (*cloner, error) {
	if in := c.in[g]; in != nil {
		return in, nil
	}
	in := &cloner{g: NewOf(g.dtype), bodies: c}
	in.g.literal, in.g.body = g.literal, g.body
	if g.calls != nil {
		in.g.NoteLines()
	}
	c.in[g] = in
	for id := range g.Len() {
		if err := in.copy(g.node(id)); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// all returns the copies of nodes; that of nil is nil.
func (c *cloner) all(nodes []*Node) []*Node {
	copies := make([]*Node, len(nodes))
	for i, n := range nodes {
		if n != nil {
			copies[i] = c.copies.get(n)
		}
	}
	return copies
}
