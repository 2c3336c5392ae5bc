package graph

import (
	"iter"
	"slices"

	"adjoint/compute"
)

// A lowering says how a value is computed, and what its kernel reads.
type lowering struct {
	fusion    int32  // id of the fusion that computes the node, or 0
	reads     uint32 // where what its kernel reads begins in read
	end       uint32 // and where it ends
	computed  bool   // it is a value that outputs need, of an op
	entrywise bool   // an entry of it depends on the same entry of what it reads
	inOrder   bool   // some kernel does not read the node by strides
	takes     bool   // its kernel takes memory to work in
	pairs     bool   // its kernel may compute another value too
	refuses   bool   // its kernel reads what an op may refuse
	taken     bool   // the kernel of another, that does, reads it
}

// An operand is what a kernel reads for an input: the value of n, which is the
// input, or what it shows through a chain of views.
type operand struct{ n, input *Node }

// notLowered is the lowering of a node that was added since.
var notLowered lowering

// howOf returns how n is computed.
func (l *lowered) howOf(n *Node) *lowering {
	if n.id >= len(l.how.byID) {
		return &notLowered
	}
	return &l.how.byID[n.id]
}

// by returns the node by whose op the value of n is computed: n, or its fusion.
func (l *lowered) by(n *Node) *Node {
	if id := l.howOf(n).fusion; id != 0 {
		return l.g.node(int(id))
	}
	return n
}

// kernel returns how the value of n is computed.
func (l *lowered) kernel(n *Node) compute.Kernel { return l.by(n).op.Kernel() }

// kernelOf returns how the values of a group are computed that is not entrywise.
func (l *lowered) kernelOf(group []*Node) compute.Kernel {
	if len(group) > 1 {
		return l.pairedKernel(group[0], group[1])
	}
	return l.kernel(group[0])
}

// entrywise reports whether an entry of n depends on the same entry of what it reads.
func (l *lowered) entrywise(n *Node) bool { return l.howOf(n).entrywise }

// pairs reports whether the kernel of n may compute another value beside that.
func (l *lowered) pairs(n *Node) bool { return l.howOf(n).pairs }

// inOrder reports whether some kernel does not read n by strides.
func (l *lowered) inOrder(n *Node) bool { return l.howOf(n).inOrder }

// byRows reports whether some kernel reads n as it lies row by row, if perhaps among more examples.
func (l *lowered) byRows(n *Node) bool { how := l.howOf(n); return how.inOrder || how.taken }

// computed reports whether the value of n is computed.
func (l *lowered) computed(n *Node) bool { return l.howOf(n).computed }

// inputsOf returns the inputs of what the value of n is computed by.
func (l *lowered) inputsOf(n *Node) []*Node {
	if given, ok := l.given[n]; ok {
		return given
	}
	return l.by(n).in
}

// ids returns, by operand, the ids of the nodes whose values the kernel of n reads.
func (l *lowered) ids(n *Node) []int32 {
	if given, ok := l.given[n]; ok {
		ids := make([]int32, len(given))
		for i, x := range given {
			ids[i] = int32(x.id)
		}
		return ids
	}
	how := l.howOf(n)
	return l.read[how.reads:how.end]
}

// arity returns how many operands the kernel of n has.
func (l *lowered) arity(n *Node) int { return len(l.ids(n)) }

// reads returns the operands of the kernel of n.
func (l *lowered) reads(n *Node) iter.Seq2[int, operand] {
	return func(yield func(int, operand) bool) {
		in := l.inputsOf(n)
		for i, id := range l.ids(n) {
			o := operand{in[i], in[i]}
			if o.n.id != int(id) {
				o.n = l.g.node(int(id))
			}
			if !yield(i, o) {
				return
			}
		}
	}
}

// operands returns the operands of the kernel of n in a list.
func (l *lowered) operands(n *Node) []operand {
	list := make([]operand, l.arity(n))
	for i, o := range l.reads(n) {
		list[i] = o
	}
	return list
}

// readsAny reports whether the kernel of n reads the value of one of nodes.
func (l *lowered) readsAny(n *Node, nodes []*Node) bool {
	ids := l.ids(n)
	return slices.ContainsFunc(nodes, func(x *Node) bool { return slices.Contains(ids, int32(x.id)) })
}
