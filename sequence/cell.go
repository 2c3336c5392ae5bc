package sequence

import (
	"adjoint/graph"
	"adjoint/ops"
)

// A Cell is a recurrent map: what a layer does at each time. Its state has the hidden values h
// in the first rows.
type Cell struct {
	Units int      // rows of h
	State int      // rows of the state
	Step  ops.Step // (s, x) ↦ the next state
}

// RNN is Elman's cell of m units,
//
//	h' = g(wx + uh + b)
//
// with w of shape (m, n), u (m, m), b (m, 1) and an activation g such as ops.Tanh. PyTorch has
// two biases, whose sum is b.
func RNN(w, u, b *Node, g func(z *Node) *Node) Cell {
	m := rows(u, 1)
	return Cell{m, m, func(h *Node, x ...*Node) *Node {
		return g(ops.Add(ops.Bias(b, ops.MatMul(w, x[0])), ops.MatMul(u, h)))
	}}
}

// LSTM is the long short-term memory of m units. With the rows of w (4m, n), u (4m, m) and
// b (4m, 1) in the order i, f, g, o, as PyTorch and Keras have them,
//
//	c' = σ(f)⊙c + σ(i)⊙tanh(g)     h' = σ(o)⊙tanh(c')     (i, f, g, o) = wx + uh + b
//
// The state is h over c, (2m, N). PyTorch has two biases, whose sum is b. Keras begins with 1 in
// the rows f of b, PyTorch does not.
//
// Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
func LSTM(w, u, b *Node) Cell {
	m := rows(u, 4)
	return Cell{m, 2 * m, func(s *Node, x ...*Node) *Node {
		h, c := ops.Slice(s, 0, 0, m), ops.Slice(s, 0, m, 2*m)
		z := ops.Add(ops.Bias(b, ops.MatMul(w, x[0])), ops.MatMul(u, h))
		i, f, g, o := ops.Sigmoid(gate(z, 0, m)), ops.Sigmoid(gate(z, 1, m)), ops.Tanh(gate(z, 2, m)), ops.Sigmoid(gate(z, 3, m))
		c = ops.Add(ops.Mul(f, c), ops.Mul(i, g))
		return ops.Concat(0, ops.Mul(o, ops.Tanh(c)), c)
	}}
}

// GRU is the gated recurrent unit of m units. With the rows of w (3m, n), u (3m, m) and of
// the biases b and d (3m, 1) in the order r, z, n, as PyTorch has them,
//
//	(r, z, n) = wx + b     (r', z', n') = uh + d
//	h' = (1 − ẑ)⊙tanh(n + r̂⊙n') + ẑ⊙h     r̂ = σ(r + r'), ẑ = σ(z + z')
//
// which is Keras's with reset_after. Keras has the order z, r, n: see FromKeras.
//
// Source: Cho et al. 2014; that n' has a bias of its own and comes before the reset is cuDNN's.
func GRU(w, u, b, d *Node) Cell {
	m := rows(u, 3)
	return Cell{m, m, func(h *Node, x ...*Node) *Node {
		v, y := ops.Bias(b, ops.MatMul(w, x[0])), ops.Bias(d, ops.MatMul(u, h))
		r := ops.Sigmoid(ops.Add(gate(v, 0, m), gate(y, 0, m)))
		z := ops.Sigmoid(ops.Add(gate(v, 1, m), gate(y, 1, m)))
		n := ops.Tanh(ops.Add(gate(v, 2, m), ops.Mul(r, gate(y, 2, m))))
		return ops.Add(ops.Mul(ops.OneMinus(z), n), ops.Mul(z, h))
	}}
}

// FromKeras returns weights or biases of a GRU, whose rows are in the order z, r, n, in the
// order r, z, n.
func FromKeras(w *Node) *Node {
	m := rows(w, 3)
	return ops.Concat(0, gate(w, 1, m), gate(w, 0, m), gate(w, 2, m))
}

// gate is block i of rows.
func gate(z *Node, i, m int) *Node { return ops.Slice(z, 0, i*m, (i+1)*m) }

// rows is the number of units of a weight that has so many blocks of rows.
func rows(w *Node, blocks int) int {
	if w.Err() != nil || w.Shape().Rank() == 0 {
		return 1 // the error is in the step
	}
	return max(w.Shape().Dim(0)/blocks, 1)
}

// Options say how a cell runs over a sequence. The zero value is from the first time to the
// last, from zero.
type Options struct {
	Back  bool  // from the last time to the first
	Start *Node // the state before, (State, N); nil is 0
	Mask  *Node // (1, T, N), 1 where an example has the time and 0 where it is padding; nil is 1

	// Recompute says that the derivative computes every step once more, a stretch of times at once,
	// rather than keep what it needs of it: so it needs memory for the states, and for what else there
	// is of one stretch.
	Recompute bool
}

// Over returns the states of a cell at all times of a sequence x (n, T, N): (State, T, N).
// Where the mask is 0 a state is that of the time before (after, with Back): so the last one is
// that of the last time that the example has. Truncated backpropagation is a Start that is
// fed, or under ops.StopGradient.
func (c Cell) Over(x *Node, o Options) *Node {
	d := x.Shape().Dims()
	if len(d) != 3 {
		return ops.Scan(c.Step, x, x) // which says what is wrong
	}
	start := o.Start
	if start == nil {
		start = x.Graph().Const(0, c.State, d[2])
	}
	scan, step, in := ops.Scan, c.Step, []*Node{x}
	if o.Back {
		scan = ops.ScanBack
	}
	if o.Mask != nil {
		step, in = Masked(c.Step), []*Node{o.Mask, x}
	}
	if o.Recompute {
		f := step
		step = func(s *Node, x ...*Node) *Node {
			return graph.Recompute(func(v ...*Node) *Node { return f(v[0], v[1:]...) }, append([]*Node{s}, x...)...)
		}
	}
	return scan(step, start, in...)
}

// Hidden returns the hidden values (Units, T, N) of states.
func (c Cell) Hidden(states *Node) *Node { return ops.Slice(states, 0, 0, c.Units) }

// Final returns the state (State, N) at the time that was computed last.
func (c Cell) Final(states *Node, o Options) *Node {
	if o.Back {
		return ops.Index(states, 1, 0)
	}
	return ops.Index(states, 1, -1)
}

// Masked is a step whose first input (1, N) says, by 1 and 0, which examples it changes.
func Masked(f ops.Step) ops.Step {
	return func(s *Node, x ...*Node) *Node {
		return ops.Where(ops.BroadcastTo(x[0], s.Shape()), f(s, x[1:]...), s)
	}
}

// Both returns the hidden values of two cells, one after the other in the rows, of which the
// second runs backwards in time: a bidirectional layer (m+m', T, N).
func Both(forward, back Cell, x, mask *Node) *Node {
	return ops.Concat(0,
		forward.Hidden(forward.Over(x, Options{Mask: mask})),
		back.Hidden(back.Over(x, Options{Mask: mask, Back: true})))
}

// Stack returns the hidden values of the last of some cells, each of which runs over those of
// the one before.
func Stack(x, mask *Node, cells ...Cell) *Node {
	for _, c := range cells {
		x = c.Hidden(c.Over(x, Options{Mask: mask}))
	}
	return x
}
