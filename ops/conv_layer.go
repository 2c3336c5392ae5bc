package ops

import (
	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Expander    = convLayer{}
	_ graph.Examplewise = convLayer{}
	_ graph.Describer   = convLayer{}
)

func init() {
	// Made by Compile, of ψ and ∗ and perhaps ReLU.
	graph.Register("ConvLayer", 3, func(a *graph.Args) graph.Op { return convLayer{windowOf(a.Ints(), a.Int()), false} })
	graph.Register("ConvLayerReLU", 3, func(a *graph.Args) graph.Op { return convLayer{windowOf(a.Ints(), a.Int()), true} })
}

// A convLayer is (b, w, x) ↦ w∗x + b in one pass, or ReLU of that: what the compiler makes
// of a Bias whose Conv nobody else reads, and of a ReLU whose Bias nobody else reads.
type convLayer struct {
	Window
	relu bool
}

func (op convLayer) String() string {
	if op.relu {
		return "ReLU∘ψ∘∗"
	}
	return "ψ∘∗"
}

func (op convLayer) Describe() graph.Description {
	if op.relu {
		return named("ConvLayerReLU", op.list(), op.Groups)
	}
	return named("ConvLayer", op.list(), op.Groups)
}

func (convLayer) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}

func (op convLayer) Expand(x ...*Node) *Node {
	z := Bias(x[0], graph.Apply(conv{Window: op.Window}, x[1], x[2]))
	if op.relu {
		return ReLU(z)
	}
	return z
}

func (op convLayer) Shape(s ...Shape) (Shape, error) {
	u, err := conv{Window: op.Window}.Shape(s[1], s[2])
	if err != nil {
		return Shape{}, err
	}
	return bias{}.Shape(s[0], u)
}

func (op convLayer) Reverse(z, ζ *Node) []*Node { return graph.Through(op, z, ζ) }

func (op convLayer) Kernel() compute.Kernel {
	return compute.Strided(func(z *tensor.Dense, x []compute.View) compute.Work {
		return bindConv(conv{Window: op.Window}, z, x[0].Dense, x[1:], op.relu)
	}).Taking(func(z []int, x ...[]int) int { return conv{Window: op.Window}.room(z, x[1:]...) })
}
