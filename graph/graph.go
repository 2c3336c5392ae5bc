package graph

import (
	"fmt"
	"slices"
	"sync"

	"gorgonia.org/tensor"
)

// A Graph is a formula: a list of nodes in which inputs precede their uses. It
// only grows, and is built by one goroutine. The zero Graph is an empty one of
// float64 tensors.
type Graph struct {
	dtype   tensor.Dtype
	err     error
	nodes   nodeList
	index   index           // of nodes of ops
	sizes   []*Node         // see Size
	visits  visits          // of cone
	literal bool            // see NoStable
	calls   map[*Node]calls // that made the nodes; nil but after NoteLines
	held    []*Node         // that ops take for leaves
	twins   map[*Node]*Node // see unheld
	updates []update        // of states

	draft    *draft     // nil but for what the compiler makes
	open     *Graph     // the draft in which ops are applied, while there is one
	drafting sync.Mutex // locked then
	trace    *trace     // nil but while a Body is being built in it
	body     bool       // it is that of a Body

	signatures  signatures
	inputs      arena[*Node]       // of lists of inputs
	particulars arena[particulars] // of leaves
	values      denses             // of parameters and constants
	shapes      []Shape            // of the inputs that an op is being applied to
}

// New returns an empty graph of float64 tensors.
func New() *Graph { return NewOf(tensor.Float64) }

// NewOf returns an empty graph of tensors of the given float type,
// tensor.Float32 or tensor.Float64. Any other type is ErrType, which the nodes
// of the graph carry and Compile returns.
func NewOf(dtype tensor.Dtype) *Graph {
	g := &Graph{dtype: dtype}
	if dtype != tensor.Float32 && dtype != tensor.Float64 {
		g.err = fmt.Errorf("%s: graph of %v: want float32 or float64: %w", caller(), dtype, ErrType)
	}
	return g
}

// NoStable makes derivatives and Programs of g take formulas as they are written, where
// else they would take the forms that keep their accuracy, and returns g. Call it before
// the first of them:
//
//	g := graph.New().NoStable()
func (g *Graph) NoStable() *Graph {
	g.literal = true
	return g
}

// Literal reports whether NoStable was called.
func (g *Graph) Literal() bool { return g.literal }

// Dtype returns the float type of the graph's tensors.
func (g *Graph) Dtype() tensor.Dtype {
	if g.dtype.Type == nil {
		return tensor.Float64
	}
	return g.dtype
}

// Input returns a leaf that is fed at run time. An extent may be Batch, or another symbol or product.
func (g *Graph) Input(name string, shape ...int) *Node {
	return g.leaf(Input, ShapeOf(shape...), particulars{name: name})
}

// Param returns a leaf that an optimizer moves. It starts as a copy of value, a
// plain row-major tensor of the graph's float type.
func (g *Graph) Param(name string, value *tensor.Dense) *Node {
	return g.tensor(Param, name, value)
}

// ZeroParam is Param of zeros. What else it starts as may be written to its Value, which spares a copy.
// The error of the node wraps ErrEmpty if an extent is 0, ErrShape if one is a symbol or no extent, ErrSize
// or ErrGraph.
func (g *Graph) ZeroParam(name string, shape ...int) *Node {
	s := ShapeOf(shape...)
	err := s.check()
	switch {
	case g == nil:
		err = fmt.Errorf("nil graph: %w", ErrGraph)
	case err == nil && s.Symbolic():
		err = fmt.Errorf("a parameter of shape %v: %w", s, ErrShape)
	}
	if err != nil {
		return fail(g, "%s: %w", name, err)
	}
	return g.leaf(Param, s, particulars{name: name, value: g.values.zeros(g.Dtype(), shape...)})
}

// Constant returns a leaf whose value is a copy of a plain row-major tensor of
// the graph's float type.
func (g *Graph) Constant(name string, value *tensor.Dense) *Node {
	return g.tensor(Const, name, value)
}

// Const returns the constant tensor whose entries all are c; with no extents,
// the number c. An extent may be Batch, or another symbol or product.
func (g *Graph) Const(c float64, shape ...int) *Node {
	s := ShapeOf(shape...)
	if err := s.check(); err != nil {
		return fail(g, "constant %g: %w", c, err)
	}
	return g.apply(fillOf(c, s), nil)
}

// BatchSize returns Size(Batch), the number N of examples. In the rule of an op it is the
// wrong number wherever the op is applied to a tensor without Batch, or to one that has it
// elsewhere: what a rule divides by is ops.Count of its input and axes, or Size of an extent
// of its shape.
func (g *Graph) BatchSize() *Node { return g.Size(Batch) }

// Size returns the number that an extent is as a scalar: a constant, if it is a number, and
// else a leaf that every Run knows. So a rule divides by the extent of an axis, as in
// Size(x.Shape().Dim(0)), without knowing its number.
func (g *Graph) Size(extent int) *Node {
	if extent >= 0 {
		return g.Const(float64(extent))
	}
	if g = g.here(); g != nil {
		for _, n := range g.sizes {
			if n.extent == extent {
				return n
			}
		}
	}
	if !knownExtent(extent) {
		return fail(g, "size: extent %s: %w", ExtentString(extent), ErrShape)
	}
	n := g.leaf(Examples, Shape{}, particulars{name: ExtentString(extent), extent: extent})
	if n.err == nil {
		g.sizes = append(g.sizes, n)
	}
	return n
}

func (g *Graph) tensor(kind Kind, name string, value *tensor.Dense) *Node {
	if g == nil {
		return fail(g, "%s: nil graph: %w", name, ErrGraph)
	}
	if err := g.accepts(value); err != nil {
		return fail(g, "%s: %w", name, err)
	}
	return g.leaf(kind, shapeOf(value), particulars{name: name, value: g.values.copyOf(value)})
}

func (g *Graph) leaf(kind Kind, shape Shape, p particulars) *Node {
	if g = g.here(); g == nil {
		return fail(g, "%s: nil graph: %w", p.name, ErrGraph)
	}
	if g.err != nil {
		return failed(g, g.err)
	}
	if err := shape.check(); err != nil {
		return fail(g, "%s: %w", p.name, err)
	}
	leaf := g.add()
	p.kind = kind
	leaf.signature, leaf.particulars = g.signatures.ofLeaf(shape), &g.particulars.take(1)[0]
	*leaf.particulars = p
	return leaf
}

// standIn returns a new leaf that is an argument while a rule is being expanded.
func (g *Graph) standIn(name string, shape Shape) *Node {
	g = g.here()
	n := g.add()
	n.particulars, n.signature = &particulars{kind: standIn, name: name}, g.signatures.ofLeaf(shape)
	return n
}

// add returns a new node, of nothing yet.
func (g *Graph) add() *Node {
	id := g.Len()
	n := g.nodes.add()
	n.g, n.id, n.signature, n.particulars = g, id, unsigned, none
	return n
}

// Apply returns the node op(x…), the one that is already there if there is one.
// It is how the functions of package ops, and yours, turn an Op into a node.
func Apply(op Op, x ...*Node) *Node {
	if len(x) == 0 {
		return fail(nil, "%v of no nodes: %w", op, ErrGraph)
	}
	if i := slices.Index(x, nil); i >= 0 {
		return fail(nil, "%v: input %d is a nil node: %w", op, i, ErrGraph)
	}
	if err := firstError(x); err != nil {
		return failed(x[0].Graph(), err)
	}
	g := x[0].g.here()
	for _, n := range x {
		if n.g != g && n.g.open != g {
			in, ok := oneGraph(x)
			if !ok {
				return fail(x[0].g, "%s: %w", describe(op, x), ErrGraph)
			}
			if err := firstError(in); err != nil {
				return failed(in[0].g, err)
			}
			return in[0].g.apply(op, in)
		}
	}
	return g.apply(op, x)
}

func (g *Graph) apply(op Op, x []*Node) *Node {
	if g = g.here(); g == nil {
		return fail(g, "%v: nil graph: %w", op, ErrGraph)
	}
	if g.err != nil {
		return failed(g, g.err)
	}
	h := hashOf(op, x)
	s, n := g.find(h, op, x)
	if n != nil {
		return n.unheld()
	}
	origin, there := g.draft.find(h, op, x)
	if there != nil {
		return there
	}
	if s == nil {
		shape, err := g.shapeOf(op, x)
		if err != nil {
			return fail(g, "%s: %w%s", describe(op, x), err, hint(op, x))
		}
		s = g.signatures.add(h, op, shape, x)
	}
	n = g.add()
	n.signature, n.in = s, g.inputs.take(len(x))
	copy(n.in, x)
	g.index.add(h.inputs(x), n.id)
	g.note(n)
	if origin != nil {
		g.draft.stands(n, origin)
	}
	return n
}

// find returns the signature of op(x…), which has this hash, and the node; or nil where there is none.
func (g *Graph) find(h signatureHash, op Op, x []*Node) (*signature, *Node) {
	s := g.signatures.find(h, op, x)
	if s == nil {
		return nil, nil
	}
	id := g.index.find(h.inputs(x), func(id int) bool { n := g.node(id); return n.signature == s && slices.Equal(n.in, x) })
	if id < 0 {
		return s, nil
	}
	return s, g.node(id)
}

// shapeOf asks op for the shape of op(x…).
func (g *Graph) shapeOf(op Op, x []*Node) (Shape, error) {
	g.shapes = g.shapes[:0]
	for _, n := range x {
		g.shapes = append(g.shapes, n.shape)
	}
	shape, err := op.Shape(g.shapes...)
	if err == nil && !slices.Contains(g.shapes, shape) {
		err = shape.check()
	}
	return shape, err
}
