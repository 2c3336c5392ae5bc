package importer

import (
	"adjoint/graph"
	"adjoint/ops"
)

// recurrentRules are those of recurrent networks. They become a Scan over states (m, N) with
// inputs (n, T, N), to which weights of all gates have been applied for all times at once.
var recurrentRules = map[string]rule{
	"RNN":  func(c *call) []*Value { return c.recurrent(cell{gates: 1, states: 1, step: rnnStep}) },
	"GRU":  func(c *call) []*Value { return c.recurrent(cell{gates: 3, states: 1, step: gruStep}) },
	"LSTM": func(c *call) []*Value { return c.recurrent(cell{gates: 4, states: 2, step: lstmStep}) },
}

// A cell is a kind of recurrent network: how many gates and states it has, and its step.
type cell struct {
	gates, states int
	step          func(d *direction, s, x *graph.Node) *graph.Node
}

// A direction is a network that reads forward or backward.
type direction struct {
	c      *call
	hidden int
	r      *graph.Node // the weights of the state, (gates·H, H)
	bias   *graph.Node // of the state, (gates·H, 1); nil is none
	holes  *graph.Node // the peepholes of an LSTM, (3H, 1); nil is none
	f      []func(z *graph.Node) *graph.Node
	clip   float64
	linear bool // of a GRU: the reset comes after the weights
	gates  int
}

// recurrent reads the inputs X, W, R, B, sequence_lens, initial_h, initial_c and P.
func (c *call) recurrent(k cell) []*Value {
	w := c.dims(1)
	if c.rank(0) != 3 || len(w) != 3 || graph.Symbolic(w[0]) || graph.Symbolic(w[1]) || w[1]%k.gates != 0 {
		refuse("inputs of shapes %v and %v: %w", c.x(0).Shape, c.x(1).Shape, graph.ErrShape)
	}
	hidden, direct := w[1]/k.gates, c.text("direction", "forward")
	backs := map[string][]bool{"forward": {false}, "reverse": {true}, "bidirectional": {false, true}}[direct]
	if len(backs) != w[0] || hidden < 1 {
		refuse("direction %q, and weights for %d: %w", direct, w[0], graph.ErrShape)
	}
	perm := []int{2, 0, 1} // of (T, N, I)
	if c.flag("layout", 0) {
		perm = []int{2, 1, 0}
	}
	x := c.transposedTo(0, perm)
	var all, last [][]*graph.Node
	for i, back := range backs {
		y, state := c.direction(k, i, hidden, back, x)
		all, last = append(all, []*graph.Node{y}), append(last, state)
	}
	out := []*Value{valueOf(c.x(0).Type, asInFile, c.joined(all, 0, []int{1, 2, 0}, 1))}
	for s := range k.states {
		out = append(out, valueOf(c.x(0).Type, asInFile, c.joined(last, s, []int{1, 0}, 0)))
	}
	return out
}

// transposedTo is an input with its axes in another order.
func (c *call) transposedTo(i int, perm []int) *graph.Node { return transpose(c.node(i), perm) }

// joined puts the values of directions, whose axes go to perm, beside each other on an axis of
// their own. With layout 1 examples come before it.
func (c *call) joined(values [][]*graph.Node, which int, perm []int, axis int) *graph.Node {
	list := make([]*graph.Node, len(values))
	for i, v := range values {
		if c.flag("layout", 0) {
			if len(perm) == 3 {
				list[i] = ops.Stack(2, ops.Transpose(v[which], 2, 1, 0))
			} else {
				list[i] = ops.Stack(1, ops.Transpose(v[which], 1, 0))
			}
			axis = len(perm) - 1
			continue
		}
		list[i] = ops.Stack(axis, ops.Transpose(v[which], perm...))
	}
	return ops.Concat(axis, list...)
}

// direction returns the outputs at all times, (H, T, N), and the last states, (H, N) each.
func (c *call) direction(k cell, i, hidden int, back bool, x *graph.Node) (y *graph.Node, last []*graph.Node) {
	d := &direction{c: c, hidden: hidden, gates: k.gates, linear: c.flag("linear_before_reset", 0), clip: c.float("clip", 0)}
	d.f = c.activations(k, i)
	if c.flag("input_forget", 0) {
		refuse("input_forget")
	}
	w := ops.Index(c.node(1), 0, i)
	d.r = ops.Index(c.node(2), 0, i)
	n := k.gates * hidden
	dims := x.Shape().Dims()
	z := ops.MatMul(w, ops.Reshape(x, dims[0], graph.Times(dims[1:]...)))
	if c.has(3) {
		b := ops.Reshape(ops.Index(c.node(3), 0, i), 2*n, 1)
		z = ops.Bias(ops.Slice(b, 0, 0, n), z)
		d.bias = ops.Slice(b, 0, n, 2*n)
	}
	if c.has(7) {
		d.holes = ops.Reshape(ops.Index(c.node(7), 0, i), 3*hidden, 1)
	}
	z = ops.Reshape(z, n, dims[1], dims[2])
	start := make([]*graph.Node, k.states)
	for s := range start {
		start[s] = c.start(5+s, i, hidden, dims[2])
	}
	states := ops.Concat(0, start...)
	inputs := []*graph.Node{z}
	var mask *graph.Node
	if c.has(4) {
		times := numbered(c.g, dims[1], 1, 3)
		length := ops.Reshape(c.node(4), 1, 1, dims[2])
		shape := graph.ShapeOf(1, dims[1], dims[2])
		mask = ops.Less(ops.BroadcastTo(times, shape), ops.BroadcastTo(length, shape))
		inputs = append(inputs, mask)
	}
	step := func(s *graph.Node, x ...*graph.Node) *graph.Node {
		next := k.step(d, s, x[0])
		if len(x) > 1 { // after its end a sequence stays as it is
			next = ops.Where(x[1], next, s)
		}
		return next
	}
	scan, end := ops.Scan, -1
	if back {
		scan, end = ops.ScanBack, 0
	}
	all := scan(step, states, inputs...)
	y = ops.Slice(all, 0, 0, hidden)
	if mask != nil {
		y = ops.Where(mask, y, c.number(0))
	}
	final := ops.Index(all, 1, end)
	for s := range k.states {
		last = append(last, ops.Slice(final, 0, s*hidden, (s+1)*hidden))
	}
	return y, last
}

// start is an initial state, (H, N): an input (D, N, H), or zeros.
func (c *call) start(input, i, hidden, n int) *graph.Node {
	if !c.has(input) {
		return c.g.Const(0, hidden, n)
	}
	axis := 0
	if c.flag("layout", 0) {
		axis = 1
	}
	return ops.T(ops.Index(c.node(input), axis, i))
}

// activations are the functions that the attribute names for a direction, or the usual ones.
func (c *call) activations(k cell, i int) []func(z *graph.Node) *graph.Node {
	names := map[int][]string{1: {"Tanh"}, 3: {"Sigmoid", "Tanh"}, 4: {"Sigmoid", "Tanh", "Tanh"}}[k.gates]
	if given := c.texts("activations"); given != nil {
		if len(given) < (i+1)*len(names) {
			refuse("%d activations, want %d for each direction: %w", len(given), len(names), graph.ErrShape)
		}
		names = given[i*len(names) : (i+1)*len(names)]
	}
	var list []func(z *graph.Node) *graph.Node
	for _, name := range names {
		f := map[string]func(z *graph.Node) *graph.Node{
			"Sigmoid": ops.Sigmoid, "Tanh": ops.Tanh, "Relu": ops.ReLU, "Softsign": ops.Softsign, "Softplus": ops.Softplus,
		}[name]
		if f == nil {
			refuse("its activation %s", name)
		}
		list = append(list, f)
	}
	return list
}

// of is what goes into gates from ≤ i < to: x, and the weights of the state times h, both
// with their biases.
func (d *direction) of(h, x *graph.Node, from, to int) *graph.Node {
	return ops.Add(d.part(x, from, to), d.recur(h, from, to))
}

// recur is the weights of gates of the state times h, with their bias.
func (d *direction) recur(h *graph.Node, from, to int) *graph.Node {
	z := ops.MatMul(d.part(d.r, from, to), h)
	if d.bias != nil {
		z = ops.Bias(d.part(d.bias, from, to), z)
	}
	return z
}

// part has the rows of gates from ≤ i < to.
func (d *direction) part(x *graph.Node, from, to int) *graph.Node {
	return ops.Slice(x, 0, from*d.hidden, to*d.hidden)
}

// limited is z within ±clip, if there is one.
func (d *direction) limited(z *graph.Node) *graph.Node {
	if d.clip > 0 {
		return ops.Clip(z, -d.clip, d.clip)
	}
	return z
}

func rnnStep(d *direction, s, x *graph.Node) *graph.Node {
	return d.f[0](d.limited(d.of(s, x, 0, 1)))
}

// gruStep has the gates z, r, and h.
func gruStep(d *direction, s, x *graph.Node) *graph.Node {
	zr := d.f[0](d.limited(d.of(s, x, 0, 2)))
	z, r := d.part(zr, 0, 1), d.part(zr, 1, 2)
	var n *graph.Node
	if d.linear {
		n = ops.Add(d.part(x, 2, 3), ops.Mul(r, d.recur(s, 2, 3)))
	} else {
		n = d.of(ops.Mul(r, s), x, 2, 3)
	}
	return ops.Add(ops.Mul(ops.OneMinus(z), d.f[1](d.limited(n))), ops.Mul(z, s))
}

// lstmStep has the gates i, o, f, and c; its state is h and c.
func lstmStep(d *direction, s, x *graph.Node) *graph.Node {
	h, c := d.part(s, 0, 1), d.part(s, 1, 2)
	z := d.limited(d.of(h, x, 0, 4))
	gate := func(i int, c *graph.Node) *graph.Node {
		u := d.part(z, i, i+1)
		if d.holes != nil {
			u = ops.Add(u, ops.Mul(ops.BroadcastTo(d.part(d.holes, i, i+1), c.Shape()), c))
		}
		return d.f[0](u)
	}
	next := ops.Add(ops.Mul(gate(2, c), c), ops.Mul(gate(0, c), d.f[1](d.part(z, 3, 4))))
	return ops.Concat(0, ops.Mul(gate(1, next), d.f[2](next)), next)
}
