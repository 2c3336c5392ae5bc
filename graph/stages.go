package graph

import "adjoint/compute"

// The stages of what is compiled: formula, lowered, scheduled, placed, and at last
// code. Each holds the one before, so that a pass, which is a method of its stage, can
// not depend on what later ones find out.

// A formula is what computes the outputs, in a graph of its own.
type formula struct {
	outputs  []*Node                         // nodes of the user's graph
	separate bool                            // every op by its own kernel, and never in blocks
	literal  bool                            // every value as it is written
	step     bool                            // it is a step of a loop, from a Body
	inner    func(y ...*Node) (*code, error) // compiles values of a Body, as the formula is compiled
	g        *Graph
	roots    []*Node              // the nodes of g that compute the outputs
	order    func(a, b *Node) int // that in which nodes are best computed
}

// A lowered formula says which kernels compute it, and what they read.
type lowered struct {
	formula
	fused      perNode[*Node]        // of a node, the fusion that computes it, if there is one
	byEntry    perNode[bool]         // whether the kernel of a live node is entrywise
	reads      perNode[[]operand]    // what the kernel of a node reads
	loops      []*Node               // those that are loops
	loopOf     perNode[*loopCode]    // of a node that is a loop
	inOrder    perNode[bool]         // whether some kernel does not read a node by strides
	judgements map[*Node][]judgement // of what the kernel of a node reads
	live       []*Node               // those that outputs need, inputs first; nil once they are scheduled
}

// A scheduled formula says when each value is computed.
type scheduled struct {
	lowered
	leaves  []*Node // inputs, parameters, constants that are read
	inputs  []*Node // the inputs among them
	once    []*Node // values that depend on no input and no parameter
	run     []*Node // values computed by each Run, inputs first
	groups  [][]*Node
	top     int      // the largest id of a node that is live
	symbols []int    // of all shapes
	block   *blocked // what is computed in blocks, a group by itself; nil in most
}

// A placed formula says where each value lives.
type placed struct {
	scheduled
	slots  []volume
	slotOf perNode[int32]
}

// Code is what the clones of a Program share. It holds whatever numbers symbols are.
type code struct {
	placed
	computes map[*Node]*Node // an output, to the node that computes it
	inputAt  map[*Node]int   // an input of the user's graph, to its place among inputs
}

// by returns the node by whose op the value of n is computed: n, or its fusion.
func (l *lowered) by(n *Node) *Node {
	if f := l.fused.get(n); f != nil {
		return f
	}
	return n
}

// kernel returns how the value of n is computed.
func (l *lowered) kernel(n *Node) compute.Kernel { return l.by(n).op.Kernel() }

// entrywise reports whether an entry of n depends on the same entry of what it reads.
func (l *lowered) entrywise(n *Node) bool { return l.byEntry.get(n) }

// from is the user's graph.
func (c *code) from() *Graph { return c.g.copied.from }

// seal ends the compilation: no node is added to the formula any more, and nothing
// looks at the user's graph. So clones may share the formula while that graph grows.
func (c *code) seal() error {
	c.computes, c.inputAt = make(map[*Node]*Node, len(c.outputs)), map[*Node]int{}
	for i, n := range c.outputs {
		c.computes[n] = c.roots[i]
	}
	for i, x := range c.inputs {
		c.inputAt[c.g.copied.originOf(x)] = i
	}
	c.outputs, c.g.copied.of, c.g.index = nil, perNode[*Node]{}, index{}
	return nil
}
