package onnx

import (
	"slices"

	"adjoint/graph"
)

// A lowering turns the nodes of a formula into others that have the same value
// and that there are rules for. It takes the stable form of each, as Compile does,
// and the definition, in simpler ops, of an op that has no rule.
type lowering struct {
	of    map[*graph.Node]*graph.Node
	name  map[*graph.Node]string      // those of the nodes that nodes stand for
	whole map[*graph.Node]*graph.Node // the op whose definition ends with a node
}

func newLowering() *lowering {
	return &lowering{map[*graph.Node]*graph.Node{}, map[*graph.Node]string{}, map[*graph.Node]*graph.Node{}}
}

// lower returns the node that stands for y.
func (l *lowering) lower(y *graph.Node) *graph.Node {
	known := func(n *graph.Node) bool { return l.of[n] != nil }
	for _, n := range cone([]*graph.Node{y}, func(n *graph.Node) []*graph.Node {
		return slices.DeleteFunc(n.Inputs(), known)
	}) {
		if known(n) {
			continue
		}
		m := l.rebuilt(n)
		if s := stabler(m); s != nil {
			m = l.lower(s)
		} else if s := definition(m); s != nil {
			whole := m
			m = l.apart(l.lower(s))
			l.whole[m] = whole
		}
		l.of[n], l.of[m] = m, m
		if l.name[m] == "" {
			l.name[m] = n.Name()
		}
	}
	return l.of[y]
}

// apart returns another node of the value of n, that of an op by its definition: the formula may have the
// definition too, and what is read is to have both.
func (l *lowering) apart(n *graph.Node) *graph.Node {
	if n.Kind() != graph.Applied || n.Err() != nil {
		return n
	}
	return n.Graph().Restore(n.Op(), n.Inputs()...)
}

// rebuilt returns n with its inputs replaced.
func (l *lowering) rebuilt(n *graph.Node) *graph.Node {
	in := n.Inputs()
	for i, x := range in {
		in[i] = l.of[x]
	}
	if slices.Equal(in, n.Inputs()) {
		return n
	}
	return graph.Apply(n.Op(), in...)
}

// stabler returns a node that computes n better, or nil.
func stabler(n *graph.Node) *graph.Node {
	if op, ok := n.Op().(graph.Stabler); ok && n.Err() == nil {
		return op.Stable(n)
	}
	return nil
}

// definition returns n in simpler ops if there is no rule for it, or nil.
func definition(n *graph.Node) *graph.Node {
	if op, ok := n.Op().(graph.Expander); ok && n.Err() == nil && ruleOf(n) == nil {
		return op.Expand(n.Inputs()...)
	}
	return nil
}

// An operand is what the ONNX node of an op reads: a node, or the number that all
// entries of a constant are.
type operand struct {
	node   *graph.Node
	number bool
}

// operands returns what is read for the inputs of n. Where ONNX broadcasts by
// itself that is what they are broadcasts of.
func operands(n *graph.Node) []operand {
	list := make([]operand, len(n.Inputs()))
	shapes := make([]graph.Shape, len(list))
	for i, x := range n.Inputs() {
		list[i], shapes[i] = operand{node: x}, x.Shape()
	}
	if !broadcasts(n) {
		return list
	}
	for i, x := range n.Inputs() {
		if _, ok := graph.ConstOf(x); ok {
			shapes[i] = graph.Shape{}
			list[i].number = true
		} else if d, ok := description(x); ok && d.Name == "BroadcastTo" {
			shapes[i] = x.In(0).Shape()
			list[i].node = x.In(0)
		}
		if common(shapes) != n.Shape() {
			list[i], shapes[i] = operand{node: x}, x.Shape()
		}
	}
	return list
}

// common returns the shape that shapes, which broadcast, have together.
func common(shapes []graph.Shape) graph.Shape {
	var all graph.Shape
	for _, s := range shapes {
		all, _ = graph.BroadcastShapes(all, s)
	}
	return all
}

// reads returns the nodes that have to be in the file before n. Constants are not
// among them.
func reads(n *graph.Node) []*graph.Node {
	var nodes []*graph.Node
	for _, x := range operands(n) {
		if _, ok := graph.ConstOf(x.node); !ok {
			nodes = append(nodes, x.node)
		}
	}
	return nodes
}

// cone returns the nodes from which y is computed, y included, inputs first.
// inputs returns those that a node reads.
func cone(y []*graph.Node, inputs func(*graph.Node) []*graph.Node) []*graph.Node {
	var nodes []*graph.Node
	seen := map[*graph.Node]bool{}
	visit := func(list []*graph.Node) {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				nodes = append(nodes, n)
			}
		}
	}
	visit(y)
	for i := 0; i < len(nodes); i++ {
		visit(inputs(nodes[i]))
	}
	slices.SortFunc(nodes, func(a, b *graph.Node) int { return a.ID() - b.ID() })
	return nodes
}

// description returns what the op of n says of itself.
func description(n *graph.Node) (graph.Description, bool) {
	if op, ok := n.Op().(graph.Describer); ok {
		return op.Describe(), true
	}
	return graph.Description{}, false
}

// nameOf is the name of a node that has been lowered: its own, or that of a node it
// stands for.
func (l *lowering) nameOf(n *graph.Node) value {
	if name := l.name[n]; name != "" {
		return named(name)
	}
	return nameOf(n)
}
