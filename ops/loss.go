package ops

import (
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
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

	// at is l(a, y).
	at(a, y float64) float64

	// partials builds ∂₁l and ∂₂l, entry by entry.
	partials(a, y *Node) (*Node, *Node)
}

// lossOf returns the node L(a, y).
func lossOf(l components, a, y *Node) *Node { return graph.Apply(loss{l}, a, y) }

func (op loss) Shape(s ...Shape) (Shape, error) {
	if l, ok := op.components.(interface{ check() error }); ok {
		if err := l.check(); err != nil {
			return Shape{}, err
		}
	}
	return perExample(s...)
}

// perExample is the shape of one number for each example.
func perExample(s ...Shape) (Shape, error) {
	if s[0].Rank() != 2 || s[0] != s[1] {
		return Shape{}, fmt.Errorf("%w: want two matrices (m, N)", graph.ErrShape)
	}
	return graph.ShapeOf(1, s[0].Dim(1)), nil
}

func (op loss) Forward(l *tensor.Dense, x ...*tensor.Dense) {
	if l.Dtype() == tensor.Float32 {
		sumComponents(op.at, data[float32](l), data[float32](x[0]), data[float32](x[1]))
	} else {
		sumComponents(op.at, data[float64](l), data[float64](x[0]), data[float64](x[1]))
	}
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
	if s, ok := op.components.(interface{ stable(a, y *Node) *Node }); ok {
		return s.stable(l.In(0), l.In(1))
	}
	return nil
}

// sumComponents sets l[j] = Σᵢ at(a[i, j], y[i, j]).
func sumComponents[T graph.Float](at func(a, y float64) float64, l, a, y []T) {
	var sums [64]float64
	for from := 0; from < len(l); from += len(sums) {
		sum := sums[:min(len(sums), len(l)-from)]
		clear(sum)
		for i := from; i < len(a); i += len(l) {
			a, y := a[i:], y[i:]
			for j := range sum {
				sum[j] += at(float64(a[j]), float64(y[j]))
			}
		}
		for j, v := range sum {
			l[from+j] = T(v)
		}
	}
}

// weigh is p·v with 0·∞ = 0: the 0·log 0 = 0 of a loss.
func weigh(p, v float64) float64 {
	if p == 0 && math.IsInf(v, 0) {
		return 0
	}
	return p * v
}
