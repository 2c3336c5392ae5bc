package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.LinearMap   = transpose{}
	_ graph.Examplewise = transpose{}
	_ graph.Describer   = transpose{}
	_ mover             = transpose{}
)

func init() {
	graph.Register("Transpose", 1, func(a *graph.Args) graph.Op { return transpose{graph.IntsOf(a.Ints()...)} })
}

// T is the transpose xᵀ: it exchanges the last two axes. T(T(x)) is x. The error
// of an x of rank below 2 wraps graph.ErrAxis.
//
//	d(ξ) = ξᵀ     r(ζ) = ζᵀ
func T(x *Node) *Node {
	if _, twice := x.Op().(transpose); x.Shape().Rank() == 2 && !twice {
		return graph.Apply(ofMatrix, x)
	}
	perm := identity(max(x.Shape().Rank(), 2))
	k := len(perm)
	perm[k-2], perm[k-1] = k-1, k-2
	return Transpose(x, perm...)
}

// Transpose is x with its axes in another order: axis i of the result is axis
// perm[i] of x. With no perm the axes are reversed, as in NumPy. A negative axis
// counts from the end. Transposes of transposes are one. The error of a perm that
// does not name every axis once wraps graph.ErrAxis.
//
//	d(ξ) = Transpose(ξ, perm)     r(ζ) = Transpose(ζ, perm⁻¹)
func Transpose(x *Node, perm ...int) *Node {
	if len(perm) == 0 {
		perm = identity(x.Shape().Rank())
		slices.Reverse(perm)
	}
	perm = slices.Clone(perm)
	if err := fromFront(x.Shape(), perm); x.Err() != nil || err != nil {
		return refuse("transpose", err, x)
	}
	if inner, ok := x.Op().(transpose); ok {
		x, perm = x.In(0), composed(inner.perm.All(), perm)
	}
	if slices.IsSorted(perm) {
		return x
	}
	return graph.Apply(transpose{graph.IntsOf(perm...)}, x)
}

type transpose struct{ perm graph.Ints }

// ofMatrix is the transpose of a matrix, which most are, and its kernel, made once.
var (
	ofMatrix       graph.Op = transpose{graph.IntsOf(1, 0)}
	kernelOfMatrix          = transpose{graph.IntsOf(1, 0)}.kernel()
)

func (op transpose) String() string {
	perm := op.perm.All()
	if k := len(perm); k > 1 && slices.IsSorted(perm[:k-2]) && perm[k-2] == k-1 && perm[k-1] == k-2 {
		return "ᵀ"
	}
	return "transpose" + op.perm.String()
}

func (op transpose) Describe() graph.Description { return named("Transpose", op.perm.All()) }

func (op transpose) Shape(s ...Shape) (Shape, error) {
	perm := op.perm.All()
	if len(perm) > 0 && slices.Min(perm) < 0 {
		return Shape{}, fmt.Errorf("%w: order %v: want axes counted from the front", graph.ErrAxis, op.perm)
	}
	if err := fromFront(s[0], perm); err != nil {
		return Shape{}, err
	}
	return graph.ShapeOf(composed(s[0].Dims(), perm)...), nil
}

func (op transpose) Reverse(_, ζ *Node) []*Node {
	return []*Node{Transpose(ζ, inverse(op.perm.All())...)}
}

func (transpose) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (transpose) Linear() []int { return nil }
func (transpose) moves()        {}

func (op transpose) Kernel() compute.Kernel {
	if op == ofMatrix {
		return kernelOfMatrix
	}
	return op.kernel()
}

func (op transpose) kernel() compute.Kernel {
	return compute.Bound(op, transposed[float32], transposed[float64]).AsView(op.perm.All()).AsPart(op.lies)
}

// lies reports whether the axes that move have extent 1.
func (op transpose) lies(x []int) (from int, ok bool) {
	last := -1
	for _, a := range op.perm.All() {
		if x[a] == 1 {
			continue
		}
		if a < last {
			return 0, false
		}
		last = a
	}
	return 0, true
}

func transposed[T compute.Float](op transpose, y *tensor.Dense, x ...*tensor.Dense) func() {
	return walkOver[T](composed(rowMajor(x[0].Shape()), op.perm.All()), y, x[0])
}

// fromFront counts the axes of perm from the front. The error of one that does not name
// every axis of s once wraps graph.ErrAxis.
func fromFront(s Shape, perm []int) error {
	named := make([]bool, s.Rank())
	for i, p := range perm {
		a, err := s.Axis(p)
		if err != nil {
			return err
		}
		perm[i], named[a] = a, true
	}
	if len(perm) != len(named) || slices.Contains(named, false) {
		return fmt.Errorf("%w: %v is no order of the axes of %v, want each of 0 to %d once", graph.ErrAxis, graph.IntsOf(perm...), s, s.Rank()-1)
	}
	return nil
}

func identity(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}

// composed returns the list of p[q[i]].
func composed(p, q []int) []int {
	r := make([]int, len(q))
	for i := range r {
		r[i] = p[q[i]]
	}
	return r
}

func inverse(p []int) []int {
	r := make([]int, len(p))
	for i, a := range p {
		r[a] = i
	}
	return r
}
