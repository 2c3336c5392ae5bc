package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ graph.Expander  = gate{}
	_ graph.Describer = gate{}
)

func init() {
	graph.Register("Gate", 2, func(a *graph.Args) graph.Op { return gate{slope{a.Float(), a.Float()}} })
}

// gate is (z, ζ) ↦ step(z)⊙ζ in one pass: rReLU, as the compiler makes it of a
// product with a step function that nobody else reads.
type gate struct{ slope }

func (op gate) String() string                  { return fmt.Sprintf("step(%g, %g)⊙", op.left, op.right) }
func (op gate) Describe() graph.Description     { return named("Gate", op.left, op.right) }
func (op gate) Expand(x ...*Node) *Node         { return Mul(Entrywise(op.slope, x[0]), x[1]) }
func (op gate) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (op gate) Reverse(y, ζ *Node) []*Node      { return graph.Through(op, y, ζ) }

func (op gate) Kernel() compute.Kernel {
	if op.slope == (slope{0, 1}) {
		return binary(kernel.ReluReverse[float32], kernel.ReluReverse[float64])
	}
	return binary(stepTimes[float32](op.slope), stepTimes[float64](op.slope))
}

func stepTimes[T compute.Float](f slope) func(y, z, ζ []T) {
	left, right := T(f.left), T(f.right)
	return func(y, z, ζ []T) {
		for i, z := range z {
			switch {
			case z < 0:
				y[i] = left * ζ[i]
			case z >= 0:
				y[i] = right * ζ[i]
			default:
				y[i] = z // NaN
			}
		}
	}
}
