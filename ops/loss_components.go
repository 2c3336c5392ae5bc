package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = loss{}
	_ graph.Stabler        = loss{}
	_ graph.Examplewise    = loss{}
	_ graph.Validator      = loss{}
	_ graph.Fuser          = loss{}
)

// A loss is a map L: ℝᵐˣᴺ × ℝᵐˣᴺ → ℝ¹ˣᴺ of predictions a and targets y. Examples
// are columns, and L sums a function l of two numbers over the components of each:
// L(a, y)ⱼ = Σᵢ l(aⁱⱼ, yⁱⱼ). Its derivatives are written once, in terms of the
// partial derivatives of l:
//
//	dL(ξ, η) = Σᵢ ∂₁lⁱ⊙ξⁱ + ∂₂lⁱ⊙ηⁱ     rL(ζ) = (∂₁l⊙ζ, ∂₂l⊙ζ)
//
// The cost J = Mean(L) divides by the number N of examples, and by nothing else
// (1). The error of operands that are not two matrices of one shape wraps
// graph.ErrShape.
type loss struct{ components }

// components is what one loss differs from another in. It is comparable.
type components interface {
	String() string

	// each sets l[j] = l(a[j], y[j]).
	each(l, a, y []float64)

	// partials builds ∂₁l and ∂₂l, entry by entry.
	partials(a, y *Node) (*Node, *Node)

	// Describe names the constructor of L.
	Describe() graph.Description
}

// The optional readings of components: a loss with parameters checks them; one with
// labels judges its input i, of labels from least to most; one may know a form of L that keeps
// its accuracy, or an op that computes it faster, or return nil.
type (
	parametric interface{ check() error }
	labelled   interface {
		labels() (i int, least, most float64)
	}
	stabilised interface{ stable(a, y *Node) *Node }
	fused      interface{ fuse(a, y *Node) *Node }
)

// lossOf returns the node L(a, y).
func lossOf(l components, a, y *Node) *Node { return graph.Apply(loss{l}, a, y) }

func (op loss) Shape(s ...Shape) (Shape, error) {
	if l, ok := op.components.(parametric); ok {
		if err := l.check(); err != nil {
			return Shape{}, err
		}
	}
	return perExample(s...)
}

// Judges names the labels, if the loss refuses some.
func (op loss) Judges() []int {
	if l, ok := op.components.(labelled); ok {
		i, _, _ := l.labels()
		return []int{i}
	}
	return nil
}

// Valid refuses labels that the loss is not for.
func (op loss) Valid(x ...*tensor.Dense) error {
	if l, ok := op.components.(labelled); ok {
		i, least, most := l.labels()
		return validLabels(x[i], least, most)
	}
	return nil
}

func (loss) Examples(symbol int, x ...Shape) graph.Treatment {
	return along(graph.Mixed, symbol, x[0], 0)
}

// perExample is the shape of one number for each example.
func perExample(s ...Shape) (Shape, error) {
	if s[0].Rank() != 2 || s[0] != s[1] {
		return Shape{}, fmt.Errorf("%w: want two matrices (m, N)", graph.ErrShape)
	}
	return graph.ShapeOf(1, s[0].Dim(1)), nil
}

func (op loss) Kernel() compute.Kernel {
	return compute.Bound(op, bindLoss[float32], bindLoss[float64])
}

func (op loss) Reverse(l, ζ *Node) []*Node {
	da, dy := op.partials(l.In(0), l.In(1))
	return []*Node{Mul(da, ζ), Mul(dy, ζ)}
}

func (op loss) Differential(l *Node, ξ ...*Node) *Node {
	da, dy := op.partials(l.In(0), l.In(1))
	return sumAlong(0, plus(times(da, ξ[0]), times(dy, ξ[1])))
}

// Stable asks the loss for a form that keeps its accuracy.
func (op loss) Stable(l *Node) *Node {
	if s, ok := op.components.(stabilised); ok {
		return s.stable(l.In(0), l.In(1))
	}
	return nil
}

// Fuse asks the loss for a faster op.
func (op loss) Fuse(l *Node, _ func(*Node) bool) *Node {
	if f, ok := op.components.(fused); ok {
		return f.fuse(l.In(0), l.In(1))
	}
	return nil
}

// bindLoss returns the function that adds up the rows of l(a, y), some columns at a
// time, in float64. One row of float64 is l(a, y) as it is.
func bindLoss[T compute.Float](op loss, l *tensor.Dense, x ...*tensor.Dense) func() {
	const columns = 256
	out, a, y := compute.Data[T](l), compute.Data[T](x[0]), compute.Data[T](x[1])
	if out, ok := any(out).([]float64); ok && len(out) == len(a) {
		a, y := any(a).([]float64), any(y).([]float64)
		return func() { op.each(out, a, y) }
	}
	width := min(columns, len(out))
	sum, li, ai, yi := make([]float64, width), make([]float64, width), make([]float64, width), make([]float64, width)
	return func() {
		for from := 0; from < len(out); from += width {
			w := min(width, len(out)-from)
			clear(sum)
			for i := from; i < len(a); i += len(out) {
				convert(ai[:w], a[i:])
				convert(yi[:w], y[i:])
				op.each(li[:w], ai[:w], yi[:w])
				for j, v := range li[:w] {
					sum[j] += v
				}
			}
			convert(out[from:from+w], sum)
		}
	}
}

// convert copies as many entries as dst has.
func convert[D, S compute.Float](dst []D, src []S) {
	src = src[:len(dst)]
	for i, v := range src {
		dst[i] = D(v)
	}
}

// eachPair sets l[j] = f(a[j], y[j]).
func eachPair(l, a, y []float64, f func(a, y float64) float64) {
	for j := range l {
		l[j] = f(a[j], y[j])
	}
}
