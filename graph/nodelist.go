package graph

import (
	"iter"
	"math/bits"
)

// A nodeList is nodes by id. They are in arrays, so that a node stays where it is: of which each is
// twice as large as the one before, and then all of the largest size.
type nodeList struct {
	arrays [][]Node
	count  int
}

const (
	smallestBits = 3 // log₂ of the nodes of the first array
	largestBits  = 8 // of the largest, which are no large objects to Go
)

// add returns a new node, of nothing yet.
func (l *nodeList) add() *Node {
	k, i := placeOf(l.count)
	if k == len(l.arrays) {
		l.arrays = append(l.arrays, make([]Node, 1<<min(smallestBits+k, largestBits)))
	}
	l.count++
	return &l.arrays[k][i]
}

// at returns the node with an id.
func (l *nodeList) at(id int) *Node {
	k, i := placeOf(id)
	return &l.arrays[k][i]
}

// placeOf returns in which array a node is, and where.
func placeOf(id int) (array, i int) {
	id += 1 << smallestBits
	if id >= 1<<largestBits {
		return largestBits - smallestBits - 1 + id>>largestBits, id & (1<<largestBits - 1)
	}
	k := bits.Len(uint(id)) - 1
	return k - smallestBits, id - 1<<k
}

// each calls f for the nodes with ids from ≤ id < to, until it returns false, which each then does too.
func (l *nodeList) each(from, to int, f func(*Node) bool) bool {
	for from < to {
		k, i := placeOf(from)
		nodes := l.arrays[k][i:]
		nodes = nodes[:min(len(nodes), to-from)]
		for j := range nodes {
			if !f(&nodes[j]) {
				return false
			}
		}
		from += len(nodes)
	}
	return true
}

// eachBackward is each in the other order.
func (l *nodeList) eachBackward(from, to int, f func(*Node) bool) bool {
	for from < to {
		k, i := placeOf(to - 1)
		nodes := l.arrays[k][max(0, i-(to-1-from)) : i+1]
		for j := len(nodes) - 1; j >= 0; j-- {
			if !f(&nodes[j]) {
				return false
			}
		}
		to -= len(nodes)
	}
	return true
}

// from returns the nodes of g with ids of at least low, and less than high.
func (g *Graph) from(low, high int) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		base, k := g.under()
		_ = base.each(low, min(high, k), yield) && g.nodes.each(max(low-k, 0), high-k, yield)
	}
}

// backFrom is from in the other order.
func (g *Graph) backFrom(low, high int) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		base, k := g.under()
		_ = g.nodes.eachBackward(max(low-k, 0), high-k, yield) && base.eachBackward(low, min(high, k), yield)
	}
}

// under returns the nodes that come before those of g itself, which a draft has, and how many they are.
func (g *Graph) under() (*nodeList, int) {
	if g.draft == nil {
		return nil, 0
	}
	return &g.draft.before, g.draft.before.count
}
