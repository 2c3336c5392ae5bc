// Package ops has the maps that formulas are made of: functions of nodes of a graph that
// return a node. Each has its map, its differential d and its reverse derivative r in its doc
// comment, in the words of the document.
//
// # The functions by subject
//
// Linear and bilinear maps, with examples as columns: [MatMul] (φ), [Bias] (ψ), [Dot],
// [Outer], [Einsum]; [SparseMatMul], φ of an x that is mostly 0.
//
// Of square matrices, and stacks of them: [Solve], [Inverse], [Det], [LogDet], [Cholesky].
//
// Images (C, H, W, N) and signals (C, T, N), by a [Window]: [Conv] (∗), [ConvTranspose],
// [Patches] and [Fold]; [MaxPool], [AvgPool]; [Upsample], [UpsampleBilinear].
//
// Entry by entry, two tensors whose shapes broadcast: [Add], [Sub], [Mul], [Div], [Maximum],
// [Minimum], [Where], [Power], [Mod]; comparisons, which are 0 or 1: [Greater], [GreaterEqual], [Less],
// [LessEqual], [Equal].
//
// Entry by entry, with numbers: [Affine], [Scale], [Shift], [Neg], [OneMinus], [Pow], [Clip];
// [AddBelow], below a diagonal of matrices. So 1 + x² is Shift(Square(x), 1); where a node is wanted, a
// number is one by g.Const(1).
//
// Entry by entry, elementary functions: [Exp], [Expm1], [Log], [Log1p], [Sqrt], [Reciprocal],
// [Square], [Abs], [Sign], [Sin], [Cos], [Tan], [Asin], [Acos], [Atan], [Sinh], [Cosh], [Asinh],
// [Acosh], [Atanh], [Erf], [LogCosh], [Logit]; [Floor], [Ceil], [Round], [Trunc], [Narrow], which
// jump, and [Whole], which judges.
//
// Entry by entry, activations: [Sigmoid] (σ), [Tanh], [Softplus], [Softsign], [ReLU],
// [LeakyReLU], [ELU], [SELU], [SiLU], [GELU], [GELUTanh], [Mish], [HardSigmoid]. One of your
// own is a [Pointwise], or with parameters a [Family], which [Entrywise] applies.
//
// Over axes, which are taken away: [Sum], [Mean], [Max], [Min], [Prod], [Norm1], [Norm2],
// [Variance], [Std], [CorrectedVariance], [CorrectedStd], [LogSumExp]; [Count] is the number
// of entries that these take together.
//
// Along one axis of distributions: [Softmax] and [LogSoftmax], which keep the axis, [Entropy]
// and [EntropyFromLogits], which take it away.
//
// Along one axis, line by line: [CumSum]; [ArgMax], [ArgMin], [TopIndices], places that have no
// derivative; [GatherAlong], [ScatterAlong], what is at places.
//
// Over axes, which stay: [Standardize], [RMSNorm], [GroupNorm].
//
// Shapes: [Reshape], [ExpandDims], [Squeeze], [T], [Transpose], [BroadcastTo], [SumTo],
// [Slice], [Index], [Concat], [Stack], [Gather], [ScatterAdd], [OneHot], [Range], [Pad], [PadReflect],
// [PadEdge].
//
// Recurrence, over times: [Scan] and [ScanBack], of a step that is built once. [graph.Recompute] keeps
// nothing of a part of a formula for its derivative.
//
// Derivatives as one node: [Jacobian], [Hessian], [PerExample].
//
// Losses L(a, y), a number for each example: [LogLoss], [CrossEntropy], [KL], [FocalLoss],
// [SquaredError], [AbsoluteError], [Huber], [Hinge]; the same of logits: [LogLossFromLogits],
// [CrossEntropyFromLogits], [SparseCrossEntropyFromLogits], [FocalLossFromLogits]. The cost
// is J = Mean(L), to which [L1Penalty] and [L2Penalty] of weights may be added.
//
// [StopGradient] takes its input for a constant. [Dropout] acts in training only; [Drop] is
// what it does there.
//
// # Axes
//
// A negative axis counts from the end: −1 is the last. A function of axes takes all of them
// if none is named; it takes them away, so that Sum(x, 0) of a matrix is a vector, and
// Sum(x) a scalar of shape (). Where axes of extent 1 should stay, [Keep] says so. Examples are the last axis, columns of a matrix: the mean over them is
// Mean(x, 1), the probabilities of each are Softmax(z, 0). The error of an axis that is not
// there, or named twice, wraps graph.ErrAxis.
//
// # Errors
//
// Functions do not fail: the node that they return does, and Compile returns its error, with
// the file and line of the call. See package graph.
//
// # Descriptions
//
// What an op tells others of itself (Describe) is the call that makes it: the name of its
// constructor here and the arguments that are no nodes. Where one function is a case of
// another, the general one is named: ReLU is LeakyReLU with slope 0, Scale is Affine. Axes
// are counted from the front, and none left out. An op that only occurs in derivatives has a
// name of its own, which its file explains.
package ops
