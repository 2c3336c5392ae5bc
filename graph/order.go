package graph

import "slices"

// Params returns the parameters that y depends on, oldest first.
func Params(y ...*Node) []*Node {
	var params []*Node
	for _, n := range cone(y, nil) {
		if n.kind == Param {
			params = append(params, n)
		}
	}
	return params
}

// Cone returns the nodes from which y is computed, y included, inputs first.
func Cone(y ...*Node) []*Node { return cone(y, nil) }

// cone returns the nodes from which y is computed, y included, inputs first. It
// does not enter nodes for which stop says so.
func cone(y []*Node, stop func(*Node) bool) []*Node {
	var roots []*Node
	for _, n := range y {
		if n.Err() == nil && (stop == nil || !stop(n)) {
			roots = append(roots, n)
		}
	}
	if stop == nil {
		return topological(roots, firstOfAll(), func(n *Node) []*Node { return n.in })
	}
	return topological(roots, firstOfFew(), func(n *Node) []*Node {
		return slices.DeleteFunc(slices.Clone(n.in), stop)
	})
}

// topological returns the nodes reached from roots, inputs first. next is called
// once for each; first reports whether it is asked of a node for the first time.
func topological(roots []*Node, first func(*Node) bool, next func(*Node) []*Node) []*Node {
	var nodes []*Node
	visit := func(list []*Node) {
		for _, n := range list {
			if first(n) {
				nodes = append(nodes, n)
			}
		}
	}
	visit(roots)
	for i := 0; i < len(nodes); i++ {
		visit(next(nodes[i]))
	}
	slices.SortFunc(nodes, func(a, b *Node) int { return a.id - b.id })
	return nodes
}

// firstOfAll is for walks through a whole formula: it takes memory by the number
// of nodes in the graph. firstOfFew takes it by the number of nodes visited.
func firstOfAll() func(*Node) bool {
	var seen perNode[bool]
	return func(n *Node) bool {
		s := seen.at(n)
		fresh := !*s
		*s = true
		return fresh
	}
}

func firstOfFew() func(*Node) bool {
	seen := map[*Node]bool{}
	return func(n *Node) bool {
		fresh := !seen[n]
		seen[n] = true
		return fresh
	}
}

// A perNode holds something for each node of a graph. It is a table by id: for
// most nodes of a formula that is quicker than a map.
type perNode[T any] struct{ byID []T }

// at returns the place of a node's entry, which is zero at first.
func (p *perNode[T]) at(n *Node) *T {
	if n.id >= len(p.byID) {
		p.byID = append(p.byID, make([]T, len(n.g.nodes)-len(p.byID))...)
	}
	return &p.byID[n.id]
}
