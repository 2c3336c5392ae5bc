package graph

import (
	"fmt"
	"maps"
	"slices"
)

// A Body is a map (x…) ↦ (y…) inside an op, such as the step that a loop takes again and
// again. It is a formula in a graph of its own, whose inputs are x.
//
// Examples are the last axis, Batch, of what has them, and are kept apart. So the map is the
// same for any number of them, and a step of N examples at T times is one of T·N examples: see
// At. An input without examples is shared by all of them, as weights are.
type Body struct {
	g       *Graph
	in, out []*Node
	derived map[string]*Body // see derive
	kept    []int            // see Split
	again   bool             // nothing is emitted for its adjoint: see Recompute
	checked bool             // see CheckStep
	refused error
}

// NewBody returns the map of the nodes in, inputs of one graph that is not built any further, whose
// values are out. A value that is nil is zero. The error is that of a node that failed, or wraps
// ErrGraph if a value depends on another input, or on a parameter.
func NewBody(in, out []*Node) (*Body, error) {
	values := nonzero(out)
	if len(in) == 0 || len(values) == 0 {
		return nil, fmt.Errorf("%s: a formula of %d inputs and %d values, want both: %w", caller(), len(in), len(values), ErrGraph)
	}
	if err := firstError(slices.Concat(in, values)); err != nil {
		return nil, err
	}
	for i, x := range in {
		if x.kind != Input || x.g != in[0].g || slices.Contains(in[:i], x) {
			return nil, fmt.Errorf("%s: input %s of a formula: want inputs of one graph, each once: %w", caller(), x.Label(), ErrGraph)
		}
	}
	for _, y := range values {
		if y.g != in[0].g {
			return nil, fmt.Errorf("%s: value %s of a formula: %w", caller(), y.Label(), ErrGraph)
		}
	}
	for _, n := range cone(values, nil) {
		if n.op == nil && n.kind != Const && n.kind != Examples && !slices.Contains(in, n) {
			return nil, fmt.Errorf("%s: a formula depends on %s, which is none of its inputs: %w", caller(), n.Label(), ErrGraph)
		}
	}
	b := &Body{g: in[0].g, in: in, out: out}
	b.g.body = true
	return b, nil
}

// Inputs returns the inputs.
func (b *Body) Inputs() []*Node { return slices.Clone(b.in) }

// Outputs returns the values; nil is zero.
func (b *Body) Outputs() []*Node { return slices.Clone(b.out) }

// nonzero returns the nodes that are not nil.
func nonzero(nodes []*Node) []*Node {
	return slices.DeleteFunc(slices.Clone(nodes), func(n *Node) bool { return n == nil })
}

// nodes returns the nodes from the inputs to the values.
func (b *Body) nodes() []*Node { return cone(nonzero(b.out), nil) }

// CheckStep returns an error, which wraps ErrShape and names the node, if b cannot be the step of
// a loop: it has to keep examples apart, and to emit nothing but rows of known number beside the
// state.
func (b *Body) CheckStep() error {
	if !b.checked {
		b.checked, b.refused = true, b.checkStep()
	}
	return b.refused
}

func (b *Body) checkStep() error {
	if len(b.in) == 0 || len(b.out) == 0 || slices.Contains(b.out, nil) {
		return fmt.Errorf("%s: a step of %d inputs and %d values: %w", caller(), len(b.in), len(b.out), ErrShape)
	}
	for _, n := range b.nodes() {
		if n.examples() && (n.kind == Examples || !n.keepsApart()) {
			return fmt.Errorf("%s: a step keeps examples apart, %s of shape %v does not: %w", caller(), n.Label(), n.shape, ErrShape)
		}
	}
	if state := b.in[0].shape; !state.examplesLast() || b.out[0].shape != state {
		return fmt.Errorf("%s: a step makes %v of a state of shape %v, want (…, N) of the same: %w", caller(), b.out[0].shape, state, ErrShape)
	}
	for _, n := range b.out[1:] {
		if !n.emits() || !b.out[0].emits() {
			return fmt.Errorf("%s: a step emits %s of shape %v beside a state of shape %v, want numbers of rows: %w", caller(), n.Label(), n.shape, b.out[0].shape, ErrShape)
		}
	}
	return nil
}

// examples reports whether n, or what it is computed from, has examples.
func (n *Node) examples() bool {
	return n.kind == Examples && Holds(n.extent, Batch) || n.shape.Holds(Batch) || slices.ContainsFunc(n.in, func(x *Node) bool { return x.shape.Holds(Batch) })
}

// keepsApart reports whether n keeps examples apart, as the last factor of its last axis.
func (n *Node) keepsApart() bool {
	return n.shape.endsIn(Batch) && (len(n.in) == 0 || treatment(Batch, n, n.op.Kernel().IsEntrywise()) == Independent)
}

// endsIn reports whether a symbol is the last factor of the last axis, and there alone.
func (s Shape) endsIn(symbol int) bool {
	l, ok := s.layoutOf(symbol)
	return ok && l.axis == s.Rank()-1 && l.each == 1
}

// examplesLast reports whether examples are the last axis, N, and no other.
func (s Shape) examplesLast() bool { return s.endsIn(Batch) && s.Dim(s.Rank()-1) == Batch }

// derive returns the map of a name that is made of b, made once.
func (b *Body) derive(name string, make func() *Body) *Body {
	d := b.derived[name]
	if d == nil {
		if b.derived == nil {
			b.derived = map[string]*Body{}
		}
		d = make()
		b.derived[name] = d
	}
	return d
}

// Define returns the map of a name that f builds in a graph of its own, at inputs of these shapes.
// It is made once, for b.
func (b *Body) Define(name string, f func(x ...*Node) []*Node, shapes ...Shape) (*Body, error) {
	if d := b.derived[name]; d != nil {
		return d, nil
	}
	g := NewOf(b.g.Dtype())
	g.literal = b.g.literal
	in := make([]*Node, len(shapes))
	for i, s := range shapes {
		in[i] = g.Input(fmt.Sprintf("x%d", i), s.Dims()...)
	}
	d, err := NewBody(in, f(in...))
	if err != nil {
		return nil, err
	}
	return b.derive(name, func() *Body { return d }), nil
}

func (b *Body) input(name string, s Shape) *Node {
	return b.g.Input(name, s.Dims()...)
}

// inputs returns an input of the shape of each of some nodes.
func (b *Body) inputs(name string, like []*Node) []*Node {
	in := make([]*Node, len(like))
	for i, n := range like {
		in[i] = b.input(name, n.shape)
	}
	return in
}

// At returns the values at x, with another extent in place of Batch. A nil value is zero. The
// values that are known, by node of b's graph, are not computed again.
func (b *Body) At(examples int, x []*Node, known map[*Node]*Node) []*Node {
	g, of := x[0].g, maps.Clone(known)
	if of == nil {
		of = map[*Node]*Node{}
	}
	for i, s := range b.in {
		of[s] = x[i]
	}
	for _, n := range b.nodes() {
		switch {
		case of[n] != nil:
		case n.kind == Const:
			of[n] = g.Constant(n.name, n.value)
		case n.op == nil:
			of[n] = g.Size(n.extent)
		default:
			in := make([]*Node, len(n.in))
			for i, x := range n.in {
				in[i] = of[x]
			}
			of[n] = g.appliedTo(resize(n.op, len(n.in), func(s Shape) Shape { return s.Replace(Batch, examples) }), in)
		}
	}
	out := make([]*Node, len(b.out))
	for i, y := range b.out {
		if y != nil {
			out[i] = of[y]
		}
	}
	return out
}

// appliedTo is Apply for an op that may have no inputs.
func (g *Graph) appliedTo(op Op, in []*Node) *Node {
	if len(in) == 0 {
		return g.apply(op, nil)
	}
	return Apply(op, in...)
}

// resize returns an op with others in place of the shapes that it describes.
func resize(op Op, inputs int, other func(Shape) Shape) Op {
	described, ok := op.(Describer)
	if !ok {
		return op
	}
	d := described.Describe()
	d.Args = slices.Clone(d.Args)
	changed := false
	for i, a := range d.Args {
		if s, ok := a.(Shape); ok && other(s) != s {
			d.Args[i], changed = other(s), true
		}
	}
	if !changed {
		return op
	}
	resized, err := Make(d, inputs)
	if err != nil {
		return unmade{op, err}
	}
	return resized
}

// An unmade op could not be made for other shapes: its nodes carry the error.
type unmade struct {
	Op
	err error
}

func (u unmade) Shape(...Shape) (Shape, error) { return Shape{}, u.err }
