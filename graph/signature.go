package graph

import (
	"fmt"
	"hash/maphash"
	"slices"
	"sync/atomic"
)

// A signature is an op with the shapes of its inputs and of its value; or the shape of a leaf, which
// has no op. Nodes of one signature share it: a formula of thousands of nodes has few.
type signature struct {
	op    Op
	shape Shape   // of the value
	of    []Shape // of the inputs
	asked atomic.Pointer[traits]
}

// unsigned is the signature of a node that failed.
var unsigned = new(signature)

// signatures are those of a graph. The zero signatures are none.
type signatures struct {
	list  []*signature
	index index
	made  arena[signature]
	of    arena[Shape]
}

// A signatureHash is that of an op and the shapes of its inputs.
type signatureHash uint64

var seed = maphash.MakeSeed() // of hashes of ops

// hashOf returns the hash of the signature of op(x…). It panics if the author of op made a type that
// cannot be compared.
func hashOf(op Op, x []*Node) signatureHash {
	defer func() {
		if err := recover(); err != nil {
			panic(fmt.Sprintf("graph: op of type %T is no map key (%v): equal ops of the same inputs are one node, so an op holds comparable fields only; Ints is a comparable list", op, err))
		}
	}()
	h := maphash.Comparable(seed, op)
	for _, n := range x {
		h = n.shape.mixedInto(h)
	}
	return signatureHash(h)
}

// short returns the hash for an index of signatures.
func (h signatureHash) short() uint32 { return uint32(h >> 32) }

// inputs returns the hash, for an index of nodes, of the one that has this signature and these inputs.
func (h signatureHash) inputs(x []*Node) uint32 {
	of := uint64(h)
	for _, n := range x {
		of = mixed(of, uint64(n.id))
	}
	return signatureHash(of).short()
}

// find returns the signature of op(x…), which has this hash, or nil.
func (s *signatures) find(h signatureHash, op Op, x []*Node) *signature {
	i := s.index.find(h.short(), func(i int) bool { return s.list[i].op == op && s.list[i].isOf(x) })
	if i < 0 {
		return nil
	}
	return s.list[i]
}

// isOf reports whether the nodes have the shapes of the inputs.
func (s *signature) isOf(x []*Node) bool {
	return slices.EqualFunc(s.of, x, func(shape Shape, n *Node) bool { return shape == n.shape })
}

// add adds the signature of op(x…), a value of this shape, that has this hash and is not there yet.
func (s *signatures) add(h signatureHash, op Op, shape Shape, x []*Node) *signature {
	of := s.of.take(len(x))
	for i, n := range x {
		of[i] = n.shape
	}
	made := &s.made.take(1)[0]
	made.op, made.shape, made.of = op, shape, of
	s.index.add(h.short(), len(s.list))
	s.list = append(s.list, made)
	return made
}

// ofLeaf returns the signature of leaves of a shape.
func (s *signatures) ofLeaf(shape Shape) *signature {
	h := signatureHash(shape.mixedInto(0))
	if i := s.index.find(h.short(), func(i int) bool { return s.list[i].op == nil && s.list[i].shape == shape }); i >= 0 {
		return s.list[i]
	}
	return s.add(h, nil, shape, nil)
}

// mixedInto returns a hash into which the extents are mixed.
func (s Shape) mixedInto(h uint64) uint64 {
	for i := range len(s.extents) {
		h = mixed(h, uint64(s.extents[i]))
	}
	return mixed(h, uint64(len(s.extents)))
}
