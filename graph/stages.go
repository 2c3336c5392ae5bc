package graph

import "sync"

// The stages of what is compiled: formula, lowered, scheduled, placed, and at last
// code. Each holds the one before, so that a pass, which is a method of its stage, can
// not depend on what later ones find out.

// A formula is what computes the outputs: nodes of the user's graph, and what passes add to them.
type formula struct {
	outputs  []*Node                         // nodes of the user's graph
	separate bool                            // every op by its own kernel, and never in blocks
	literal  bool                            // every value as it is written
	step     bool                            // it is a step of a loop, from a Body
	inner    func(y ...*Node) (*code, error) // compiles values of a Body, as the formula is compiled
	first    int                             // the id of the first node that is added
	g        *Graph                          // that of the outputs, and then of what is added
	roots    []*Node                         // the nodes that compute the outputs
	order    func(a, b *Node) int            // that in which nodes are best computed; nil for that of the graph
}

// A lowered formula says which kernels compute it, and what they read.
type lowered struct {
	formula
	how        perNode[lowering]
	read       []int32               // ids of the nodes that kernels read, by operand
	given      map[*Node][]*Node     // of a value that is computed in blocks, what they read
	loops      []*Node               // those that are loops
	loopOf     perNode[*loopCode]    // of a node that is a loop
	judgements map[*Node][]judgement // of what the kernel of a node reads
	live       []*Node               // those that outputs need, inputs first; nil once they are scheduled
}

// A scheduled formula says when each value is computed.
type scheduled struct {
	lowered
	leaves  []*Node  // inputs, parameters, constants that are read
	inputs  []*Node  // the inputs among them
	once    []*Node  // values that depend on no input and no parameter
	run     []*Node  // values computed by each Run, inputs first
	ends    []int32  // of groups, in run
	top     int      // the largest id of a node that is live
	symbols []int    // of all shapes
	block   *blocked // what is computed in blocks, a group by itself; nil in most
}

// A placed formula says where each value lives.
type placed struct {
	scheduled
	slots   []int32 // of which of the volumes they are
	volumes []volume
	slotOf  perNode[int32]
}

// Code is what the clones of a Program share. It holds whatever numbers symbols are.
type code struct {
	placed
	computes func() map[*Node]*Node // an output, to the node that computes it
	inputAt  map[*Node]int          // an input of the user's graph, to its place among inputs
	needs    func() []need          // of symbols
}

// from is the user's graph.
func (c *code) from() *Graph { return c.g.user() }

// seal ends the compilation: no node is added to the formula any more, and nothing
// looks at the user's graph. So clones may share the formula while that graph grows.
func (c *code) seal() error {
	outputs, roots := c.outputs, c.roots
	c.computes = sync.OnceValue(func() map[*Node]*Node { // most Programs are asked for all outputs at once
		computes := make(map[*Node]*Node, len(outputs))
		for i, n := range outputs {
			computes[n] = roots[i]
		}
		return computes
	})
	c.needs = sync.OnceValue(c.findNeeds) // nobody asks before symbols are known
	c.inputAt = map[*Node]int{}
	for i, x := range c.inputs {
		c.inputAt[x.original()] = i
	}
	c.outputs, c.g.index, c.g.signatures, c.g.draft.needs, c.g.draft.of = nil, index{}, signatures{}, nil, nil
	return nil
}
