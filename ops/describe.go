package ops

import "adjoint/graph"

// How the ops of this package describe themselves to those who build a formula in
// another system: by the constructor, which has the same name here, and by its
// parameters. Where one constructor is a case of another, the general one is named:
// ReLU is LeakyReLU with slope 0, Scale is Affine. Axes are counted from the front,
// and none left out. An op that only occurs in derivatives has a name of its own,
// which is explained below.

// Linear maps.

func (matMul) Describe() graph.Description       { return named("MatMul") }
func (bias) Describe() graph.Description         { return named("Bias") }
func (dot) Describe() graph.Description          { return named("Dot") }
func (op sum) Describe() graph.Description       { return named("Sum", op.axes.All()) }
func (op mean) Describe() graph.Description      { return named("Mean", op.axes.All()) }
func (op transpose) Describe() graph.Description { return named("Transpose", op.perm.All()) }
func (op reshape) Describe() graph.Description   { return named("Reshape", op.to) }
func (op broadcast) Describe() graph.Description { return named("BroadcastTo", op.to) }
func (op sumTo) Describe() graph.Description     { return named("SumTo", op.to) }
func (op concat) Describe() graph.Description    { return named("Concat", op.axis) }
func (op gather) Describe() graph.Description    { return named("Gather", op.axis) }

func (op contraction) Describe() graph.Description {
	return named("Einsum", op.a+","+op.b+"->"+op.y)
}

// If the first index of a Slice is negative, both count from the end of the axis, which is
// graph.End.
func (op slice) Describe() graph.Description {
	from, to := op.ends()
	return named("Slice", op.axis, from, to)
}

// Pad is the reverse of Slice: the input from an index of an axis on, whose extent
// becomes the last argument, and zeros elsewhere. A negative index counts from the end of
// that. ScatterAdd is that of Gather.
func (op padded) Describe() graph.Description {
	if op.back {
		return named("Pad", op.axis, -op.from, op.n)
	}
	return named("Pad", op.axis, op.from, op.n)
}

func (op scatter) Describe() graph.Description { return named("ScatterAdd", op.axis, op.n) }

// DivPower is a/bᵏ with 0/0 = 0, where k is the argument; DivOrZero is a/b, and 0
// where b is 0.
func (op ratio) Describe() graph.Description       { return named("DivPower", op.k) }
func (quotientOrZero) Describe() graph.Description { return named("DivOrZero") }

// Reductions that are not linear.

func (op softmax) Describe() graph.Description    { return named("Softmax", op.axis) }
func (op logSoftmax) Describe() graph.Description { return named("LogSoftmax", op.axis) }
func (op logSumExp) Describe() graph.Description  { return named("LogSumExp", []int{op.axis}) }
func (op norm2) Describe() graph.Description      { return named("Norm2", op.axes.All()) }
func (op prod) Describe() graph.Description       { return named("Prod", []int{op.axis}) }

// SumExpShares is the softmax along an axis, but with limits where the maximum of a
// line is infinite: the entries that attain it share 1.
func (op share) Describe() graph.Description { return named("SumExpShares", op.axis) }

func (op extreme) Describe() graph.Description {
	if op.least {
		return named("Min", op.axes.All())
	}
	return named("Max", op.axes.All())
}

// ProdOfOthers is, along an axis, the product of all entries but one, or its
// derivative in the directions that are further inputs.
func (op others) Describe() graph.Description { return named("ProdOfOthers", op.axis) }

// Describe returns what its components say.
func (op loss) Describe() graph.Description {
	if l, ok := op.components.(interface{ Describe() graph.Description }); ok {
		return l.Describe()
	}
	return graph.Description{}
}

// Losses. KLFromLog is KL(p, eᵘ) as a function of p and u.

func (logLoss) Describe() graph.Description                { return named("LogLoss") }
func (logLossFromLogits) Describe() graph.Description      { return named("LogLossFromLogits") }
func (crossEntropy) Describe() graph.Description           { return named("CrossEntropy") }
func (crossEntropyFromLogits) Describe() graph.Description { return named("CrossEntropyFromLogits") }
func (kl) Describe() graph.Description                     { return named("KL") }
func (klOfLog) Describe() graph.Description                { return named("KLFromLog") }
func (mse) Describe() graph.Description                    { return named("MSE") }
func (mae) Describe() graph.Description                    { return named("MAE") }
func (h huber) Describe() graph.Description                { return named("Huber", h.δ) }
func (hinge) Describe() graph.Description                  { return named("Hinge") }
func (op oneHot) Describe() graph.Description              { return named("OneHot", op.classes) }

func (sparseCrossEntropy) Describe() graph.Description {
	return named("SparseCrossEntropyFromLogits")
}

func (op penalty) Describe() graph.Description {
	if op.p == 1 {
		return named("L1Penalty", op.λ, op.n)
	}
	return named("L2Penalty", op.λ, op.n)
}
