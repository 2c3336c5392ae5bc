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
		return topological(roots, func(n *Node) []*Node { return n.in })
	}
	return topological(roots, func(n *Node) []*Node {
		return slices.DeleteFunc(slices.Clone(n.in), stop)
	})
}

// topological returns the nodes reached from roots, inputs first. next is called
// once for each.
func topological(roots []*Node, next func(*Node) []*Node) []*Node {
	seen := make(map[*Node]bool, len(roots))
	var nodes []*Node
	visit := func(list []*Node) {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
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
