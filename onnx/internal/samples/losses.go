package samples

import "adjoint/ops"

// loss is a sample of a loss of matrices (m, N).
func loss(name string, m int, a, y Domain, f func(a, y *node) *node) Sample {
	x := []Operand{{a, []int{m, batch}}, {y, []int{m, batch}}}
	return Sample{Name: name, X: x, F: func(x ...*node) *node { return f(x[0], x[1]) }}
}

var losses = cancelling(InDerivatives, []Sample{
	loss("LogLoss", 1, Unit, Labels, ops.LogLoss),
	loss("LogLoss of labels", 2, Labels, Labels, func(a, y *node) *node { return ops.LogLoss(y, y) }),
	loss("LogLoss of a Sigmoid", 1, Wide, Labels, func(z, y *node) *node { return ops.LogLoss(ops.Sigmoid(z), y) }),
	loss("LogLossFromLogits", 2, Any, Unit, ops.LogLossFromLogits),
	loss("CrossEntropy", 3, Columns, OneHot, ops.CrossEntropy),
	loss("CrossEntropy of a Softmax", 3, Wide, OneHot, func(z, y *node) *node { return ops.CrossEntropy(ops.Softmax(z, 0), y) }),
	loss("CrossEntropyFromLogits", 3, Any, Columns, ops.CrossEntropyFromLogits),
	loss("FocalLoss", 2, Unit, Labels, func(a, y *node) *node { return ops.FocalLoss(a, y, 2) }),
	loss("FocalLossFromLogits", 2, Any, Unit, func(z, y *node) *node { return ops.FocalLossFromLogits(z, y, 0.5) }),
	on("LogCosh", ops.LogCosh, 3, batch),
	loss("Logit", 2, Unit, Unit, func(p, _ *node) *node { return ops.Logit(p) }),
	on("OneMinus of a Sigmoid", func(z *node) *node { return ops.OneMinus(ops.Sigmoid(z)) }, 3, batch),
	on("OneMinus of a Softmax", func(z *node) *node { return ops.OneMinus(ops.Softmax(z, 0)) }, 3, batch),
	{
		Name: "Entropy",
		X:    []Operand{{Columns, []int{3, batch}}},
		F:    func(x ...*node) *node { return ops.Entropy(x[0], 0) },
	},
	on("EntropyFromLogits", func(z *node) *node { return ops.EntropyFromLogits(z, 0) }, 3, batch),
	loss("SquaredError", 2, Any, Any, ops.SquaredError),
	loss("AbsoluteError", 2, Whole, Whole, ops.AbsoluteError),
	loss("Huber", 2, Whole, Whole, func(a, y *node) *node { return ops.Huber(a, y, 2) }),
	loss("Hinge", 2, Whole, Signs, ops.Hinge),
	{
		Name: "SparseCrossEntropyFromLogits",
		X:    []Operand{{Any, []int{3, batch}}, {Below(3), []int{1, batch}}},
		F:    func(x ...*node) *node { return ops.SparseCrossEntropyFromLogits(x[0], x[1]) },
	},
	on("L1Penalty", func(w *node) *node { return ops.L1Penalty(0.3, 10, w) }, 3, 4),
	on("L2Penalty", func(w *node) *node { return ops.L2Penalty(0.3, 10, w) }, 3, 4),
})

var divergences = cancelling(Always, []Sample{
	loss("KL", 3, OneHot, Columns, ops.KL),
	loss("KL of distributions", 3, Columns, Columns, ops.KL),
	loss("KL of a Softmax", 3, Columns, Any, func(p, z *node) *node { return ops.KL(p, ops.Softmax(z, 0)) }),
	// An infinite logit makes a softmax NaN, which is no label; of logits that are nearly
	// equal nothing is left of KL but rounding.
	loss("KL of two Softmaxes", 3, Any, Any, func(u, v *node) *node {
		apart := ops.Concat(0, v.Graph().Const(0, 2, 1), v.Graph().Const(1, 1, 1))
		return ops.KL(ops.Softmax(ops.Clip(u, -20, 20), 0), ops.Softmax(ops.Add(ops.Clip(v, -20, 20), apart), 0))
	}),
})
