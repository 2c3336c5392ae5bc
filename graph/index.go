package graph

import (
	"fmt"
	"hash/maphash"
	"slices"
)

// An index finds the node that an op of some nodes is: equal ops of the same inputs
// are one node. It is a table by hash, in which a node whose place is taken is in the
// next one that is free. A map would hold the op and the inputs of each node again.
// The zero index is an empty one.
type index struct {
	places []place // a power of two of them, or none
	used   int
}

// A place has the hash and the id, counted from 1, of a node, or zeros.
type place struct{ hash, id uint32 }

var seed = maphash.MakeSeed()

// hash panics if the author of op made a type that cannot be compared.
func hash(op Op, in []*Node) uint32 {
	defer func() {
		if err := recover(); err != nil {
			panic(fmt.Sprintf("graph: op of type %T is no map key (%v): equal ops of the same inputs are one node, so an op holds comparable fields only; Ints is a comparable list", op, err))
		}
	}()
	h := maphash.Comparable(seed, op)
	for _, x := range in {
		h = (h ^ uint64(x.id)) * 0x9e3779b97f4a7c15 // 2⁶⁴ over the golden ratio: it mixes the upper bits
	}
	return uint32(h >> 32)
}

// find returns the node of g that is op(in…), or nil.
func (ix *index) find(g *Graph, hash uint32, op Op, in []*Node) *Node {
	if len(ix.places) == 0 {
		return nil
	}
	for i := hash; ; i++ {
		switch p := ix.at(i); {
		case p.id == 0:
			return nil
		case p.hash == hash:
			if n := g.node(int(p.id) - 1); n.op == op && slices.Equal(n.in, in) {
				return n
			}
		}
	}
}

func (ix *index) add(hash uint32, n *Node) {
	if ix.used++; 4*ix.used > 3*len(ix.places) {
		old := ix.places
		ix.places = make([]place, max(16, 2*len(old)))
		for _, p := range old {
			if p.id != 0 {
				ix.put(p)
			}
		}
	}
	ix.put(place{hash, uint32(n.id + 1)})
}

func (ix *index) put(p place) {
	i := p.hash
	for ix.at(i).id != 0 {
		i++
	}
	*ix.at(i) = p
}

// at returns place i, counted round and round the table.
func (ix *index) at(i uint32) *place { return &ix.places[i&uint32(len(ix.places)-1)] }
