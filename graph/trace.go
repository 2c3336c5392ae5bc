package graph

import (
	"fmt"
	"slices"
)

// A trace is what is known of a graph while a Body is being built in it: nodes of the graph
// outside that it uses become inputs of the Body.
type trace struct {
	outer    *Graph
	of       map[*Node]*Node // by node of outer
	captured []*Node         // nodes of outer that became inputs
	inputs   []*Node         // those inputs
}

// Trace calls f once, at inputs of these shapes, and returns the map that f builds, a Body. It
// uses nodes of the graph outside, such as weights; these become inputs after those of f, and
// are returned. Of a value that is Recompute of all that f does, loops keep nothing for their
// adjoint. The error is that of f's value, or wraps ErrShape if f does not keep examples
// apart or uses a value outside that has examples, which then has to be an input of f.
func Trace(outer *Graph, f func(x ...*Node) *Node, shapes ...Shape) (b *Body, captured []*Node, err error) {
	g := NewOf(outer.Dtype())
	t := &trace{outer: outer, of: map[*Node]*Node{}}
	g.literal, g.trace = outer.literal, t
	in := make([]*Node, len(shapes))
	for i, s := range shapes {
		in[i] = g.Input(fmt.Sprintf("x%d", i), s.Dims()...)
	}
	out := []*Node{g.within(f(in...))}
	g.trace = nil
	if err := firstError(out); err != nil {
		return nil, nil, err
	}
	_, again := out[0].op.(recomputed)
	if again {
		out[0] = out[0].kept()
	}
	if !g.literal {
		out, _ = stabilise(slices.Values(Cone(out...)), out)
	}
	if b, err = NewBody(append(in, t.inputs...), out); err == nil {
		b.again, err = again, b.CheckStep()
	}
	return b, t.captured, err
}

// OneGraph returns the nodes in one graph: themselves or, while a Body is being built from some
// of them, what stands for the others there. The error wraps ErrGraph, or is that of a node.
func OneGraph(x ...*Node) ([]*Node, error) {
	if err := firstError(x); err != nil {
		return x, err
	}
	in, ok := oneGraph(x)
	if !ok {
		return x, fmt.Errorf("%s and others: %w", x[0].Label(), ErrGraph)
	}
	return in, nil
}

// oneGraph returns the nodes in the graph of the innermost Body that is being built from some
// of them, or false if they do not belong together.
func oneGraph(x []*Node) ([]*Node, bool) {
	g := x[0].g
	for _, n := range x {
		if n.g.insideOf(g) {
			g = n.g
		}
	}
	in := make([]*Node, len(x))
	for i, n := range x {
		if !g.insideOf(n.g) {
			return nil, false
		}
		in[i] = g.within(n)
	}
	return in, true
}

// insideOf reports whether g is the graph, or being built inside it.
func (g *Graph) insideOf(outer *Graph) bool {
	for g != outer && g.trace != nil {
		g = g.trace.outer
	}
	return g == outer
}

// within returns n as a node of g: itself, an input that stands for it or, where it has
// examples, the same formula in g.
func (g *Graph) within(n *Node) *Node {
	if n.Err() != nil || n.g == g || g.trace == nil || !g.insideOf(n.g) {
		return n
	}
	t := g.trace
	if n = t.outer.within(n); t.of[n] == nil {
		t.of[n] = g.capture(n)
	}
	return t.of[n]
}

// capture makes a node of g for one of the graph outside.
func (g *Graph) capture(n *Node) *Node {
	t := g.trace
	switch _, constant := ConstOf(n); {
	case constant || n.op != nil && n.shape.Holds(Batch):
		in := make([]*Node, len(n.in))
		for i, x := range n.in {
			in[i] = g.within(x)
		}
		return g.appliedTo(n.op, in)
	case n.shape.Holds(Batch):
		return fail(g, "a step uses %s of shape %v, which has examples: make it an input of the loop: %w", n.Label(), n.shape, ErrShape)
	}
	x := g.Input(n.Label(), n.shape.Dims()...)
	t.captured, t.inputs = append(t.captured, n), append(t.inputs, x)
	return x
}
