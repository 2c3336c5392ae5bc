package graph

import (
	"iter"
	"slices"
)

// Params returns the parameters that y depends on, oldest first.
func Params(y ...*Node) []*Node {
	return ofKind(Param, y)
}

// ofKind returns the leaves of a kind that y depends on, oldest first.
func ofKind(kind Kind, y []*Node) []*Node {
	nodes, count := inCone(y), 0
	for n := range nodes {
		if n.kind == kind {
			count++
		}
	}
	leaves := slices.Grow([]*Node(nil), count)
	for n := range nodes {
		if n.kind == kind {
			leaves = append(leaves, n)
		}
	}
	return leaves
}

// inCone is Cone without a list.
func inCone(y []*Node) iter.Seq[*Node] {
	if y = built(y); len(y) == 0 {
		return func(func(*Node) bool) {}
	}
	g := graphOf(y)
	return g.those(g.needed(y, 0, nil), 0)
}

// Cone returns the nodes from which y is computed, y included, inputs first.
func Cone(y ...*Node) []*Node { return cone(y, nil) }

// cone returns the nodes from which y is computed, y included, inputs first. It
// does not enter nodes for which stop says so. Without stop it takes time by the
// number of nodes in the graph, with stop by the number of nodes visited.
func cone(y []*Node, stop func(*Node) bool) []*Node {
	nodes := built(y)
	if stop != nil {
		nodes = slices.DeleteFunc(nodes, stop)
	}
	switch {
	case len(nodes) == 0:
		return nil
	case stop == nil:
		return graphOf(nodes).cone(nodes)
	}
	g := graphOf(nodes)
	v := &g.user().visits
	v.count++
	visited := v.nodes[:0]
	for _, n := range nodes {
		if last := v.last.at(n); *last != v.count {
			*last = v.count
			visited = append(visited, n)
		}
	}
	for i := 0; i < len(visited); i++ {
		for _, x := range visited[i].in {
			if last := v.last.at(x); *last != v.count && !stop(x) {
				*last = v.count
				visited = append(visited, x)
			}
		}
	}
	v.nodes = visited
	return g.inOrder(visited)
}

// Visits are how many cone has made in a graph, which was the last to come by a node, and the
// nodes of the last.
type visits struct {
	count uint32
	last  perNode[uint32]
	nodes []*Node
}

// graphOf returns the graph that has all nodes: the draft, if one of them was added to it.
func graphOf(nodes []*Node) *Graph {
	for _, n := range nodes {
		if n.g.draft != nil {
			return n.g
		}
	}
	return nodes[0].g
}

// built returns the nodes of a list that are not failed.
func built(y []*Node) []*Node {
	return slices.DeleteFunc(slices.Clone(y), func(n *Node) bool { return n.Err() != nil })
}

// cone returns the nodes from which y is computed, inputs first. Unlike a visit it writes nothing
// to the graph, so that a formula may be read in many goroutines at once.
func (g *Graph) cone(y []*Node) []*Node {
	needed, count := g.needed(y, 0, nil), 0
	for _, needs := range needed {
		if needs {
			count++
		}
	}
	return slices.AppendSeq(make([]*Node, 0, count), g.those(needed, 0))
}

// needed reports, by id − low, the nodes with ids of at least low from which y is computed. It
// does not enter nodes for which stop says so, unless that is nil.
func (g *Graph) needed(y []*Node, low int, stop func(*Node) bool) []bool {
	top := low - 1
	for _, n := range y {
		top = max(top, n.id)
	}
	needed := make([]bool, top+1-low)
	for _, n := range y {
		if n.id >= low {
			needed[n.id-low] = true
		}
	}
	end := len(needed)
	for nodes := range g.runsBackward(low, top+1) {
		end -= len(nodes)
		for i, needs := range slices.Backward(needed[end:][:len(nodes)]) {
			if !needs {
				continue
			}
			n := &nodes[i]
			if stop != nil && stop(n) {
				needed[end+i] = false
				continue
			}
			for _, x := range n.in {
				if x.id >= low {
					needed[x.id-low] = true
				}
			}
		}
	}
	return needed
}

// those returns the nodes of g that are needed, by id − low.
func (g *Graph) those(needed []bool, low int) iter.Seq[*Node] {
	return func(yield func(*Node) bool) { g.each(needed, low, yield) }
}

// each calls f for the nodes of those, until it returns false, as each then does.
func (g *Graph) each(needed []bool, low int, f func(*Node) bool) bool {
	for nodes := range g.runs(low, low+len(needed)) {
		for i, needs := range needed[:len(nodes)] {
			if needs && !f(&nodes[i]) {
				return false
			}
		}
		needed = needed[len(nodes):]
	}
	return true
}

// inOrder returns the nodes of a visit, inputs first. Where they are many among those of
// the graph, it is quicker to go through these than to sort them.
func (g *Graph) inOrder(visited []*Node) []*Node {
	low, high, v := g.Len(), 0, &g.user().visits
	for _, n := range visited {
		low, high = min(low, n.id), max(high, n.id)
	}
	if 8*len(visited) < high-low {
		nodes := slices.Clone(visited)
		slices.SortFunc(nodes, func(a, b *Node) int { return a.id - b.id })
		return nodes
	}
	nodes := make([]*Node, 0, len(visited))
	for id := low; id <= high; id++ {
		if n := g.node(id); v.last.get(n) == v.count {
			nodes = append(nodes, n)
		}
	}
	return nodes
}

// reach returns the nodes that can be reached from roots by what next visits, in
// the order of the graph: inputs first. It calls next once for each, and next
// visits older nodes only.
func (g *Graph) reach(roots []*Node, next func(n *Node, visit func(*Node))) []*Node {
	count, seen := 0, make([]bool, g.Len()) // by id
	visit := func(n *Node) {
		if !seen[n.id] {
			seen[n.id] = true
			count++
		}
	}
	for _, n := range roots {
		visit(n)
	}
	end := len(seen)
	for nodes := range g.runsBackward(0, len(seen)) {
		end -= len(nodes)
		for i, reached := range slices.Backward(seen[end:][:len(nodes)]) {
			if reached {
				next(&nodes[i], visit)
			}
		}
	}
	return slices.AppendSeq(make([]*Node, 0, count), g.those(seen, 0))
}

// A perNode holds something for each node of a graph. It is a table by id: for
// most nodes of a formula that is quicker than a map.
type perNode[T any] struct{ byID []T }

// fit makes places for the nodes of g, and some for nodes that come.
func (p *perNode[T]) fit(g *Graph) {
	if size := g.Len(); size > len(p.byID) {
		p.grow(size + size/8)
	}
}

// at returns the place of a node's entry, which is zero at first.
func (p *perNode[T]) at(n *Node) *T {
	if n.id >= len(p.byID) {
		p.grow(max(n.id+1, 2*len(p.byID)))
	}
	return &p.byID[n.id]
}

func (p *perNode[T]) grow(size int) {
	longer := make([]T, size)
	copy(longer, p.byID)
	p.byID = longer
}

// get returns a node's entry. Unlike at, it is safe in many goroutines at once.
func (p *perNode[T]) get(n *Node) T {
	if n.id >= len(p.byID) {
		var zero T
		return zero
	}
	return p.byID[n.id]
}
