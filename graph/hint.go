package graph

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"
)

// hint says how operands that op refuses would compose: two of them the other way round, or
// a matrix transposed, as where examples are rows. It is "" if they would not.
func hint(op Op, x []*Node) string {
	if len(x) < 2 {
		return ""
	}
	shapes := make([]Shape, len(x))
	for i, n := range x {
		shapes[i] = n.shape
	}
	composes := func() bool {
		_, err := op.Shape(shapes...)
		return err == nil
	}
	for i := range x {
		for k := range i {
			shapes[i], shapes[k] = shapes[k], shapes[i]
			if composes() {
				turned := slices.Clone(x)
				turned[i], turned[k] = x[k], x[i]
				return "; the other way round, " + describe(op, turned) + ", they compose"
			}
			shapes[i], shapes[k] = shapes[k], shapes[i]
		}
	}
	for i, n := range slices.Backward(x) {
		if n.shape.Rank() != 2 {
			continue
		}
		shapes[i] = n.shape.transposed()
		if composes() {
			return fmt.Sprintf("; with %s transposed, %v, they compose", n.Label(), shapes[i])
		}
		shapes[i] = n.shape
	}
	return ""
}

// typeHint says which graph takes a tensor whose float type another one refuses.
func typeHint(v *tensor.Dense) string {
	if v.Dtype() == tensor.Float32 {
		return "; one of graph.NewOf(tensor.Float32) takes it"
	}
	return "; graph.Tensor makes one of a slice of floats"
}

// transposed is the shape of the transpose of a matrix.
func (s Shape) transposed() Shape { return ShapeOf(s.Dim(1), s.Dim(0)) }

// feedHint says that the transpose of a matrix with these extents could be fed for x, as
// where examples are rows, or "".
func feedHint(x *Node, dims []int) string {
	var at sizes
	if len(dims) != 2 || x.shape.Rank() != 2 || !at.learnAll(x.shape.Dims(), []int{dims[1], dims[0]}) {
		return ""
	}
	return fmt.Sprintf("; its transpose %v fits, since examples are columns", ShapeOf(dims[1], dims[0]))
}
