package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Expander    = poolReLU{}
	_ graph.Examplewise = poolReLU{}
	_ graph.Describer   = poolReLU{}
)

func init() {
	// Made by Compile, of a max pool and ReLU.
	graph.Register("MaxPoolReLU", 1, func(a *graph.Args) graph.Op { return poolReLU{windowOf(a.Ints(), 1)} })
}

// A poolReLU is ReLU∘maxpool, which is maxpool∘ReLU and computes ReLU of fewer entries: what the
// compiler makes of that.
type poolReLU struct{ Window }

func (poolReLU) String() string                 { return "ReLU∘maxpool" }
func (op poolReLU) Describe() graph.Description { return named("MaxPoolReLU", op.list()) }
func (poolReLU) Examples(symbol int, x ...Shape) graph.Treatment {
	return ofImages(graph.Independent, symbol, x...)
}
func (op poolReLU) Shape(s ...Shape) (Shape, error) { return op.poolShape(s[0]) }
func (op poolReLU) Expand(x ...*Node) *Node         { return ReLU(graph.Apply(maxPool(op), x[0])) }
func (op poolReLU) Reverse(y, ζ *Node) []*Node      { return graph.Through(op, y, ζ) }
func (op poolReLU) Kernel() compute.Kernel {
	return compute.Bound(op, bindPoolReLU[float32], bindPoolReLU[float64])
}

func bindPoolReLU[T compute.Float](op poolReLU, y *tensor.Dense, x ...*tensor.Dense) func() {
	pool, out := bindMaxPool[T](maxPool(op), y, x...), compute.Data[T](y)
	return func() {
		pool()
		kernel.Relu(out, out)
	}
}

// throughReLU is the product of step(z), which is ReLU'(z), with a cotangent u of a = ReLU(z)
// that has come back through a max pool y of a: the cotangent goes to the entry of z that is y.
// No entry is where all of a window are negative.
func throughReLU(z, u *Node, alone func(*Node) bool) *Node {
	op, ok := u.Op().(attained)
	if !ok || !op.back || !alone(u) {
		return nil
	}
	a, y, ζ := u.In(0), u.In(1), u.In(2)
	if a.Op() != graph.Op(member{leakyReLU{0}}) || a.In(0) != z || y.Op() != graph.Op(maxPool{op.Window}) || y.In(0) != a {
		return nil
	}
	return graph.Apply(op, z, y, ζ)
}
