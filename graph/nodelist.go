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
