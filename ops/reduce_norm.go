package ops

import (
	"math"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Examplewise = norm2{}
	_ graph.Stabler     = norm2{}
	_ graph.Describer   = norm2{}
	_ graph.Describer   = quotientOrZero{}
)

func init() {
	graph.Register("Norm2", 1, func(a *graph.Args) graph.Op { return norm2{graph.IntsOf(a.Ints()...)} })
	register("DivOrZero", 2, quotientOrZero{})
}

// Norm1 is ‖x‖₁ = Σ|x| over axes. Its derivative at 0 is that of Abs.
//
//	r(ζ) = sign(x)⊙ζ, ζ repeated along the axes
func Norm1(x *Node, axes ...int) *Node { return Sum(Abs(x), axes...) }

// Norm2 is ‖x‖₂ = √Σx² over axes: the length of a vector, the Frobenius norm of a
// matrix. No square overflows on the way. Where it is 0 it has no derivative; r is 0
// there, as in PyTorch, and so are the derivatives of r. Squares and even powers of it,
// which have derivatives at 0, are read as those of Σx².
//
//	d(ξ) = ⟨x, ξ⟩/‖x‖     r(ζ) = (x/‖x‖)⊙ζ, ζ repeated along the axes
func Norm2(x *Node, axes ...int) *Node { return graph.Apply(norm2{axesOf(x, axes)}, x) }

type norm2 struct{ axes graph.Ints }

func (norm2) String() string                 { return "‖‖" }
func (op norm2) Describe() graph.Description { return named("Norm2", op.axes.All()) }

func (op norm2) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], op.axes.All()...)
}

func (op norm2) Shape(s ...Shape) (Shape, error) { return reduced(s[0], op.axes) }

func (op norm2) Reverse(y, ζ *Node) []*Node {
	x := y.In(0)
	direction := orZero(x, spread(y, x.Shape(), op.axes))
	return []*Node{Mul(direction, spread(ζ, x.Shape(), op.axes))}
}

// Stable takes a norm of |u| as one of u, and a norm of norms as one over all their axes.
func (op norm2) Stable(y *Node) *Node {
	z := y.In(0)
	if inner, ok := z.Op().(norm2); ok {
		return Norm2(z.In(0), allAxes(z.In(0).Shape().Rank(), inner.axes.All(), op.axes.All())...)
	}
	return maybe(withoutAbs(z), func(u *Node) *Node { return Norm2(u, op.axes.All()...) })
}

func (op norm2) Kernel() compute.Kernel { return compute.Bound(op, norms[float32], norms[float64]) }

func norms[T compute.Float](op norm2, y *tensor.Dense, x ...*tensor.Dense) func() {
	return bindReduce(op.axes.All(), matrices(lengths[T]), y, x[0])
}

// lengths is the fold of norms: the norm over two axes is the norm of norms.
func lengths[T compute.Float](y, x []T, m, n int) {
	for j := range y {
		y[j] = length(x[j:], m, n)
	}
}

// length is √Σx² of m entries, n apart.
func length[T compute.Float](x []T, m, n int) T {
	const tiny = 1e-290 // less than that has lost digits
	sum := sumSquares(x, m, n, 1)
	if sum > tiny && sum < math.Inf(1) {
		return T(math.Sqrt(sum))
	}
	var largest float64
	for i := range m {
		largest = max(largest, math.Abs(float64(x[i*n])))
	}
	if largest == 0 || math.IsInf(largest, 1) {
		return T(largest)
	}
	return T(largest * math.Sqrt(sumSquares(x, m, n, largest)))
}

// sumSquares is Σ(x/unit)².
func sumSquares[T compute.Float](x []T, m, n int, unit float64) float64 {
	var sum float64
	for i := range m {
		v := float64(x[i*n]) / unit
		sum += v * v
	}
	return sum
}

// orZero is a⊘b for a and b of one shape, 0 where b is 0.
//
//	y = a⊘b     r(ζ) = (ζ⊘b, −(ζ⊙y)⊘b)
func orZero(a, b *Node) *Node { return graph.Apply(quotientOrZero{}, a, b) }

type quotientOrZero struct{}

func (quotientOrZero) String() string              { return "⊘₀" }
func (quotientOrZero) Describe() graph.Description { return named("DivOrZero") }

func (quotientOrZero) Shape(s ...Shape) (Shape, error) { return entrywise(2, s) }

func (quotientOrZero) Kernel() compute.Kernel {
	return binary(divideOrZero[float32], divideOrZero[float64])
}

func (quotientOrZero) Reverse(y, ζ *Node) []*Node {
	b := y.In(1)
	return []*Node{orZero(ζ, b), Neg(orZero(Mul(ζ, y), b))}
}

func divideOrZero[T compute.Float](y, a, b []T) {
	for i, b := range b {
		if v := a[i]; b == 0 {
			y[i] = 0
		} else {
			y[i] = v / b
		}
	}
}

// allAxes returns the axes that are taken away from a shape first, and then from what
// is left of it.
func allAxes(rank int, first, then []int) []int {
	var left []int
	for a := range rank {
		if !slices.Contains(first, a) {
			left = append(left, a)
		}
	}
	for _, a := range then {
		first = append(first, left[a])
	}
	return first
}
