package ops

import (
	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ graph.Differentialer = extremum{}
	_ graph.Describer      = extremum{}
	_ graph.Differentialer = where{}
	_ graph.Describer      = where{}
)

func init() {
	register("Maximum", 2, maximum)
	register("Minimum", 2, minimum)
	register("Where", 3, where{})
	register("StopGradient", 1, member{stopGradient{}})
}

// Maximum is max{a, b}, entry by entry; the shapes broadcast as in NumPy. Where
// either is NaN so is the result.
//
//	d(ξ, η) = Where(a > b, ξ, η)     r(ζ) = (Where(a > b, ζ, 0), Where(a > b, 0, ζ))
//
// A tie goes to b, so that Maximum(βz, z) is LeakyReLU(z, β). PyTorch, JAX and
// TensorFlow have other conventions.
func Maximum(a, b *Node) *Node { return pair(maximum, a, b) }

// Minimum is min{a, b}, entry by entry; the shapes broadcast as in NumPy. Where
// either is NaN so is the result.
//
//	d(ξ, η) = Where(a < b, ξ, η)     r(ζ) = (Where(a < b, ζ, 0), Where(a < b, 0, ζ))
//
// A tie goes to b, as in Maximum.
func Minimum(a, b *Node) *Node { return pair(minimum, a, b) }

type extremum struct{ name, sign string }

var (
	maximum = extremum{"Maximum", "max"}
	minimum = extremum{"Minimum", "min"}
)

func (op extremum) String() string               { return op.sign }
func (extremum) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (op extremum) Describe() graph.Description  { return named(op.name) }

func (op extremum) Kernel() compute.Kernel {
	if op.sign == "max" {
		return binary(kernel.Maximum[float32], kernel.Maximum[float64])
	}
	return binary(kernel.Minimum[float32], kernel.Minimum[float64])
}

func (op extremum) Reverse(y, ζ *Node) []*Node { return split(op.takesA(y), ζ) }

func (op extremum) Differential(y *Node, ξ ...*Node) *Node {
	return either(op.takesA(y), ξ[0], ξ[1])
}

// takesA is 1 where y is a, and no tie.
func (op extremum) takesA(y *Node) *Node {
	if op.sign == "max" {
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

func (where) String() string                  { return "where" }
func (where) Shape(x ...Shape) (Shape, error) { return entrywise(3, x) }
func (where) Describe() graph.Description     { return named("Where") }
func (where) Kernel() compute.Kernel          { return compute.Entrywise(choose[float32], choose[float64]) }

func (where) Reverse(y, ζ *Node) []*Node { return append([]*Node{nil}, split(y.In(0), ζ)...) }

func (where) Differential(y *Node, ξ ...*Node) *Node { return either(y.In(0), ξ[1], ξ[2]) }

func choose[T compute.Float](y []T, x ...[]T) {
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

// split returns ζ where cond holds, and ζ where it does not, each 0 elsewhere.
func split(cond, ζ *Node) []*Node {
	zero := ζ.Graph().Const(0)
	return []*Node{Where(cond, ζ, zero), Where(cond, zero, ζ)}
}

// either returns ξ where cond holds and η where it does not; nil is zero.
func either(cond, ξ, η *Node) *Node {
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

// StopGradient is x, taken as a constant: its derivative is zero. Elsewhere:
// detach, stop_gradient.
//
//	d(ξ) = 0     r(ζ) = 0
func StopGradient(x *Node) *Node { return Entrywise(stopGradient{}, x) }

type stopGradient struct{}

func (stopGradient) Pointwise() *Pointwise { return theStopGradient }

var theStopGradient = &Pointwise{
	Name:  "stop",
	Is:    named("StopGradient"),
	Prime: noSlope,
	Fast:  unary(copies[float32], copies[float64]),
}

func copies[T compute.Float](y, x []T) { copy(y, x) }
