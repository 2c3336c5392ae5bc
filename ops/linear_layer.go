package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Expander    = layer{}
	_ graph.Examplewise = layer{}
	_ graph.Describer   = layer{}
)

func init() {
	register("Layer", 3, layer{})
}

// layer is (b, w, x) ↦ ψ(b, φ(w, x)) = wx + b in one pass: what the compiler makes
// of a Bias whose MatMul nobody else reads.
type layer struct{}

func (layer) String() string              { return "ψ∘φ" }
func (layer) Describe() graph.Description { return named("Layer") }
func (layer) Examples(symbol int, x ...Shape) graph.Treatment {
	return matMul{}.Examples(symbol, x[1:]...)
}
func (layer) Expand(x ...*Node) *Node { return Bias(x[0], MatMul(x[1], x[2])) }

func (layer) Shape(s ...Shape) (Shape, error) {
	u, err := matMul{}.Shape(s[1], s[2])
	if err != nil {
		return Shape{}, err
	}
	return bias{}.Shape(s[0], u)
}

func (op layer) Reverse(z, ζ *Node) []*Node { return graph.Through(op, z, ζ) }

// Kernel takes a bias (m, 1) as it lies: a transpose of it lies the same.
func (layer) Kernel() compute.Kernel {
	return compute.Strided(func(z *tensor.Dense, x []compute.View) compute.Work {
		u := compute.View{Dense: x[0].Dense, Dims: z.Shape(), Strides: []int{1, 0}}
		return bindProduct(z, x[1], x[2], &u, false)
	})
}
