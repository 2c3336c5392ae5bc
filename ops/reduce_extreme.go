package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Examplewise = extreme{}
	_ graph.Describer   = extreme{}
)

func init() {
	graph.Register("Max", 1, func(a *graph.Args) graph.Op { return extreme{axes: graph.IntsOf(a.Ints()...)} })
	graph.Register("Min", 1, func(a *graph.Args) graph.Op { return extreme{axes: graph.IntsOf(a.Ints()...), least: true} })
}

// Max is the largest entry of x over axes. NaN is larger than every number. At a
// tie the cotangent is shared equally among the entries that attain it, as by
// PyTorch's amax and by JAX. It is one subgradient among others; max is not
// differentiable there. Where the largest is NaN, those that are NaN attain it, as
// in PyTorch's max of all entries.
//
//	r(ζ) = χ⊙ζ/n, repeated along the axes, χ = 1 where x attains the maximum, n = Σχ
func Max(x *Node, axes ...int) *Node { return graph.Apply(extreme{axes: axesOf(x, axes)}, x) }

// Min is the smallest entry of x over axes. NaN is smaller than every number. Ties
// share the cotangent equally, as in Max.
//
//	r(ζ) = χ⊙ζ/n, repeated along the axes, χ = 1 where x attains the minimum, n = Σχ
func Min(x *Node, axes ...int) *Node {
	return graph.Apply(extreme{axes: axesOf(x, axes), least: true}, x)
}

type extreme struct {
	axes  graph.Ints
	least bool // the minimum
}

func (op extreme) String() string {
	if op.least {
		return "min"
	}
	return "max"
}

func (op extreme) Describe() graph.Description {
	if op.least {
		return named("Min", op.axes.All())
	}
	return named("Max", op.axes.All())
}

func (op extreme) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axes.All()...)
}

func (op extreme) Shape(s ...Shape) (Shape, error) { return reduced(s[0], op.axes) }

func (op extreme) Reverse(y, ζ *Node) []*Node {
	x := y.In(0)
	χ := attains(x, spread(y, x.Shape(), op.axes))
	return []*Node{Mul(χ, spread(Div(ζ, Sum(χ, op.axes.All()...)), x.Shape(), op.axes))}
}

// attains is 1 where x is the extreme m of its line, or both are NaN, as m is if any
// entry is; else 0.
func attains(x, m *Node) *Node { return Add(Equal(x, m), OneMinus(Equal(x, x))) }

func (op extreme) Kernel() compute.Kernel {
	return compute.Bound(op, extremes[float32], extremes[float64])
}

func extremes[T compute.Float](op extreme, y *tensor.Dense, x ...*tensor.Dense) func() {
	reduce := largest[T]
	if op.least {
		reduce = smallest[T]
	}
	return bindReduce(op.axes.All(), matrices(reduce), y, x[0])
}

func largest[T compute.Float](y, x []T, m, n int) {
	if n == 1 {
		y[0] = kernel.Max(x)
	} else {
		kernel.ColMax(y, x, m, n, n)
	}
}

func smallest[T compute.Float](y, x []T, m, n int) {
	copy(y, x)
	if n == 1 {
		for _, v := range x {
			y[0] = min(y[0], v)
		}
		return
	}
	for i := 1; i < m; i++ {
		kernel.Minimum(y, y, x[i*n:(i+1)*n])
	}
}
