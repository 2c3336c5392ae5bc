package graph

import (
	"fmt"
	"slices"
	"strconv"

	"gorgonia.org/tensor"
)

// A Kind says what sort of value a node is.
type Kind uint8

// The kinds of nodes: values of ops, and sorts of leaves.
const (
	Applied  Kind = iota // op(x…)
	Input                // fed at run time
	Param                // moved by an optimizer
	Const                // a tensor that never changes
	Examples             // the number that an extent is, such as N, as a scalar
	State                // moves by a formula of its own with each step of a training
	Random               // drawn for each step of a training
	standIn              // an argument while a rule is being expanded
)

// A Node is a value in a graph. Identity is by node, never by name. A node that
// could not be built is failed: it has an error and no shape, and so has every
// node computed from it.
type Node struct {
	g  *Graph
	id int
	in []*Node
	*signature
	*particulars
	reverseOf *Node // the node whose r appended this one
}

// Particulars are what few nodes have. Nodes share them, so they never change.
type particulars struct {
	kind   Kind
	name   string
	extent int // of the kind Examples
	value  *tensor.Dense
	err    error
}

// none are the particulars of most nodes.
var none = new(particulars)

// Op returns the map of which n is a value, or nil for a leaf. Within the Stable of an
// op, a value with respect to which a derivative is taken is a leaf.
func (n *Node) Op() Op {
	if n == nil || n.held() {
		return nil
	}
	return n.op
}

// held reports whether ops take n for a leaf, see stableIn. The graph says so, not n: Clones of a Program
// may be reading n.
func (n *Node) held() bool { return n.g != nil && slices.Contains(n.g.held, n) }

// unheld returns n or, while n is held, its twin: another node of the same value, which
// is no variable.
func (n *Node) unheld() *Node {
	if !n.held() {
		return n
	}
	return n.twin()
}

// twin returns the other node of the same value.
func (n *Node) twin() *Node {
	twin := n.g.twins[n]
	if twin == nil {
		twin = n.g.add()
		twin.signature, twin.in = n.signature, n.in
		if n.g.twins == nil {
			n.g.twins = map[*Node]*Node{}
		}
		n.g.twins[n] = twin
	}
	return twin
}

// Kind returns what sort of value n is.
func (n *Node) Kind() Kind { return n.kind }

// ID returns the position of n in its graph; a node's inputs have smaller ones.
func (n *Node) ID() int { return n.id }

// In returns the input i of n.
func (n *Node) In(i int) *Node { return n.in[i] }

// Inputs returns the inputs of n.
func (n *Node) Inputs() []*Node { return slices.Clone(n.in) }

// Shape returns the shape of n; that of a failed node is ().
func (n *Node) Shape() Shape {
	if n == nil {
		return Shape{}
	}
	return n.shape
}

// Graph returns the graph that n belongs to.
func (n *Node) Graph() *Graph {
	if n == nil {
		return nil
	}
	return n.g
}

// Err returns why n could not be built, or nil.
func (n *Node) Err() error {
	if n == nil {
		return fmt.Errorf("nil node: %w", ErrGraph)
	}
	return n.err
}

// Extent returns the extent whose number a node of the kind Examples is; 0 for other nodes.
func (n *Node) Extent() int { return n.extent }

// Name returns the name n is printed by, or "".
func (n *Node) Name() string { return n.name }

// Named sets the name n is printed by, and returns n. No Program of n may be used in another
// goroutine meanwhile.
func (n *Node) Named(name string) *Node {
	p := *n.particulars
	p.name = name
	n.particulars = &p
	return n
}

// Value returns the tensor of a parameter, state or constant, nil for other nodes. An
// optimizer moves a parameter by writing to it.
func (n *Node) Value() *tensor.Dense { return n.value }

// ReverseOf returns the node whose reverse derivative appended n to the graph,
// or nil if no VJP did.
func (n *Node) ReverseOf() *Node { return n.reverseOf }

// describe prints an application for an error: "φ(w (1, 3), x (4, N))".
func describe(op Op, x []*Node) string {
	s := op.String() + "("
	for i, n := range x {
		if i > 0 {
			s += ", "
		}
		s += n.Label() + " " + n.shape.String()
	}
	return s + ")"
}

// Label is how errors and listings call n: its name, or else its op and position, "σ#7", or
// its position alone.
func (n *Node) Label() string {
	switch {
	case n == nil:
		return "nil"
	case n.name != "":
		return n.name
	case n.op != nil:
		return n.op.String() + "#" + strconv.Itoa(n.number())
	}
	return "#" + strconv.Itoa(n.number())
}
