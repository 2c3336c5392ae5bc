package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = centred{}
	_ graph.Examplewise    = centred{}
	_ graph.Describer      = centred{}
)

func init() {
	graph.Register("Centre", 2, func(a *graph.Args) graph.Op { return centred{a.Axis()} })
}

// centre is (S, ξ) ↦ ξ − ⟨S, ξ⟩ for the probabilities S along an axis: what is left of
// ξ without its mean. It is dlog softmax(ξ), and S⊙ of it is dsoftmax(ξ). With the entry
// ξᵏ of a probability above ½ it is computed as (ξ−ξᵏ) − ⟨S, ξ−ξᵏ⟩, where 0·∞ is 0,
// so that it keeps its digits where one probability is nearly 1.
//
//	d(σ, η) = η − ⟨S, η⟩ − ⟨σ, ξ⟩     r(ζ) = (−(Σζ)ξ, ζ − (Σζ)S)
func centre(axis int, s, ξ *Node) *Node {
	s, ξ = broadcastPair(s, ξ)
	return graph.Apply(centred{axis}, s, ξ)
}

type centred struct{ axis int }

func (centred) String() string                     { return "centre" }
func (op centred) Describe() graph.Description     { return named("Centre", op.axis) }
func (op centred) Shape(x ...Shape) (Shape, error) { return softmaxResidual{axis: op.axis}.Shape(x...) }
func (op centred) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axis)
}
func (op centred) Reverse(y, ζ *Node) []*Node {
	s, ξ := y.In(0), y.In(1)
	return []*Node{Neg(weigh(sumAlong(op.axis, ζ), ξ)), Neg(graph.Apply(softmaxResidual{axis: op.axis, total: true}, s, ζ))}
}

func (op centred) Differential(y *Node, ξ ...*Node) *Node {
	s, v := y.In(0), y.In(1)
	return minus(
		maybe(ξ[1], func(η *Node) *Node { return centre(op.axis, s, η) }),
		maybe(ξ[0], func(σ *Node) *Node { return BroadcastTo(sumAlong(op.axis, weigh(σ, v)), y.Shape()) }))
}

func (op centred) Kernel() compute.Kernel {
	return compute.Bound(op, bindCentred[float32], bindCentred[float64])
}

func bindCentred[T compute.Float](op centred, y *tensor.Dense, x ...*tensor.Dense) func() {
	before, n, after := around(x[0], op.axis)
	columns := min(after, columnsAtOnce)
	c := &centring[T]{n: n, after: after, top: make([]T, columns), base: make([]T, columns), part: make([]T, columns), mean: make([]float64, columns)}
	c.temp = make([]T, max(columns, n))
	out, s, ξ := compute.Data[T](y), compute.Data[T](x[0]), compute.Data[T](x[1])
	return func() {
		for b := range before {
			for k := 0; k < after; k += columns {
				at := b*n*after + k
				if after == 1 {
					c.line(out[at:][:n], s[at:][:n], ξ[at:][:n])
				} else {
					c.columns(out[at:], s[at:], ξ[at:], min(columns, after-k))
				}
			}
		}
	}
}

// A centring works on lines of n entries, side by side and after apart, or in one piece.
type centring[T compute.Float] struct {
	n, after              int
	top, base, part, temp []T // of a line each: the largest probability, its ξ if it is above ½, sums
	mean                  []float64
}

// line does a line in one piece.
func (c *centring[T]) line(y, s, ξ []T) {
	top := 0
	for i, p := range s {
		if p > s[top] {
			top = i
		}
	}
	if s[top] > 0.5 {
		kernel.Shift(y, ξ, -ξ[top])
		ξ = y
	}
	kernel.Weigh(c.temp[:c.n], s, ξ)
	kernel.Shift(y, ξ, -kernel.Sum(c.temp[:c.n]))
}

// rowsAdded is how many rows are added up before the sum goes to float64.
const rowsAdded = 8

// columns does so many lines side by side.
func (c *centring[T]) columns(y, s, ξ []T, w int) {
	row := func(x []T, i int) []T { return x[i*c.after:][:w] }
	top, base, part, temp, mean := c.top[:w], c.base[:w], c.part[:w], c.temp[:w], c.mean[:w]
	copy(top, s)
	for i := 1; i < c.n; i++ {
		kernel.Maximum(top, top, row(s, i))
	}
	for k, p := range top {
		if base[k] = 0; p > 0.5 {
			at := k
			for s[at] != p {
				at += c.after
			}
			base[k] = ξ[at]
		}
	}
	clear(part)
	clear(mean)
	for i := range c.n {
		kernel.Sub(row(y, i), row(ξ, i), base)
		kernel.Weigh(temp, row(s, i), row(y, i))
		if kernel.Add(part, part, temp); i%rowsAdded == rowsAdded-1 || i == c.n-1 {
			for k, p := range part {
				mean[k] += float64(p)
			}
			clear(part)
		}
	}
	for k, m := range mean {
		part[k] = T(m)
	}
	for i := range c.n {
		kernel.Sub(row(y, i), row(y, i), part)
	}
}
