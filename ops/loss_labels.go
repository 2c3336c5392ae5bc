package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

var (
	_ graph.Differentialer = labelsUpTo{}
	_ graph.Expander       = labelsUpTo{}
	_ graph.Validator      = labelsUpTo{}
	_ graph.Describer      = labelsUpTo{}
)

func init() {
	graph.Register("Labels", 1, func(a *graph.Args) graph.Op { return labelsUpTo{a.Float()} })
}

// Labels of losses are probabilities: 0, 1 or between. Those of LogLoss are refused if
// they are anything else, such as classes counted from 1, for which it would be
// negative. Those of a hinge loss are from −1 to 1. A cross-entropy and KL take weights too, such as those of classes, that add
// up to anything: they are refused if negative, infinite or NaN.

// validLabels reports an entry of labels that is not from least to most.
func validLabels(labels *tensor.Dense, least, most float64) error {
	columns := 1
	if k := labels.Dims(); k > 0 {
		columns = labels.Shape()[k-1]
	}
	return judge(labels, labelRange{least, most, columns}, validRows[float32], validRows[float64])
}

// A labelRange is what labels are, in rows of so many columns.
type labelRange struct {
	least, most float64
	columns     int
}

// validRows looks at the bits of all entries first. Those of 0 and 1, which most labels
// are, have no bit that 1 has not, and neither has any number that is no label.
func validRows[T compute.Float](y []T, r labelRange) error {
	if kernel.BitsWithin(y, 1) {
		return nil
	}
	for at, v := range y {
		if !(r.least <= float64(v) && float64(v) <= r.most) { // also NaN
			return fmt.Errorf("%w: label %g in row %d, column %d: want one from %g to %g", graph.ErrValue, v, at/r.columns, at%r.columns, r.least, r.most)
		}
	}
	return nil
}

// checked is y, the labels of a loss that is computed as a formula of theirs. It refuses
// what the loss refuses.
func checked(y *Node, l labelled) *Node {
	_, _, most := l.labels()
	return graph.Apply(labelsUpTo{most}, y)
}

type labelsUpTo struct{ most float64 }

func (labelsUpTo) String() string                         { return "labels" }
func (labelsUpTo) Shape(y ...Shape) (Shape, error)        { return y[0], nil }
func (labelsUpTo) Expand(y ...*Node) *Node                { return y[0] }
func (op labelsUpTo) Describe() graph.Description         { return named("Labels", op.most) }
func (labelsUpTo) Reverse(_, ζ *Node) []*Node             { return []*Node{ζ} }
func (labelsUpTo) Differential(_ *Node, ξ ...*Node) *Node { return ξ[0] }
func (labelsUpTo) Kernel() compute.Kernel                 { return unary(copies[float32], copies[float64]) }
func (labelsUpTo) Judges() []int                          { return []int{0} }
func (op labelsUpTo) Valid(y ...*tensor.Dense) error      { return validLabels(y[0], 0, op.most) }
