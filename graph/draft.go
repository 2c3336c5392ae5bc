package graph

import (
	"fmt"
	"iter"
	"reflect"
	"runtime"
	"slices"
)

// A draft is what the passes of Compile add to a formula: a graph over the user's. Its nodes
// come after those of that, and read them. The user's graph stays as it is.
type draft struct {
	base   *Graph
	before nodeList        // of base
	needs  []bool          // by id: the nodes of before that the outputs are computed from, as they are
	origin map[*Node]*Node // of a node that was added, the node of base that it is
	of     map[*Node]*Node // the other way round
}

// draft finds the nodes that the outputs are computed from, and begins the graph of what is added.
func (f *formula) draft() error {
	base := f.g
	d := &draft{base: base, before: base.nodes, origin: map[*Node]*Node{}, of: map[*Node]*Node{}}
	f.g = &Graph{draft: d}
	if base.draft != nil { // what a Program computes is compiled again
		d.base, d.before, f.g.nodes = base.draft.base, base.draft.before, base.nodes
	}
	f.g.dtype, f.g.literal, f.first = d.base.Dtype(), d.base.literal, f.g.Len()
	asShown := true // every node is what it is but for derivatives
	f.roots = slices.Clone(f.outputs)
	d.needs = f.g.needed(f.outputs, 0, func(n *Node) (stop bool) {
		asShown = asShown && n.shown() == n
		return false
	})
	if !asShown {
		f.copy()
	}
	for _, n := range d.base.sizes {
		if d.uses(n) {
			f.g.sizes = append(f.g.sizes, n)
		}
	}
	return nil
}

// copy replaces the nodes of the formula by copies, in order, that read what nodes are but for
// derivatives.
func (f *formula) copy() {
	d := f.g.draft
	for n := range f.g.those(d.needs, 0) {
		m := f.g.add()
		m.signature, m.in = n.signature, f.g.inputs.take(len(n.in))
		for k, x := range n.in {
			m.in[k] = d.of[x]
		}
		d.stands(m, n)
		d.of[n] = m.shown()
		if m.kind == Examples {
			f.g.sizes = append(f.g.sizes, m)
		}
	}
	for i, y := range f.roots {
		f.roots[i] = d.of[y]
	}
	d.needs = nil
}

// all returns the nodes of the formula, inputs first, with what has been added to it.
func (f *formula) all() iter.Seq[*Node] {
	added := f.g.from(f.first, f.g.Len())
	return func(yield func(*Node) bool) {
		if f.g.each(f.g.draft.needs, 0, yield) {
			added(yield)
		}
	}
}

// backward is all in the other order.
func (f *formula) backward() iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		needs := f.g.draft.needs
		for nodes := range f.g.runsBackward(0, f.g.Len()) {
			for i := len(nodes) - 1; i >= 0; i-- {
				n := &nodes[i]
				if (n.id >= f.first || n.id < len(needs) && needs[n.id]) && !yield(n) {
					return
				}
			}
		}
	}
}

// stabilise reads the outputs in their stable form.
func (f *formula) stabilise() error {
	if !f.literal {
		shut, err := f.open()
		if err != nil {
			return err
		}
		defer shut()
		f.roots, f.order = stabilise(f.all(), f.roots)
	}
	return firstError(f.roots)
}

// open makes f.g, until it is closed, the graph in which the ops of the user's graph are applied.
// A graph serves one formula at a time: others wait. One that is compiled by an op that a pass asks never
// does: it might wait for itself, or for one that waits for it.
func (f *formula) open() (shut func(), err error) {
	base := f.g.draft.base
	if !base.drafting.TryLock() {
		if insideAnOp() {
			return nil, fmt.Errorf("%s: Compile inside Stable or Fuse of an op, of the graph that is being compiled: build what is compiled there in a graph of its own: %w", caller(), ErrGraph)
		}
		base.drafting.Lock()
	}
	base.open = f.g
	return func() {
		base.open = nil
		base.drafting.Unlock()
	}, nil
}

// insideAnOp reports whether the calls that lead here come from Stable or Fuse of an op, which the
// passes stabilise and fuse have asked.
func insideAnOp() bool {
	asking := []string{nameOf((*stabiliser).rewrite), nameOf(fusionOf)}
	var pc [64]uintptr
	for skip := 2; ; skip += len(pc) {
		n := runtime.Callers(skip, pc[:])
		if n == 0 {
			return false
		}
		for frames, more := runtime.CallersFrames(pc[:n]), true; more; {
			var f runtime.Frame
			f, more = frames.Next()
			if slices.Contains(asking, f.Function) {
				return true
			}
		}
	}
}

// nameOf returns the name that the frames of a function have.
func nameOf(function any) string {
	return runtime.FuncForPC(reflect.ValueOf(function).Pointer()).Name()
}

// here is the graph in which ops of nodes of g are applied: g, or the draft that is open.
func (g *Graph) here() *Graph {
	if g != nil && g.open != nil {
		return g.open
	}
	return g
}

// user returns the user's graph.
func (g *Graph) user() *Graph {
	if g.draft != nil {
		return g.draft.base
	}
	return g
}

// node returns the node of g with an id.
func (g *Graph) node(id int) *Node {
	l, id := g.listOf(id)
	return l.at(id)
}

// listOf returns the list that has the node with an id, of which a draft has two, and its id there.
func (g *Graph) listOf(id int) (*nodeList, int) {
	if d := g.draft; d != nil {
		if id < d.before.count {
			return &d.before, id
		}
		id -= d.before.count
	}
	return &g.nodes, id
}

// Len returns the number of nodes.
func (g *Graph) Len() int {
	if g.draft != nil {
		return g.draft.before.count + g.nodes.count
	}
	return g.nodes.count
}

// uses reports whether the formula is computed from n, a node of the base, as it is.
func (d *draft) uses(n *Node) bool { return n.id < len(d.needs) && d.needs[n.id] }

// find returns op(in…) in the base, if it is there, and the node that stands for it, if one does.
func (d *draft) find(h signatureHash, op Op, in []*Node) (origin, n *Node) {
	if d == nil {
		return nil, nil
	}
	if len(d.origin) > 0 {
		in = slices.Clone(in)
		for i, x := range in {
			in[i] = x.original()
		}
	}
	_, origin = d.base.find(h, op, in)
	if origin == nil {
		return nil, nil
	}
	return origin, d.standIn(origin)
}

// stands makes n, which was added, stand for a node of the base, with its name and whose r made it.
func (d *draft) stands(n, origin *Node) {
	n.particulars, n.reverseOf = origin.particulars, origin.reverseOf
	d.origin[n], d.of[origin] = origin, n
}

// standIn returns the node of the formula that x, a node of the formula or of the base, is there, or nil.
func (d *draft) standIn(x *Node) *Node {
	if x.g.draft == d || d.uses(x) {
		return x
	}
	return d.of[x]
}

// original returns the node of the user's graph that n is, or n itself.
func (n *Node) original() *Node {
	if d := n.g.draft; d != nil && d.origin[n] != nil {
		return d.origin[n]
	}
	return n
}

// number is the id of n in the user's graph, or the one that it would have: it is printed by that.
func (n *Node) number() int { return n.original().id }
