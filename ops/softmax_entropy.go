package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = entropy{}
	_ graph.Stabler        = entropy{}
	_ graph.Examplewise    = entropy{}
	_ graph.Describer      = entropy{}
	_ graph.Differentialer = entropyFromLogits{}
	_ graph.Examplewise    = entropyFromLogits{}
	_ graph.Describer      = entropyFromLogits{}
)

func init() {
	graph.Register("Entropy", 1, func(a *graph.Args) graph.Op { return entropy{a.Axis()} })
	graph.Register("EntropyFromLogits", 1, func(a *graph.Args) graph.Op { return entropyFromLogits{a.Axis()} })
}

// Entropy is H(p) = −Σᵢ pⁱ log pⁱ, in nats, of the distributions p along an axis, which
// it takes away; 0·log 0 = 0 (Shannon 1948; scipy.stats.entropy without its scaling). A
// negative axis counts from the end; the error of one that is not there wraps
// graph.ErrAxis.
//
//	d(ξ) = −⟨log p + 1, ξ⟩     r(ζ) = −(log p + 1)⊙ζ
//
// Where p is Softmax(z, axis), H is computed and differentiated as
// EntropyFromLogits(z, axis).
func Entropy(p *Node, axis int) *Node { return graph.Apply(entropy{axisOf(p, axis)}, p) }

type entropy struct{ axis int }

func (entropy) String() string                     { return "entropy" }
func (op entropy) Describe() graph.Description     { return named("Entropy", op.axis) }
func (op entropy) Shape(p ...Shape) (Shape, error) { return reduced(p[0], graph.IntsOf(op.axis)) }
func (op entropy) Examples(symbol int, p ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, p[0], op.axis)
}
func (op entropy) Kernel() compute.Kernel {
	return compute.Bound(op, bindEntropy[float32], bindEntropy[float64])
}

func (op entropy) Reverse(h, ζ *Node) []*Node {
	p := h.In(0)
	return []*Node{Neg(Mul(op.slope(p), spread(ζ, p.Shape(), graph.IntsOf(op.axis))))}
}

func (op entropy) Differential(h *Node, ξ ...*Node) *Node {
	return Neg(Sum(Mul(op.slope(h.In(0)), ξ[0]), op.axis))
}

func (entropy) slope(p *Node) *Node { return Shift(Log(p), 1) }

// Stable asks p for its logits, or its logarithm.
func (op entropy) Stable(h *Node) *Node {
	p := h.In(0)
	if p.Op() == softmax(op) {
		return EntropyFromLogits(p.In(0), op.axis)
	}
	if l := logAffine(p, 0); l != nil {
		return Neg(Sum(weigh(p, l), op.axis))
	}
	return nil
}

func bindEntropy[T compute.Float](op entropy, h *tensor.Dense, p ...*tensor.Dense) func() {
	out, in := compute.Data[T](h), compute.Data[T](p[0])
	before, n, after := around(p[0], op.axis)
	return func() {
		for b := range before {
			for k := range after {
				sum := 0.0
				for i := range n {
					v := float64(in[(b*n+i)*after+k])
					sum -= weighed(v, ln(v))
				}
				out[b*after+k] = T(sum)
			}
		}
	}
}

// EntropyFromLogits is H(S) = log Σᵢe^{zⁱ} − ⟨S, z⟩, the Entropy of S = Softmax(z, axis),
// along an axis, which it takes away. With the largest entry m of a line it is computed as
// log Σe^{z−m} + ⟨S, m−z⟩, terms of one sign, where 0·∞ is 0: it keeps its accuracy
// however sure S is, and an entry −∞ adds nothing.
//
//	d(ξ) = −⟨S⊙(z − ⟨S, z⟩), ξ⟩     r(ζ) = −S⊙(z − ⟨S, z⟩)⊙ζ
func EntropyFromLogits(z *Node, axis int) *Node {
	return graph.Apply(entropyFromLogits{axisOf(z, axis)}, z)
}

type entropyFromLogits struct{ axis int }

func (entropyFromLogits) String() string                     { return "entropy∘softmax" }
func (op entropyFromLogits) Describe() graph.Description     { return named("EntropyFromLogits", op.axis) }
func (op entropyFromLogits) Shape(z ...Shape) (Shape, error) { return entropy(op).Shape(z...) }

func (op entropyFromLogits) Examples(symbol int, z ...Shape) graph.Treatment {
	return entropy(op).Examples(symbol, z...)
}

func (op entropyFromLogits) Kernel() compute.Kernel {
	return compute.Bound(op, bindEntropyFromLogits[float32], bindEntropyFromLogits[float64])
}

func (op entropyFromLogits) Reverse(h, ζ *Node) []*Node {
	z := h.In(0)
	return []*Node{Neg(Mul(op.slope(z), spread(ζ, z.Shape(), graph.IntsOf(op.axis))))}
}

func (op entropyFromLogits) Differential(h *Node, ξ ...*Node) *Node {
	return Neg(Sum(Mul(op.slope(h.In(0)), ξ[0]), op.axis))
}

// slope is S⊙(z − ⟨S, z⟩).
func (op entropyFromLogits) slope(z *Node) *Node {
	return softmax(op).Differential(Softmax(z, op.axis), z)
}

func bindEntropyFromLogits[T compute.Float](op entropyFromLogits, h *tensor.Dense, z ...*tensor.Dense) func() {
	out, in := compute.Data[T](h), compute.Data[T](z[0])
	return tiles(op.axis, in, z[0], func(t *tile[T]) {
		sum := t.ones
		clear(sum)
		for i := range t.n {
			at := t.at(i)
			for k, e := range t.exps(i) {
				sum[k] += weighed(float64(e), float64(t.max[k])-float64(in[at])) / (1 + t.rest[k])
				at += t.step
			}
		}
		for k, log := range t.logs() {
			out[t.line+k] = T(log + sum[k])
		}
	})
}
