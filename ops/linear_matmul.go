package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = matMul{}
	_ graph.Stabler        = matMul{}
	_ graph.Examplewise    = matMul{}
	_ graph.Describer      = matMul{}
)

func init() {
	register("MatMul", 2, matMul{})
}

// MatMul is φ: ℝᵐˣⁿ × ℝⁿˣᴺ → ℝᵐˣᴺ, φ(w, x) = wx (2.2, item 2).
//
//	dφ(η, ξ) = ηx + wξ     rφ(ζ) = (ζxᵀ, wᵀζ)
//
// More than two axes are a stack of matrices: the axes before the last two
// broadcast by NumPy's rule, as in its matmul. The error of other shapes wraps
// graph.ErrShape, as does that of a stack (N, m, n) and a matrix (n, N), which would
// pair every example with every other.
func MatMul(w, x *Node) *Node {
	w, x = broadcastStacks(w, x)
	return graph.Apply(matMul{}, w, x)
}

type matMul struct{}

func (matMul) String() string              { return "φ" }
func (matMul) Describe() graph.Description { return named("MatMul") }

func (matMul) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Summed, symbol, x[0], x[0].Rank()-1)
}

func (matMul) Shape(s ...Shape) (Shape, error) {
	w, x := s[0].Dims(), s[1].Dims()
	k := len(w) - 2
	if k < 0 || len(x) != len(w) || !slices.Equal(w[:k], x[:k]) || w[k+1] != x[k] {
		return Shape{}, fmt.Errorf("%w: want (…, m, n) and (…, n, N)", graph.ErrShape)
	}
	return graph.ShapeOf(append(w[:k+1], x[k+1])...), nil
}

func (matMul) Reverse(y, ζ *Node) []*Node {
	w, x := y.In(0), y.In(1)
	return []*Node{MatMul(ζ, T(x)), MatMul(T(w), ζ)}
}

func (matMul) Differential(y *Node, ξ ...*Node) *Node {
	w, x := y.In(0), y.In(1)
	return plus(
		maybe(ξ[0], func(η *Node) *Node { return MatMul(η, x) }),
		maybe(ξ[1], func(ξ *Node) *Node { return MatMul(w, ξ) }))
}

var oneByOne = graph.ShapeOf(1, 1)

// Stable takes a row times a column for a sum where Stable of the product knows a form.
func (matMul) Stable(y *Node) *Node {
	if y.Shape() != oneByOne {
		return nil
	}
	return maybe(weighedForm(T(y.In(0)), y.In(1)), func(p *Node) *Node { return Reshape(Sum(p), 1, 1) })
}

func (matMul) Kernel() compute.Kernel {
	return compute.Strided(func(y *tensor.Dense, x []compute.View) compute.Work {
		return bindProduct(y, x[0], x[1], nil, false)
	}).AsTerm(func(y *tensor.Dense, x []compute.View) compute.Work {
		return bindProduct(y, x[1], x[2], &x[0], true)
	}).AsPlaced()
}

// bindProduct returns the work of y = wx, or of u + wx for a u of the shape of y that is not nil:
// if apart, with the bits of a sum that follows.
func bindProduct(y *tensor.Dense, w, x compute.View, u *compute.View, apart bool) compute.Work {
	if y.Dtype() == tensor.Float32 {
		return multiply[float32](y, w, x, u, apart)
	}
	return multiply[float64](y, w, x, u, apart)
}

// multiply deals out a matrix as the kernel advises, and a stack by its matrices.
func multiply[T compute.Float](y *tensor.Dense, w, x compute.View, u *compute.View, apart bool) compute.Work {
	k := len(w.Dims) - 2
	m, n, N := w.Dims[k], w.Dims[k+1], x.Dims[k+1]
	p := kernel.Product{M: m, N: N, K: n, A: layoutOf(w), B: layoutOf(x), LDC: y.Strides()[k], Apart: apart}
	c, a, b := compute.Data[T](y), compute.Data[T](w.Dense), compute.Data[T](x.Dense)
	var addend []T
	if u != nil {
		p.Cin, addend = layoutOf(*u), compute.Data[T](u.Dense)
	}
	if k == 0 {
		product := kernel.Bind(p, c, addend, a, b)
		return compute.Work{Parts: product.Parts, Do: product.Do}
	}
	atW, atX, atY := offsets(w.Dims[:k], w.Strides[:k]), offsets(x.Dims[:k], x.Strides[:k]), offsets(w.Dims[:k], y.Strides()[:k])
	var atU []int
	if u != nil {
		atU = offsets(u.Dims[:k], u.Strides[:k])
	}
	stacked := p
	return compute.Work{Parts: len(atW), Do: func(from, to int) {
		for i := from; i < to; i++ {
			addend := addend
			if atU != nil {
				addend = addend[atU[i]:]
			}
			kernel.Gemm(&stacked, c[atY[i]:], addend, a[atW[i]:], b[atX[i]:])
		}
	}}
}

// layoutOf returns how the matrices of a stack lie in memory.
func layoutOf(s compute.View) kernel.Layout {
	k := len(s.Strides) - 2
	return kernel.Layout{Row: s.Strides[k], Col: s.Strides[k+1]}
}

// offsets returns where the entries of a tensor lie, row by row.
func offsets(dims, strides []int) []int {
	at := []int{0}
	for axis, d := range dims {
		next := make([]int, 0, len(at)*d)
		for _, o := range at {
			for i := range d {
				next = append(next, o+i*strides[axis])
			}
		}
		at = next
	}
	return at
}

// withLast returns the shape of a stack of matrices.
func withLast(stack []int, matrix ...int) Shape {
	return graph.ShapeOf(slices.Concat(stack, matrix)...)
}

// broadcastStacks stretches the axes before the last two to their common shape.
// Where there is none it returns w and x as they are, for the op to refuse.
func broadcastStacks(w, x *Node) (*Node, *Node) {
	if w.Shape().Rank() == 2 && x.Shape().Rank() == 2 {
		return w, x
	}
	a, b := w.Shape().Dims(), x.Shape().Dims()
	i, j := len(a)-2, len(b)-2
	if i < 0 || j < 0 {
		return w, x
	}
	y, err := graph.BroadcastShapes(withLast(a[:i], a[i], 1), withLast(b[:j], 1, b[j+1]))
	if err != nil {
		return w, x
	}
	stack := y.Dims()[:y.Rank()-2]
	return BroadcastTo(w, withLast(stack, a[i:]...)), BroadcastTo(x, withLast(stack, b[j:]...))
}
