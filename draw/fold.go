package draw

import "adjoint/graph"

// A folded formula is what is drawn of it: its nodes, inputs first; those of its
// longest row, the spine; and those that one box stands for.
type folded struct {
	nodes      []*graph.Node
	spine, out map[*graph.Node]bool
}

// fold leaves out the middle of a formula of more than so many maps: the maps
// between two layers, and the leaves that only they read.
func fold(j *graph.Node, most int) folded {
	f := folded{nodes: graph.Cone(j), spine: map[*graph.Node]bool{}, out: map[*graph.Node]bool{}}
	row := spine(j)
	for _, n := range row {
		f.spine[n] = true
	}
	level := levels(f.nodes)
	maps := make([]int, len(row)) // in each level
	total := 0
	for _, n := range f.nodes {
		if len(n.Inputs()) > 0 {
			maps[level[n]]++
			total++
		}
	}
	if total <= most || len(row) < 4 {
		return f
	}
	first, last := cuts(row, maps, most)
	kept := map[*graph.Node]bool{}
	for _, n := range f.nodes {
		if len(n.Inputs()) == 0 {
			continue
		}
		f.out[n] = level[n] >= first && level[n] <= last
		for _, x := range n.Inputs() {
			kept[x] = kept[x] || !f.out[n]
		}
	}
	var drawn []*graph.Node
	for _, n := range f.nodes {
		if len(n.Inputs()) > 0 || kept[n] {
			drawn = append(drawn, n)
		}
	}
	f.nodes = drawn
	return f
}

// levels returns the height of each node above the cost, turned round: that of
// the leaf at the beginning of the spine is 0.
func levels(nodes []*graph.Node) map[*graph.Node]int {
	level := map[*graph.Node]int{}
	deepest := 0
	for i := len(nodes) - 1; i >= 0; i-- {
		n := nodes[i]
		for _, x := range n.Inputs() {
			level[x] = max(level[x], level[n]+1)
			deepest = max(deepest, level[x])
		}
	}
	for _, n := range nodes {
		level[n] = deepest - level[n]
	}
	return level
}

// cuts returns the first level that is left out and the last. Both ends of the
// formula keep about half of the maps; a layer, which begins with the map that the
// row begins with, is kept or left out as a whole.
func cuts(row []*graph.Node, maps []int, most int) (first, last int) {
	first, last = 1, len(row)-1
	for room := (most + 1) / 2; first < len(row)-2 && maps[first] <= room; first++ {
		room -= maps[first]
	}
	for room := most / 2; last > first && maps[last] <= room; last-- {
		room -= maps[last]
	}
	begins := func(i int) bool { return row[i].Op() == row[1].Op() }
	for h := first; h > 1; h-- {
		if begins(h) {
			first = h
			break
		}
	}
	for t := last + 1; t < len(row); t++ {
		if begins(t) {
			last = t - 1
			break
		}
	}
	return first, last
}

// spine returns the longest row of maps that ends in j, beginning with its leaf:
// that of the examples, where one can choose.
func spine(j *graph.Node) []*graph.Node {
	depth := map[*graph.Node]int{}
	for _, n := range graph.Cone(j) {
		for _, x := range n.Inputs() {
			depth[n] = max(depth[n], depth[x]+1)
		}
	}
	row := make([]*graph.Node, depth[j]+1)
	for n := j; ; {
		row[depth[n]] = n
		if len(n.Inputs()) == 0 {
			return row
		}
		next := n.In(0)
		for _, x := range n.Inputs() {
			if depth[x] > depth[next] || depth[x] == depth[next] && rank(x) > rank(next) {
				next = x
			}
		}
		n = next
	}
}

// rank orders leaves: what is fed, what is fixed, what is learned.
func rank(n *graph.Node) int {
	switch n.Kind() {
	case graph.Input:
		return 2
	case graph.Param:
		return 0
	}
	return 1
}
