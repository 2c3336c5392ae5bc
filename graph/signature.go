package graph

import "slices"

// A signature is an op with the shapes of its inputs and of its value; or the shape of a leaf, which
// has no op. Nodes of one signature share it: a formula of thousands of nodes has few.
type signature struct {
	op    Op
	shape Shape   // of the value
	of    []Shape // of the inputs
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

// find returns the signature of op(x…), whose op has this hash, or nil; and the hash of the signature.
func (s *signatures) find(opHash uint64, op Op, x []*Node) (*signature, uint32) {
	for _, n := range x {
		opHash = n.shape.mixedInto(opHash)
	}
	h := uint32(opHash >> 32)
	i := s.index.find(h, func(i int) bool { return s.list[i].op == op && s.list[i].isOf(x) })
	if i < 0 {
		return nil, h
	}
	return s.list[i], h
}

// isOf reports whether the nodes have the shapes of the inputs.
func (s *signature) isOf(x []*Node) bool {
	return slices.EqualFunc(s.of, x, func(shape Shape, n *Node) bool { return shape == n.shape })
}

// add adds the signature of op(x…), a value of this shape, that has this hash and is not there yet.
func (s *signatures) add(hash uint32, op Op, shape Shape, x []*Node) *signature {
	of := s.of.take(len(x))
	for i, n := range x {
		of[i] = n.shape
	}
	made := &s.made.take(1)[0]
	*made = signature{op, shape, of}
	s.index.add(hash, len(s.list))
	s.list = append(s.list, made)
	return made
}

// ofLeaf returns the signature of leaves of a shape.
func (s *signatures) ofLeaf(shape Shape) *signature {
	h := uint32(shape.mixedInto(0) >> 32)
	if i := s.index.find(h, func(i int) bool { return s.list[i].op == nil && s.list[i].shape == shape }); i >= 0 {
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
