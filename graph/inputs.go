package graph

import (
	"cmp"
	"fmt"
	"slices"

	"adjoint/compute"

	"gorgonia.org/tensor"
)

// Inputs are what has been fed, and what it says symbols are. Several Programs of a graph may
// read the same Inputs. They serve one goroutine.
//
// What is fed says what the symbols of its shape are: (3, T·N), fed as (3, 35), says with
// T = 7 that N = 5. What was fed later prevails: an input that then disagrees has to be fed
// again. A quotient with a remainder, and a product of symbols that nothing else tells, say
// nothing until those are known.
//
// Each input keeps the buffers of its last few shapes.
type Inputs struct {
	g       *Graph
	of      map[*Node]*fed
	at      sizes  // what symbols are
	version uint64 // how often something was fed, and 1

	next, know       sizes // see solve
	list, silent     []*fed
	extents, numbers []int
}

// A fed is an input and what it was fed last.
type fed struct {
	node    *Node
	kept    bool   // some Program may read it
	dims    []int  // of what was fed last; nil before that
	version uint64 // of Inputs, when it was fed
	agrees  bool   // with what was fed later
	filled  bool   // value has what was fed
	value   *tensor.Dense
	lent    *tensor.Dense // nil if value is a buffer of its own
	ordered *tensor.Dense // a row-major copy of what was lent, once it is needed
	own     []binding     // buffers, most recently used first
}

// maxBuffers is the number of shapes whose buffers an input keeps.
const maxBuffers = maxPlans

// NewInputs returns Inputs for Programs of outputs of one graph: they keep what is fed for the
// inputs from which any of the outputs is computed. What is fed for other inputs of the graph
// says what symbols are, and no more. The error wraps ErrGraph, or is that of an output.
func NewInputs(outputs ...*Node) (*Inputs, error) {
	if err := firstError(outputs); err != nil {
		return nil, err
	}
	in := &Inputs{version: 1}
	for _, y := range outputs {
		if in.g == nil {
			in.g = y.g
		}
		if in.g != y.g {
			return nil, fmt.Errorf("inputs of %s and %s: %w", outputs[0].Label(), y.Label(), ErrGraph)
		}
	}
	for n := range inCone(outputs) {
		if n.isFed() {
			in.entry(n).kept = true
		}
	}
	return in, nil
}

// entry returns what x was fed.
func (in *Inputs) entry(x *Node) *fed {
	f := in.of[x]
	if f == nil {
		if in.of == nil {
			in.of = map[*Node]*fed{}
		}
		f = &fed{node: x}
		in.of[x] = f
	}
	return f
}

// has reports whether f was fed what counts.
func (f *fed) has() bool { return f.filled && f.agrees }

// buffer returns the buffer of f for these extents.
func (f *fed) buffer(dims []int) *binding {
	i := slices.IndexFunc(f.own, func(b binding) bool { return slices.Equal(b.shape, dims) })
	if i < 0 {
		if len(f.own) == maxBuffers {
			last := maxBuffers - 1
			if f.own[last].value == f.value {
				last--
			}
			f.own = slices.Delete(f.own, last, last+1)
		}
		i = len(f.own)
		f.own = append(f.own, bindingOf(f.node, oneDense().zero(f.node.g.Dtype(), dims...)))
	}
	b := f.own[i]
	copy(f.own[1:i+1], f.own[:i])
	f.own[0] = b
	return &f.own[0]
}

// drop forgets a buffer, unless it has what was fed last.
func (f *fed) drop(v *tensor.Dense) {
	if v != f.value {
		f.own = slices.DeleteFunc(f.own, func(b binding) bool { return b.value == v })
	}
}

// lentAt returns what was lent, if it has the extents that these numbers make, or a copy of
// it, if some kernel reads it row by row; or nil.
func (f *fed) lentAt(at sizes, byRows bool) *tensor.Dense {
	dims := f.node.shape.dimsAt(at, &few{})
	if f.lent == nil || !slices.Equal(f.lent.Shape(), dims) {
		return nil
	}
	if !byRows || rowMajor(f.lent) {
		return f.lent
	}
	if f.ordered == nil {
		f.ordered = oneDense().zero(f.lent.Dtype(), dims...)
		compute.Loop(copyColumns[float32], copyColumns[float64]).Run(f.ordered, f.lent)
	}
	return f.ordered
}

// bindingAt returns what a plan for these numbers is bound to: what was lent, or a buffer.
func (f *fed) bindingAt(at sizes, byRows bool) binding {
	if v := f.lentAt(at, byRows); v != nil {
		return bindingOf(f.node, v)
	}
	return *f.buffer(f.node.shape.dimsAt(at, &few{}))
}

// boundAt reports whether a plan that is bound to b is bound to bindingAt.
func (f *fed) boundAt(b *binding, at sizes, byRows bool) bool {
	if v := f.lentAt(at, byRows); v != nil {
		return b.value == v && b.same()
	}
	return b.value == f.buffer(f.node.shape.dimsAt(at, &few{})).value
}

// begin makes f ready to be fed a tensor of these extents, its own buffer, or lent. room sees
// to it that there is room for what symbols are then. If it fails, nothing has changed.
func (in *Inputs) begin(f *fed, dims []int, lent *tensor.Dense, room func(at sizes) error) error {
	in.version++
	if f.lent == nil && lent == nil && f.agrees && slices.Equal(f.dims, dims) && (f.value != nil || !f.kept) {
		f.version, f.filled = in.version, false
		return nil // symbols are what they were
	}
	var array few
	was, wasDims := *f, append(array[:0], f.dims...)
	f.version, f.agrees, f.filled, f.lent, f.ordered = in.version, true, false, lent, nil
	f.dims = append(f.dims[:0], dims...)
	err := in.solve(f)
	if err == nil {
		err = room(in.next)
	}
	if err == nil && f.kept {
		err = checkDims(dims)
	}
	if err != nil {
		f.version, f.agrees, f.filled, f.lent, f.ordered = was.version, was.agrees, was.filled, was.lent, was.ordered
		if f.dims = append(f.dims[:0], wasDims...); was.dims == nil {
			f.dims = nil // it was never fed
		}
		return err
	}
	for _, s := range in.silent {
		s.agrees = false
	}
	in.at, in.next = in.next, in.at
	if f.value = lent; f.kept && lent == nil {
		f.value = f.buffer(dims).value
	}
	return nil
}

// solve finds what symbols are next: by what was fed last, by what was fed before that and
// agrees, and so on. Those that do not agree are silent. What was fed last, f, may be
// impossible.
func (in *Inputs) solve(f *fed) error {
	in.list, in.silent, in.next = in.list[:0], in.silent[:0], in.next[:0]
	in.extents, in.numbers = in.extents[:0], in.numbers[:0]
	for _, o := range in.of {
		if o.agrees && (o == f || o.node.shape.Symbolic()) {
			in.list = append(in.list, o)
		}
	}
	slices.SortFunc(in.list, func(a, b *fed) int { return cmp.Compare(b.version, a.version) })
	for _, o := range in.list {
		so := len(in.extents)
		in.extents = o.node.shape.extents.appendTo(in.extents)
		in.numbers = append(in.numbers, o.dims...)
		in.know = append(in.know[:0], in.next...)
		switch {
		case len(in.extents) == len(in.numbers) && in.know.learnAll(in.extents, in.numbers):
			in.know, in.next = in.next, in.know
		case o == f:
			return fmt.Errorf("tensor of shape %v, want %v%s: %w", ShapeOf(f.dims...), f.node.shape, feedHint(f.node, f.dims), ErrShape)
		default:
			in.extents, in.numbers = in.extents[:so], in.numbers[:so]
			in.silent = append(in.silent, o)
		}
	}
	return nil
}

// check reports why x is no input of the graph.
func (in *Inputs) check(x *Node) error {
	if err := x.Err(); err != nil {
		return err
	}
	switch {
	case x.g != in.g:
		return ErrGraph
	case !x.isFed():
		return fmt.Errorf("%s is of the kind %v; what is fed is an Input, and a parameter is changed by writing to its Value: %w", x.Label(), x.kind, ErrNotInput)
	}
	return nil
}

// unfed returns the error of a Run that needs f, which was not fed, or for other numbers.
func (in *Inputs) unfed(f *fed) error {
	x := f.node
	if f.dims == nil || f.agrees {
		return fmt.Errorf("run: %s of shape %v: %w", x.Label(), x.shape, ErrUnfed)
	}
	var against *fed
	for _, o := range in.of {
		if o.agrees && (against == nil || o.version < against.version) && f.differs(o) != 0 {
			against = o
		}
	}
	if against == nil {
		return fmt.Errorf("run: %s of shape %v was fed as %v, and then something for other numbers than that; feed it again, now for %v: %w: %w",
			x.Label(), x.shape, ShapeOf(f.dims...), in.at, ErrUnfed, ErrShape)
	}
	s := f.differs(against)
	return fmt.Errorf("run: %s says %s = %d, %s says %s = %d: feed both for one %s: %w: %w", x.Label(), ExtentString(s), f.says().of(s),
		against.node.Label(), ExtentString(s), against.says().of(s), ExtentString(s), ErrUnfed, ErrShape)
}

// says returns what symbols are by f alone.
func (f *fed) says() (at sizes) {
	at.learnAll(f.node.shape.Dims(), f.dims)
	return at
}

// differs returns a symbol that is one number by f, and another by o, or 0.
func (f *fed) differs(o *fed) int {
	says := o.says()
	for _, s := range f.says() {
		if n := says.of(s.symbol); n != 0 && n != s.number {
			return s.symbol
		}
	}
	return 0
}
