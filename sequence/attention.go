package sequence

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// Masks say which keys a query sees. The zero value is all.
type Masks struct {
	Causal  bool  // those at its own time and before
	From    *Node // the time of the first query among those of the keys, a number; nil is 0
	Padding *Node // (1, S, N): those where it is 1, and not those where it is 0
}

// Attend is scaled dot-product attention,
//
//	y = v·softmax(kᵀq/√e)
//
// for each head and each example, the softmax over keys: of queries q (heads, e, T, N), keys k
// (heads, e, S, N) and values v (heads, f, S, N) it is (heads, f, T, N).
//
// Source: Vaswani et al. 2017.
func Attend(q, k, v *Node, m Masks) *Node {
	byHead := func(x *Node) *Node { return ops.Transpose(x, 0, 3, 1, 2) } // (heads, N, e, T)
	if q.Shape().Rank() != 4 {
		return byHead(q) // which says what is wrong
	}
	scale := 1 / math.Sqrt(float64(q.Shape().Dim(1)))
	scores := ops.MatMul(ops.T(byHead(k)), ops.Scale(scale, byHead(q))) // (heads, N, S, T)
	return ops.Transpose(ops.MatMul(byHead(v), ops.Softmax(m.hide(scores), -2)), 0, 2, 3, 1)
}

// unseen is added to the score of a key that is not seen. It is finite: where a query sees no
// key at all, all count alike.
const unseen = -1e30

// hide lowers the scores (heads, N, S, T) of keys that are not seen.
func (m Masks) hide(scores *Node) *Node {
	if m.Padding != nil {
		d := m.Padding.Shape().Dims() // (1, S, N)
		padding := ops.Reshape(ops.Transpose(m.Padding, 2, 0, 1), d[2], d[1], 1)
		scores = ops.Add(scores, ops.BroadcastTo(ops.Affine(padding, -unseen, unseen), scores.Shape()))
	}
	if m.Causal {
		from := m.From
		if from == nil {
			from = scores.Graph().Const(0)
		}
		scores = ops.AddBelow(scores, from, unseen)
	}
	return scores
}

// from returns the time of the first query, if it is known.
func (m Masks) from() (float64, bool) {
	if m.From == nil {
		return 0, true
	}
	return graph.ConstOf(m.From)
}

// A Heads has the weights of multi-head attention over vectors of d numbers. In has the rows of
// queries, keys and values, in this order, and in each those of the heads, as PyTorch has them.
type Heads struct {
	Count        int   // of heads, which divides d
	In, InBias   *Node // (3d, d), (3d, 1)
	Out, OutBias *Node // (d, d), (d, 1)

	// Stretches, from 2 on, is how many runs of neighbouring times Self attends for, one after the other:
	// see AttendInStretches.
	Stretches int
}

// Self returns the attention of a sequence (d, T, N) to itself, (d, T, N). turn, unless it is
// nil, is applied to queries and keys (heads, d/heads, T, N) before, as Rotary is.
func (h Heads) Self(x *Node, m Masks, turn func(*Node) *Node) *Node {
	q, k, v := h.split(Affine(h.In, h.InBias, x))
	if turn != nil {
		q, k = turn(q), turn(k)
	}
	if h.Stretches > 1 {
		return h.join(AttendInStretches(q, k, v, m, h.Stretches))
	}
	return h.join(Attend(q, k, v, m))
}

// split returns queries, keys and values, each (heads, d/heads, T, N).
func (h Heads) split(z *Node) (q, k, v *Node) {
	d := z.Shape().Dims()
	if len(d) != 3 || d[0]%3 != 0 || h.Count < 1 || d[0]/3%h.Count != 0 {
		bad := ops.Reshape(z, h.Count, 0) // which says what is wrong
		return bad, bad, bad
	}
	m := d[0] / 3
	part := func(i int) *Node { return ops.Reshape(gate(z, i, m), h.Count, m/h.Count, d[1], d[2]) }
	return part(0), part(1), part(2)
}

// join is the output of attention y (heads, d/heads, T, N).
func (h Heads) join(y *Node) *Node {
	d := y.Shape().Dims()
	if len(d) != 4 {
		return y
	}
	return Affine(h.Out, h.OutBias, ops.Reshape(y, d[0]*d[1], d[2], d[3]))
}

// Affine is wx + b at every time of a sequence x (n, T, N): (m, T, N), with w (m, n) and b (m, 1),
// which may be nil.
func Affine(w, b, x *Node) *Node {
	d := x.Shape().Dims()
	if len(d) != 3 {
		return ops.MatMul(w, x) // which says what is wrong
	}
	y := ops.MatMul(w, ops.Reshape(x, d[0], graph.Times(d[1], d[2])))
	if b != nil {
		y = ops.Bias(b, y)
	}
	if y.Err() != nil {
		return y
	}
	return ops.Reshape(y, y.Shape().Dim(0), d[1], d[2])
}
