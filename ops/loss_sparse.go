package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = sparseCrossEntropy{}
	_ graph.Expander       = sparseCrossEntropy{}
	_ graph.Examplewise    = sparseCrossEntropy{}
	_ graph.Validator      = sparseCrossEntropy{}
	_ graph.Pairer         = sparseCrossEntropy{}
	_ graph.Describer      = sparseCrossEntropy{}
)

func init() {
	register("SparseCrossEntropyFromLogits", 2, sparseCrossEntropy{})
}

// SparseCrossEntropyFromLogits is CrossEntropyFromLogits(z, y) for the one-hot y
// of labels: −log softmax(z)ᵏ for an example of class k. z has shape (m, N), labels
// and the result have shape (1, N); a label is a whole number from 0 to m−1. The
// error of Run for any other label names it and its position and wraps
// graph.ErrValue.
//
//	d(ξ) = Σᵢ (S − y)ξ     r(ζ) = (S − y)ζ     S = Softmax(z, 0), y = OneHot(labels, m)
//
// Labels have no derivative: r is nil for them.
func SparseCrossEntropyFromLogits(z, labels *Node) *Node {
	return graph.Apply(sparseCrossEntropy{}, z, labels)
}

type sparseCrossEntropy struct{}

func (sparseCrossEntropy) String() string { return "sparseCrossEntropy∘softmax" }

func (sparseCrossEntropy) Describe() graph.Description {
	return named("SparseCrossEntropyFromLogits")
}

func (sparseCrossEntropy) Examples(int, ...Shape) graph.Treatment { return graph.Independent }

func (sparseCrossEntropy) Shape(s ...Shape) (Shape, error) {
	z, labels := s[0], s[1]
	if z.Rank() != 2 || graph.Symbolic(z.Dim(0)) || labels != graph.ShapeOf(1, z.Dim(1)) {
		return Shape{}, fmt.Errorf("%w: want z (m, N) and labels (1, N)", graph.ErrShape)
	}
	return labels, nil
}

func (sparseCrossEntropy) Judges() []int { return []int{1} }

func (sparseCrossEntropy) Valid(x ...*tensor.Dense) error {
	z, labels := x[0], x[1]
	classes := z.Shape()[0]
	if err := validIndex(labels, classes); err != nil {
		return fmt.Errorf("labels of %d classes: %w", classes, err)
	}
	return nil
}

func (op sparseCrossEntropy) Kernel() compute.Kernel {
	return compute.Bound(op, bindSparse[float32], bindSparse[float64])
}

// Expand is the definition.
func (sparseCrossEntropy) Expand(x ...*Node) *Node {
	z, labels := x[0], x[1]
	return CrossEntropyFromLogits(z, OneHot(labels, z.Shape().Dim(0)))
}

func (sparseCrossEntropy) prime(z, labels *Node) *Node {
	return Sub(Softmax(z, 0), OneHot(labels, z.Shape().Dim(0)))
}

func (op sparseCrossEntropy) Reverse(l, ζ *Node) []*Node {
	return []*Node{Mul(op.prime(l.In(0), l.In(1)), ζ), nil}
}

func (op sparseCrossEntropy) Differential(l *Node, ξ ...*Node) *Node {
	return maybe(ξ[0], func(ξ *Node) *Node { return sumAlong(0, Mul(op.prime(l.In(0), l.In(1)), ξ)) })
}

func bindSparse[T compute.Float](_ sparseCrossEntropy, l *tensor.Dense, x ...*tensor.Dense) func() {
	out, z, labels := compute.Data[T](l), compute.Data[T](x[0]), compute.Data[T](x[1])
	return tiles(0, z, x[0], func(t *tile[T]) { sparseEntropies(t, out, z, labels) })
}

func sparseEntropies[T compute.Float](t *tile[T], l, z, labels []T) {
	for k, log := range t.logs() {
		class := int(labels[t.line+k])
		l[t.line+k] = T(log - (float64(z[t.at(class)+k*t.step]) - float64(t.max[k])))
	}
}

// PairedKernel knows the residual.
func (op sparseCrossEntropy) PairedKernel(g graph.Op) compute.Kernel {
	if g != (sparseResidual{}) {
		return compute.Kernel{}
	}
	return compute.Bound(op, besideSparse[float32], besideSparse[float64])
}

func besideSparse[T compute.Float](_ sparseCrossEntropy, l *tensor.Dense, x ...*tensor.Dense) func() {
	loss, z, labels, r := compute.Data[T](l), compute.Data[T](x[0]), compute.Data[T](x[1]), compute.Data[T](x[2])
	return tiles(0, z, x[0], func(t *tile[T]) {
		sparseResiduals(t, r, labels)
		sparseEntropies(t, loss, z, labels)
	})
}
