package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

type (
	// Node is a value in a graph.
	Node = graph.Node
	// Shape lists the extents of a node.
	Shape = graph.Shape
)

// ln is math.Log, which on amd64 is wrong for subnormal numbers.
func ln(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p54) - 54*math.Ln2
	}
	return math.Log(x)
}

// register makes known the op of a name that has no arguments, see graph.Register.
func register(name string, inputs int, op graph.Op) {
	graph.Register(name, inputs, func(*graph.Args) graph.Op { return op })
}

// judge has one of two functions look at the entries of x, by what it is told: the one of their type.
func judge[A any](x *tensor.Dense, by A, of32 func([]float32, A) error, of64 func([]float64, A) error) error {
	if x.Dtype() == tensor.Float32 {
		return of32(compute.Data[float32](x), by)
	}
	return of64(compute.Data[float64](x), by)
}

// plus is a + b where nil is zero, as differentials need it.
func plus(a, b *Node) *Node {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return graph.Add(a, b)
}

// maybe applies a function to a node that may be nil: a linear map to a tangent that is
// zero, or one to what was not found.
func maybe(ξ *Node, f func(*Node) *Node) *Node {
	if ξ == nil {
		return nil
	}
	return f(ξ)
}
