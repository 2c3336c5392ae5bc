package ops

import (
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// Maximum is max{a, b}, entry by entry; the shapes broadcast as in NumPy. Where
// either is NaN so is the result.
//
//	d(ξ, η) = ξ where a > b, else η     r(ζ) = (ζ where a > b, ζ elsewhere)
//
// A tie goes to b, so that Maximum(βz, z) is LeakyReLU(z, β). PyTorch, JAX and
// TensorFlow have other conventions.
func Maximum(a, b *Node) *Node { return pair(extremum{"max"}, a, b) }

// Minimum is min{a, b}, entry by entry; the shapes broadcast as in NumPy. Where
// either is NaN so is the result.
//
//	d(ξ, η) = ξ where a < b, else η     r(ζ) = (ζ where a < b, ζ elsewhere)
//
// A tie goes to b, as in Maximum.
func Minimum(a, b *Node) *Node { return pair(extremum{"min"}, a, b) }

type extremum struct{ name string }

func (op extremum) String() string                              { return op.name }
func (extremum) Shape(x ...Shape) (Shape, error)                { return entrywise(2, x) }
func (op extremum) Forward(y *tensor.Dense, x ...*tensor.Dense) { graph.RunPointwise(op, y, x...) }

func (op extremum) Kernel() graph.Kernel {
	if op.name == "max" {
		return binary(kernel.Maximum[float32], kernel.Maximum[float64])
	}
	return binary(kernel.Minimum[float32], kernel.Minimum[float64])
}

func (op extremum) Reverse(y, ζ *Node) []*Node { return where{}.split(op.isFirst(y), ζ) }

func (op extremum) Differential(y *Node, ξ ...*Node) *Node {
	return where{}.join(op.isFirst(y), ξ[0], ξ[1])
}

// isFirst is 1 where y is a and not a tie.
func (op extremum) isFirst(y *Node) *Node {
	if op.name == "max" {
		return Greater(y.In(0), y.In(1))
	}
	return Less(y.In(0), y.In(1))
}

// Where is a where cond is not 0, and b where it is, entry by entry; the three
// shapes broadcast as in NumPy. Where cond is NaN so is the result.
//
//	d(ξ, η) = Where(cond, ξ, η)     r(ζ) = (none, Where(cond, ζ, 0), Where(cond, 0, ζ))
//
// The branch that is not taken is computed all the same, and its derivative is
// multiplied by 0, which does not help where that is infinite: the gradient of
// Where(Greater(x, 0), Sqrt(x), 0) at 0 is 0·∞ = NaN. Guard the argument instead:
// Sqrt(Where(Greater(x, 0), x, 1)).
func Where(cond, a, b *Node) *Node {
	a, b = broadcastPair(a, b)
	cond, a = broadcastPair(cond, a)
	cond, b = broadcastPair(cond, b)
	return graph.Apply(where{}, cond, a, b)
}

type where struct{}

func (where) String() string                              { return "where" }
func (where) Shape(x ...Shape) (Shape, error)             { return entrywise(3, x) }
func (where) Forward(y *tensor.Dense, x ...*tensor.Dense) { graph.RunPointwise(where{}, y, x...) }
func (where) Kernel() graph.Kernel                        { return graph.Kernel{F32: choose[float32], F64: choose[float64]} }

func (op where) Reverse(y, ζ *Node) []*Node {
	return append([]*Node{nil}, op.split(y.In(0), ζ)...)
}

func (op where) Differential(y *Node, ξ ...*Node) *Node { return op.join(y.In(0), ξ[1], ξ[2]) }

// split returns ζ where cond holds and ζ where it does not, each with 0 elsewhere.
func (where) split(cond, ζ *Node) []*Node {
	zero := ζ.Graph().Const(0)
	return []*Node{Where(cond, ζ, zero), Where(cond, zero, ζ)}
}

// join returns ξ where cond holds and η where it does not; nil is zero.
func (where) join(cond, ξ, η *Node) *Node {
	zero := cond.Graph().Const(0)
	switch {
	case ξ == nil && η == nil:
		return nil
	case ξ == nil:
		ξ = zero
	case η == nil:
		η = zero
	}
	return Where(cond, ξ, η)
}

func choose[T graph.Float](y []T, x ...[]T) {
	cond, a, b := x[0], x[1], x[2]
	for i, c := range cond {
		switch {
		case c != c:
			y[i] = c
		case c != 0:
			y[i] = a[i]
		default:
			y[i] = b[i]
		}
	}
}

// StopGradient is x, taken as a constant: its derivative is zero. Elsewhere:
// detach, stop_gradient.
//
//	d(ξ) = 0     r(ζ) = 0
func StopGradient(x *Node) *Node { return Entrywise(stopGradient{}, x) }

type stopGradient struct{}

func (stopGradient) Pointwise() *Pointwise {
	return &Pointwise{
		Name:  "stop",
		Prime: noSlope,
		Fast:  unary(copies[float32], copies[float64]),
	}
}

func copies[T graph.Float](y, x []T) { copy(y, x) }
