package sequence

import "adjoint/ops"

// A Norm has the weights of a layer norm: γ and β of shape (d, 1).
type Norm struct{ Gain, Bias *Node }

// normEpsilon is what PyTorch adds to a variance.
const normEpsilon = 1e-5

// Of is (x − μ)/√(σ² + 10⁻⁵)⊙γ + β with the mean μ and the variance σ² of the d numbers of each
// time of a sequence (d, T, N).
//
// Source: Ba, Kiros and Hinton 2016.
func (n Norm) Of(x *Node) *Node {
	column := func(w *Node) *Node { return ops.ExpandDims(w, 2) }
	return ops.Add(ops.Mul(ops.Standardize(x, normEpsilon, 0), column(n.Gain)), column(n.Bias))
}

// A Block has the weights of a transformer block: attention, and a layer of m wide units between
// two products. W is (m, d), V (d, m).
type Block struct {
	Attention     Heads
	W, WBias      *Node
	V, VBias      *Node
	Before, After Norm // of what attention reads, and of what the products read
	Activation    func(z *Node) *Node
	NormLast      bool // a norm of each sum, as in the paper, rather than of each branch
}

// Of returns the block of a sequence (d, T, N),
//
//	a = x + attention(norm(x))     y = a + V·g(W·norm(a))
//
// or, with NormLast, a = norm(x + attention(x)), y = norm(a + V·g(W·a)).
//
// Source: Vaswani et al. 2017; norms first, Xiong et al. 2020.
func (b Block) Of(x *Node, m Masks, turn func(*Node) *Node) *Node {
	return b.of(x, func(x *Node) *Node { return b.Attention.Self(x, m, turn) })
}

// of is Of by some attention.
func (b Block) of(x *Node, attend func(x *Node) *Node) *Node {
	think := func(a *Node) *Node { return Affine(b.V, b.VBias, b.Activation(Affine(b.W, b.WBias, a))) }
	if b.NormLast {
		a := b.Before.Of(ops.Add(x, attend(x)))
		return b.After.Of(ops.Add(a, think(a)))
	}
	a := ops.Add(x, attend(b.Before.Of(x)))
	return ops.Add(a, think(b.After.Of(a)))
}
