package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = bias{}
	_ graph.Examplewise    = bias{}
	_ graph.Fuser          = bias{}
	_ graph.Describer      = bias{}
)

func init() {
	register("Bias", 2, bias{})
}

// Bias is ψ: ℝᵐ × ℝᵐˣᴺ → ℝᵐˣᴺ, ψ(b, u) = u + b, b added to every column
// (2.2, item 3). b has shape (m, 1), u and the result (m, N); or, for the channels of
// images, (m, 1, 1, 1) and (m, H, W, N): every axis of b but the first is 1.
//
//	dψ(η, ξ) = ξ + η     rψ(ζ) = (Σⱼ ζⱼ, ζ)
func Bias(b, u *Node) *Node { return graph.Apply(bias{}, b, u) }

type bias struct{}

func (bias) String() string                         { return "ψ" }
func (bias) Describe() graph.Description            { return named("Bias") }
func (bias) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (bias) Shape(s ...Shape) (Shape, error) {
	b, u := s[0], s[1]
	ones := u.Dims()
	for i := 1; i < len(ones); i++ {
		ones[i] = 1
	}
	if len(ones) < 2 || b != graph.ShapeOf(ones...) {
		return Shape{}, fmt.Errorf("%w: want b (m, 1) and u (m, N), or b (m, 1, 1, 1) and u (m, H, W, N)", graph.ErrShape)
	}
	return u, nil
}

func (bias) Kernel() compute.Kernel { return compute.Loop(addBias[float32], addBias[float64]) }

func (bias) Reverse(z, ζ *Node) []*Node { return []*Node{SumTo(ζ, z.In(0).Shape()), ζ} }

func (bias) Differential(z *Node, ξ ...*Node) *Node {
	return plus(ξ[1], maybe(ξ[0], func(η *Node) *Node { return BroadcastTo(η, z.Shape()) }))
}

// Fuse makes one op of ψ and φ, or of ψ and a convolution.
func (bias) Fuse(z *Node, alone func(*Node) bool) *Node {
	u := z.In(1)
	if !alone(u) {
		return nil
	}
	switch op := u.Op().(type) {
	case matMul:
		if u.Shape().Rank() == 2 {
			return graph.Apply(layer{}, z.In(0), u.In(0), u.In(1))
		}
	case conv:
		if op.to == toPlaces {
			return graph.Apply(convLayer{Window: op.Window}, z.In(0), u.In(0), u.In(1))
		}
	}
	return nil
}

func addBias[T compute.Float](z *tensor.Dense, x ...*tensor.Dense) {
	out, b, u := compute.Data[T](z), compute.Data[T](x[0]), compute.Data[T](x[1])
	n := len(u) / len(b)
	for i, b := range b {
		kernel.Shift(out[i*n:(i+1)*n], u[i*n:(i+1)*n], b)
	}
}
