package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"
)

var (
	_ graph.Differentialer = raise{}
	_ graph.Describer      = raise{}
	_ graph.Differentialer = remainder{}
	_ graph.Describer      = remainder{}
)

func init() {
	register("Power", 2, raise{})
	register("Mod", 2, remainder{})
}

// Power is aᵇ, entry by entry, by the rules of math.Pow: a⁰ is 1 for every a, and aᵇ is NaN
// where a < 0 and b is no whole number. The shapes broadcast as in NumPy. For a number b use Pow.
//
//	y = aᵇ     d(ξ, η) = b·aᵇ⁻¹ξ + y·log(a)η     r(ζ) = (b·aᵇ⁻¹ζ, y·log(a)ζ)
//
// In both slopes 0·∞ is 0. That in b is NaN where a < 0.
func Power(a, b *Node) *Node { return pair(raise{}, a, b) }

type raise struct{}

func (raise) String() string                  { return "^" }
func (raise) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (raise) Describe() graph.Description     { return named("Power") }
func (raise) Kernel() compute.Kernel {
	return binary(both[float32](kernel.Pow), both[float64](kernel.Pow))
}

func (op raise) Reverse(y, ζ *Node) []*Node {
	da, db := op.slopes(y)
	return []*Node{Mul(da, ζ), Mul(db, ζ)}
}

func (op raise) Differential(y *Node, ξ ...*Node) *Node {
	da, db := op.slopes(y)
	return plus(times(da, ξ[0]), times(db, ξ[1]))
}

func (raise) slopes(y *Node) (da, db *Node) {
	a, b := y.In(0), y.In(1)
	return weigh(b, Power(a, Shift(b, -1))), weigh(y, Log(a))
}

// Mod is the remainder a − b·trunc(a/b), of the sign of a, entry by entry; the shapes
// broadcast as in NumPy. It is C's fmod, and is NaN for b = 0.
//
//	d(ξ, η) = ξ − trunc(a/b)η     r(ζ) = (ζ, −trunc(a/b)ζ)
func Mod(a, b *Node) *Node { return pair(remainder{}, a, b) }

type remainder struct{}

func (remainder) String() string                  { return "mod" }
func (remainder) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (remainder) Describe() graph.Description     { return named("Mod") }
func (remainder) Kernel() compute.Kernel {
	return binary(both[float32](math.Mod), both[float64](math.Mod))
}

func (op remainder) Reverse(y, ζ *Node) []*Node { return []*Node{ζ, Mul(op.slope(y), ζ)} }

func (op remainder) Differential(y *Node, ξ ...*Node) *Node {
	return plus(ξ[0], times(op.slope(y), ξ[1]))
}

// slope is −trunc(a/b).
func (remainder) slope(y *Node) *Node { return Neg(Trunc(Div(y.In(0), y.In(1)))) }

// both returns the loop over a function of two numbers.
func both[T compute.Float](g func(a, b float64) float64) func(y, a, b []T) {
	return func(y, a, b []T) {
		for i, a := range a {
			y[i] = T(g(float64(a), float64(b[i])))
		}
	}
}
