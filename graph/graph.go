package graph

import (
	"fmt"
	"slices"
	"strconv"

	"gorgonia.org/tensor"
)

// A Graph is a formula: a list of nodes in which inputs precede their uses. It
// only grows, and is built by one goroutine. The zero Graph is not usable; call
// New or NewOf.
type Graph struct {
	dtype    tensor.Dtype
	err      error
	nodes    []*Node
	index    map[key]*Node
	examples *Node          // BatchSize
	bypassed map[*Node]bool // by stabilise
}

// A key is what makes two nodes the same value: equal ops of the same inputs.
type key struct {
	op Op
	in Ints
}

// New returns an empty graph of float64 tensors.
func New() *Graph { return NewOf(tensor.Float64) }

// NewOf returns an empty graph of tensors of the given float type,
// tensor.Float32 or tensor.Float64. Any other type is ErrType, which the nodes
// of the graph carry and Compile returns.
func NewOf(dtype tensor.Dtype) *Graph {
	g := &Graph{dtype: dtype, index: map[key]*Node{}, bypassed: map[*Node]bool{}}
	if dtype != tensor.Float32 && dtype != tensor.Float64 {
		g.err = fmt.Errorf("%s: graph of %v: want float32 or float64: %w", caller(), dtype, ErrType)
	}
	return g
}

// Dtype returns the float type of the graph's tensors.
func (g *Graph) Dtype() tensor.Dtype { return g.dtype }

// Len returns the number of nodes.
func (g *Graph) Len() int { return len(g.nodes) }

// A Kind says what sort of value a node is.
type Kind int

// The kinds of nodes: values of ops, and four sorts of leaves.
const (
	Applied  Kind = iota // op(x…)
	Input                // fed at run time
	Param                // moved by an optimizer
	Const                // a tensor that never changes
	Examples             // the number N, as a scalar
	standIn              // an argument while a rule is being expanded
)

// A Node is a value in a graph. Identity is by node, never by name. A node that
// could not be built is failed: it has an error and no shape, and so has every
// node computed from it.
type Node struct {
	g     *Graph
	id    int
	kind  Kind
	op    Op
	in    []*Node
	shape Shape
	name  string
	value *tensor.Dense
	err   error

	reverseOf *Node // the node whose r appended this one
	stable    *Node // see stabilise
}

// Op returns the map of which n is a value, or nil for a leaf.
func (n *Node) Op() Op {
	if n == nil {
		return nil
	}
	return n.op
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

// Name returns the name n is printed by, or "".
func (n *Node) Name() string { return n.name }

// Named sets the name n is printed by, and returns n.
func (n *Node) Named(name string) *Node {
	n.name = name
	return n
}

// Value returns the tensor of a parameter or constant, nil for other nodes. An
// optimizer moves a parameter by writing to it.
func (n *Node) Value() *tensor.Dense { return n.value }

// ReverseOf returns the node whose reverse derivative appended n to the graph,
// or nil if no VJP did.
func (n *Node) ReverseOf() *Node { return n.reverseOf }

// Input returns a leaf that is fed at run time. An extent may be Batch.
func (g *Graph) Input(name string, shape ...int) *Node {
	return g.leaf(&Node{kind: Input, name: name, shape: ShapeOf(shape...)})
}

// Param returns a leaf that an optimizer moves. It starts as a copy of value, a
// plain row-major tensor of the graph's float type.
func (g *Graph) Param(name string, value *tensor.Dense) *Node {
	return g.tensor(Param, name, value)
}

// Constant returns a leaf whose value is a copy of a plain row-major tensor of
// the graph's float type.
func (g *Graph) Constant(name string, value *tensor.Dense) *Node {
	return g.tensor(Const, name, value)
}

// Const returns the constant tensor whose entries all are c; with no extents,
// the number c. An extent may be Batch.
func (g *Graph) Const(c float64, shape ...int) *Node {
	s := ShapeOf(shape...)
	if err := s.check(); err != nil {
		return fail(g, "constant %g: %w", c, err)
	}
	return g.apply(fill{c, s}, nil)
}

// BatchSize returns N, the number that Batch stands for, as a scalar. It is how
// a rule divides by the number of examples without knowing it.
func (g *Graph) BatchSize() *Node {
	if g == nil || g.examples == nil {
		n := g.leaf(&Node{kind: Examples, name: "N"})
		if n.err != nil {
			return n
		}
		g.examples = n
	}
	return g.examples
}

func (g *Graph) tensor(kind Kind, name string, value *tensor.Dense) *Node {
	if g == nil {
		return fail(g, "%s: nil graph: %w", name, ErrGraph)
	}
	if err := g.accepts(value); err != nil {
		return fail(g, "%s: %w", name, err)
	}
	return g.leaf(&Node{kind: kind, name: name, shape: shapeOf(value), value: copyOf(value)})
}

func (g *Graph) leaf(n *Node) *Node {
	if g == nil {
		return fail(g, "%s: nil graph: %w", n.name, ErrGraph)
	}
	if g.err != nil {
		return failed(g, g.err)
	}
	if err := n.shape.check(); err != nil {
		return fail(g, "%s: %w", n.name, err)
	}
	return g.add(n)
}

func (g *Graph) add(n *Node) *Node {
	n.g, n.id = g, len(g.nodes)
	g.nodes = append(g.nodes, n)
	return n
}

// Apply returns the node op(x…), the one that is already there if there is one.
// It is how the functions of package ops, and yours, turn an Op into a node.
func Apply(op Op, x ...*Node) *Node {
	if len(x) == 0 {
		return fail(nil, "%v of no nodes: %w", op, ErrGraph)
	}
	if err := firstError(x); err != nil {
		return failed(x[0].Graph(), err)
	}
	g := x[0].g
	for _, n := range x {
		if n.g != g {
			return fail(g, "%s: %w", describe(op, x), ErrGraph)
		}
	}
	return g.apply(op, x)
}

func (g *Graph) apply(op Op, x []*Node) *Node {
	if g == nil {
		return fail(g, "%v: nil graph: %w", op, ErrGraph)
	}
	if g.err != nil {
		return failed(g, g.err)
	}
	ids, shapes := make([]int, len(x)), make([]Shape, len(x))
	for i, n := range x {
		ids[i], shapes[i] = n.id, n.shape
	}
	k := key{op, IntsOf(ids...)}
	if n := g.index[k]; n != nil {
		return n
	}
	shape, err := op.Shape(shapes...)
	if err == nil {
		err = shape.check()
	}
	if err != nil {
		return fail(g, "%s: %w", describe(op, x), err)
	}
	n := g.add(&Node{op: op, in: slices.Clone(x), shape: shape})
	g.index[k] = n
	return n
}

// describe prints an application for an error: "φ(w (1, 3), x (4, N))".
func describe(op Op, x []*Node) string {
	s := op.String() + "("
	for i, n := range x {
		if i > 0 {
			s += ", "
		}
		s += n.label() + " " + n.shape.String()
	}
	return s + ")"
}

// label is a short name for n: its own, or its op and position.
func (n *Node) label() string {
	switch {
	case n.name != "":
		return n.name
	case n.op != nil:
		return n.op.String() + "#" + strconv.Itoa(n.id)
	}
	return "#" + strconv.Itoa(n.id)
}

// Params returns the parameters that y depends on, oldest first.
func Params(y ...*Node) []*Node {
	var params []*Node
	for _, n := range cone(y, nil) {
		if n.kind == Param {
			params = append(params, n)
		}
	}
	return params
}

// cone returns the nodes from which y is computed, y included, inputs first. It
// does not enter nodes for which stop says so.
func cone(y []*Node, stop func(*Node) bool) []*Node {
	var roots []*Node
	for _, n := range y {
		if n.Err() == nil && (stop == nil || !stop(n)) {
			roots = append(roots, n)
		}
	}
	if stop == nil {
		return topological(roots, func(n *Node) []*Node { return n.in })
	}
	return topological(roots, func(n *Node) []*Node {
		return slices.DeleteFunc(slices.Clone(n.in), stop)
	})
}

// topological returns the nodes reached from roots, inputs first. next is called
// once for each.
func topological(roots []*Node, next func(*Node) []*Node) []*Node {
	seen := make(map[*Node]bool, len(roots))
	var nodes []*Node
	visit := func(list []*Node) {
		for _, n := range list {
			if !seen[n] {
				seen[n] = true
				nodes = append(nodes, n)
			}
		}
	}
	visit(roots)
	for i := 0; i < len(nodes); i++ {
		visit(next(nodes[i]))
	}
	slices.SortFunc(nodes, func(a, b *Node) int { return a.id - b.id })
	return nodes
}
