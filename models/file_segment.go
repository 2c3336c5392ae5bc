package models

import (
	"fmt"
	"slices"

	"adjoint/graph"
)

// A segment is a part of a formula that was read from a file, as a function of some of its
// nodes: what a layer, or a loss, was once made of. It can be built again on other nodes.
type segment struct {
	from []*graph.Node // what it is a function of
	out  *graph.Node
}

// at returns the value of the segment at other nodes, of the same shapes. leaf returns the
// leaf that takes the place of a parameter or a state.
func (s segment) at(x []*graph.Node, leaf func(n *graph.Node) *graph.Node) *graph.Node {
	made := map[*graph.Node]*graph.Node{}
	for i, n := range s.from {
		if x[i].Err() != nil {
			return x[i]
		}
		if x[i].Shape() != n.Shape() {
			err := fmt.Errorf("%w: it was made for a value of shape %v, not %v", ErrOption, n.Shape(), x[i].Shape())
			return graph.Fail(x[i].Graph(), err)
		}
		made[n] = x[i]
	}
	g := x[0].Graph()
	var states []*graph.Node
	build := func(y *graph.Node) *graph.Node {
		for _, n := range s.nodes(y, made) {
			if n.Kind() == graph.State {
				states = append(states, n)
			}
			made[n] = again(g, n, made, leaf)
		}
		return made[y]
	}
	y := build(s.out)
	for i := 0; i < len(states); i++ {
		if next := states[i].Update(); next != nil {
			made[states[i]].Becomes(build(next))
		}
	}
	return y
}

// nodes returns what y is computed from, in order, without those that are made.
func (s segment) nodes(y *graph.Node, made map[*graph.Node]*graph.Node) []*graph.Node {
	list, seen := []*graph.Node{y}, map[*graph.Node]bool{y: true}
	if made[y] != nil {
		return nil
	}
	for i := 0; i < len(list); i++ {
		for _, x := range list[i].Inputs() {
			if !seen[x] && made[x] == nil {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	slices.SortFunc(list, func(a, b *graph.Node) int { return a.ID() - b.ID() })
	return list
}

// again returns n in another graph, where its inputs are made.
func again(g *graph.Graph, n *graph.Node, made map[*graph.Node]*graph.Node, leaf func(n *graph.Node) *graph.Node) *graph.Node {
	switch n.Kind() {
	case graph.Applied:
		return appliedAgain(g, n, made)
	case graph.Const:
		return g.Constant(n.Name(), n.Value())
	case graph.Examples:
		return g.Size(n.Extent())
	case graph.Random:
		return g.Random(n.Name(), n.Shape().Dims()...)
	}
	return leaf(n)
}

func appliedAgain(g *graph.Graph, n *graph.Node, made map[*graph.Node]*graph.Node) *graph.Node {
	if c, ok := graph.ConstOf(n); ok {
		return g.Const(c, n.Shape().Dims()...)
	}
	in := each(n.Inputs(), func(x *graph.Node) *graph.Node { return made[x] })
	if len(in) == 0 {
		return g.Restore(n.Op())
	}
	before := g.Len()
	m := graph.Apply(n.Op(), in...)
	if g.Len() > before {
		m.Named(n.Name())
	}
	return m
}
