package ops

import (
	"fmt"

	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// MatMul is φ: ℝᵐˣⁿ × ℝⁿˣᴺ → ℝᵐˣᴺ, φ(w, x) = wx (2.2, item 2).
//
//	dφ(η, ξ) = ηx + wξ     rφ(ζ) = (ζxᵀ, wᵀζ)
//
// More than two axes are a stack of matrices: the axes before the last two
// broadcast by NumPy's rule, as in its matmul. The error of other shapes wraps
// graph.ErrShape.
func MatMul(w, x *Node) *Node {
	w, x = broadcastStacks(w, x)
	return graph.Apply(matMul{}, w, x)
}

type matMul struct{}

func (matMul) String() string { return "φ" }

func (matMul) Shape(s ...Shape) (Shape, error) {
	w, x := s[0].Dims(), s[1].Dims()
	k := len(w) - 2
	if k < 0 || len(x) != len(w) || graph.ShapeOf(w[:k]...) != graph.ShapeOf(x[:k]...) || w[k+1] != x[k] {
		return Shape{}, fmt.Errorf("%w: want (…, m, n) and (…, n, N)", graph.ErrShape)
	}
	return graph.ShapeOf(append(w[:k+1], x[k+1])...), nil
}

func (op matMul) Forward(y *tensor.Dense, x ...*tensor.Dense) { op.Bind(y, x...)() }

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

func (op matMul) Bind(y *tensor.Dense, x ...*tensor.Dense) func() {
	return kernelOf(op, multiply[float32], multiply[float64], y, x...)
}

func multiply[T graph.Float](_ matMul, y *tensor.Dense, wx ...*tensor.Dense) func() {
	_, m, n := around(wx[0], wx[0].Dims()-2)
	_, _, N := around(wx[1], wx[1].Dims()-2)
	p := &kernel.Product{M: m, N: N, K: n, A: kernel.RowMajor(n), B: kernel.RowMajor(N), LDC: N}
	c, a, b := data[T](y), data[T](wx[0]), data[T](wx[1])
	return func() {
		for c, a, b := c, a, b; len(c) > 0; c, a, b = c[m*N:], a[m*n:], b[n*N:] {
			kernel.Gemm(p, c[:m*N], nil, a[:m*n], b[:n*N])
		}
	}
}

// broadcastStacks stretches the axes before the last two to their common shape.
// Where there is none it returns w and x as they are, for the op to refuse.
func broadcastStacks(w, x *Node) (*Node, *Node) {
	a, b := w.Shape().Dims(), x.Shape().Dims()
	i, j := len(a)-2, len(b)-2
	if i < 0 || j < 0 {
		return w, x
	}
	stack, err := graph.BroadcastShapes(graph.ShapeOf(a[:i]...), graph.ShapeOf(b[:j]...))
	if err != nil {
		return w, x
	}
	return BroadcastTo(w, graph.ShapeOf(append(stack.Dims(), a[i:]...)...)),
		BroadcastTo(x, graph.ShapeOf(append(stack.Dims(), b[j:]...)...))
}
