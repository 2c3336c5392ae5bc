package graph

import (
	"iter"
	"math/bits"
	"unsafe"
)

// A nodeList is nodes by id. They are in arrays, so that a node stays where it is: of which each is
// twice as large as the one before, and then all of the largest size.
type nodeList struct {
	arrays [][]Node
	count  int
}

const (
	smallestNodes = 8
	largestNodes  = largestArray / int(unsafe.Sizeof(Node{})) // they fill what is no large object to Go
	growingNodes  = smallestNodes<<largestAt - smallestNodes  // in the arrays before the first of the largest
)

// add returns a new node, of nothing yet.
func (l *nodeList) add() *Node {
	k, i := placeOf(l.count)
	if k == len(l.arrays) {
		size := largestNodes
		if k < largestAt {
			size = smallestNodes << k
		}
		l.arrays = append(l.arrays, make([]Node, size))
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
	if id >= growingNodes {
		id -= growingNodes
		return largestAt + id/largestNodes, id % largestNodes
	}
	id += smallestNodes
	k := bits.Len(uint(id)) - 1
	return k - smallestBits, id - 1<<k
}

const (
	smallestBits = 3 // log₂ smallestNodes
	largestAt    = 5 // the first of the largest arrays
)

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
