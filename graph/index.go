package graph

import (
	"hash/maphash"
	"slices"
)

// An index finds the node that an op of some nodes is: equal ops of the same inputs
// are one node. It keeps no keys, since the nodes have them.
type index struct {
	seed  maphash.Seed
	nodes map[uint64]*Node // by hash, linked by Node.sameHash
}

func newIndex() index { return index{maphash.MakeSeed(), map[uint64]*Node{}} }

func (ix *index) hash(op Op, in []*Node) uint64 {
	var h maphash.Hash
	h.SetSeed(ix.seed)
	maphash.WriteComparable(&h, op)
	for _, x := range in {
		maphash.WriteComparable(&h, x.id)
	}
	return h.Sum64()
}

// find returns the node op(in…), or nil.
func (ix *index) find(hash uint64, op Op, in []*Node) *Node {
	n := ix.nodes[hash]
	for n != nil && !(n.op == op && slices.Equal(n.in, in)) {
		n = n.sameHash
	}
	return n
}

func (ix *index) add(hash uint64, n *Node) {
	n.sameHash = ix.nodes[hash]
	ix.nodes[hash] = n
}
