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

// from returns the nodes of g with ids of at least low, and less than high.
func (g *Graph) from(low, high int) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		for id := low; id < high; id++ {
			if !yield(g.node(id)) {
				return
			}
		}
	}
}

// A run is nodes that follow one another in an array: to go through it is quicker than to be called
// for each of them.
type run []Node

// runs returns the nodes of from in runs.
func (g *Graph) runs(low, high int) iter.Seq[run] {
	return func(yield func(run) bool) {
		for low < high {
			nodes := g.runFrom(low)
			nodes = nodes[:min(len(nodes), high-low)]
			if low += len(nodes); !yield(nodes) {
				return
			}
		}
	}
}

// runsBackward is runs, the last one first.
func (g *Graph) runsBackward(low, high int) iter.Seq[run] {
	return func(yield func(run) bool) {
		for low < high {
			nodes := g.runTo(high)
			nodes = nodes[max(0, len(nodes)-(high-low)):]
			if high -= len(nodes); !yield(nodes) {
				return
			}
		}
	}
}

// runFrom returns the longest run from an id on.
func (g *Graph) runFrom(id int) run {
	l, id := g.listOf(id)
	k, i := placeOf(id)
	return l.arrays[k][i:min(len(l.arrays[k]), i+l.count-id)]
}

// runTo returns the longest run of nodes with smaller ids.
func (g *Graph) runTo(id int) run {
	l, id := g.listOf(id - 1)
	k, i := placeOf(id)
	return l.arrays[k][:i+1]
}
