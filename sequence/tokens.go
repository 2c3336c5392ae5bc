package sequence

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// Embed returns the rows of a table (V, d) that a sequence of indices (1, T, N) names, (d, T, N).
// The error of Run for an index that is none of 0 … V−1 wraps graph.ErrValue.
func Embed(table, index *Node) *Node {
	d := index.Shape().Dims()
	if len(d) != 3 || d[0] != 1 {
		return ops.Transpose(ops.Gather(table, 0, index), 2, 0, 1) // which says what is wrong
	}
	return ops.Transpose(ops.Gather(table, 0, ops.Reshape(index, d[1], d[2])), 2, 0, 1)
}

// Sinusoidal returns the encoding of positions (d, T, 1), to be added to a sequence (d, T, N):
// rows 2i and 2i+1 at time t are sin(t/10000^(2i/d)) and cos of the same. d is even. The first
// time is from, a number.
//
// Source: Vaswani et al. 2017.
func Sinusoidal(from *Node, d, times int) *Node {
	angle := angles(from, d, times)
	return ops.Reshape(ops.Stack(1, ops.Sin(angle), ops.Cos(angle)), d, times, 1)
}

// angles returns t/10000^(2i/d), (d/2, T).
func angles(from *Node, d, times int) *Node {
	g := from.Graph()
	i := ops.Reshape(ops.Range(g.Const(0), d/2), d/2, 1)
	rate := ops.Exp(ops.Scale(-2*math.Log(10000)/float64(d), i))
	return ops.Mul(rate, ops.Reshape(ops.Range(from, times), 1, times))
}

// Learned returns rows of a table (T', d) as the encoding of positions (d, T, 1), to be added to a
// sequence (d, T, N). The first time is from, a number; T' is the largest that there may be, and
// the error of Run for more wraps graph.ErrValue.
func Learned(table, from *Node, times int) *Node {
	return ops.ExpandDims(ops.T(ops.Gather(table, 0, ops.Range(from, times))), 2)
}

// Rotary returns the encoding of positions of queries and keys (heads, e, T, N): the pair of rows i
// and i + e/2 at time t is turned by the angle t/10000^(2i/e). e is even. The first time is from,
// a number.
//
// Source: Su et al. 2021, with the pairs of GPT-NeoX.
func Rotary(from *Node) func(x *Node) *Node {
	return func(x *Node) *Node {
		d := x.Shape().Dims()
		if len(d) != 4 {
			return x
		}
		angle := ops.ExpandDims(angles(from, d[1], d[2]), 2)
		cos, sin := ops.Cos(angle), ops.Sin(angle)
		a, b := ops.Slice(x, 1, 0, d[1]/2), ops.Slice(x, 1, d[1]/2, d[1])
		return ops.Concat(1,
			ops.Sub(ops.Mul(a, cos), ops.Mul(b, sin)),
			ops.Add(ops.Mul(b, cos), ops.Mul(a, sin)))
	}
}

// CrossEntropy returns the mean, over all times and examples that count, of −log softmax(z)ʸ, a
// scalar: of scores z (classes, T, N) and labels y (1, T, N). A position whose label is negative
// does not count; at least one has to.
func CrossEntropy(z, y *Node) *Node {
	d := z.Shape().Dims()
	if len(d) != 3 {
		return ops.SparseCrossEntropyFromLogits(z, y) // which says what is wrong
	}
	columns := graph.Times(d[1], d[2])
	labels := ops.Reshape(y, 1, columns)
	counts := ops.GreaterEqual(labels, z.Graph().Const(0))
	loss := ops.SparseCrossEntropyFromLogits(ops.Reshape(z, d[0], columns), ops.Maximum(labels, z.Graph().Const(0)))
	return ops.Div(ops.Sum(ops.Mul(loss, counts)), ops.Sum(counts))
}
