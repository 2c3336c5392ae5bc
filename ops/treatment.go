package ops

import (
	"slices"

	"adjoint/graph"
)

// How the ops of this package treat examples, the last axis of what has them. Those
// that act entry by entry keep them apart by nature.

// Products: wx has a column for each of x, and ζxᵀ is a sum over those of both.

func (matMul) Examples(x ...Shape) graph.Treatment {
	switch k := x[0].Rank() - 1; {
	case x[1].Dim(k) == graph.Batch:
		return graph.Independent
	case x[0].Dim(k) == graph.Batch:
		return graph.Summed
	}
	return graph.Mixed
}

func (layer) Examples(x ...Shape) graph.Treatment { return matMul{}.Examples(x[1:]...) }
func (bias) Examples(...Shape) graph.Treatment    { return graph.Independent }

func (dot) Examples(...Shape) graph.Treatment { return graph.Summed }

// Losses, one number for each example.

func (loss) Examples(...Shape) graph.Treatment                   { return graph.Independent }
func (crossEntropyFromLogits) Examples(...Shape) graph.Treatment { return graph.Independent }
func (sparseCrossEntropy) Examples(...Shape) graph.Treatment     { return graph.Independent }
func (oneHot) Examples(...Shape) graph.Treatment                 { return graph.Independent }

// Reductions and broadcasting.

func (op sum) Examples(x ...Shape) graph.Treatment {
	return along(graph.Summed, x[0], op.axes.All()...)
}

func (op mean) Examples(x ...Shape) graph.Treatment {
	return along(graph.Averaged, x[0], op.axes.All()...)
}

func (op sumTo) Examples(...Shape) graph.Treatment {
	if op.to.HasBatch() {
		return graph.Independent
	}
	return graph.Summed
}

func (broadcast) Examples(...Shape) graph.Treatment { return graph.Independent }

// What works on lines along one axis or several.

func (op softmax) Examples(x ...Shape) graph.Treatment {
	return along(graph.Mixed, x[0], op.axis)
}

func (op logSoftmax) Examples(x ...Shape) graph.Treatment {
	return along(graph.Mixed, x[0], op.axis)
}

func (op logSumExp) Examples(x ...Shape) graph.Treatment {
	return along(graph.Mixed, x[0], op.axis)
}

// along is how something that works along axes of x treats examples: apart, if they
// are not among them.
func along(examples graph.Treatment, x Shape, axes ...int) graph.Treatment {
	if last := x.Rank() - 1; len(axes) == 0 || slices.Contains(axes, last) {
		return examples
	}
	return graph.Independent
}
