// Package graph builds formulas out of differentiable maps, differentiates them
// and runs them.
//
// There are four types. A [Graph] is a formula. A [Node] is a value in it. An
// [Op] is a differentiable map. A [Program] is a formula made ready to run.
//
//	g := graph.New()
//	x := g.Input("x", 10, graph.Batch)
//	w := g.Param("w", weights)
//	z := ops.Sigmoid(ops.MatMul(w, x))
//	p, err := graph.Compile(z)
//
// # Notation
//
// It is that of the document Neural Networks, which this library makes
// executable. y = F(x) is a value, x its inputs; ξ and η are tangents, small
// changes of an input; ζ is a cotangent, a weight on each entry of y; dF_x(ξ) is
// the differential and rF_x(ζ) the reverse derivative, bound by
//
//	⟨rF_x(ζ), ξ⟩ = ⟨ζ, dF_x(ξ)⟩
//
// J is a scalar, usually a cost, and ∇J = rJ(1) its gradient.
//
//	the document       elsewhere                              here
//	F: X → Y           primitive, operation                   Op
//	y = F(x)           forward pass                           Op.Kernel
//	dF_x(ξ)            JVP, pushforward, forward mode         JVP, Differentialer
//	rF_x(ζ)            VJP, pullback, reverse mode            VJP, Op.Reverse
//	Proposition 2.3    backpropagation                        VJP
//	rJ(1)              gradient                               Gradient
//	rJ(α)              gradient times the learning rate       VJP
//
// # Derivatives are graphs
//
// VJP, JVP, Gradient, HVP and Jacobian append nodes to the graph. What they
// return is printed, compiled and differentiated like anything else; there is no
// second set of numeric derivative rules. Each op states its reverse derivative
// once. Its differential, where the op does not state it, is the reverse of the
// reverse.
//
// # Shapes
//
// Examples are columns: x is (n, N), a weight matrix (m, n), a bias (m, 1),
// labels (1, N). N may be the symbol [Batch]: then one formula, with its
// derivatives, serves every number of examples, and a Program learns N from what
// is fed. A scalar has shape ().
//
// [Extent] makes other symbols, such as the length T of a sequence, [Times] ordered products
// of them, [Quotient] and [Shift] what windows and slices need. A tensor (m, T, N) can become
// (m, T·N), whose entries lie in the same order, and not (m, N, T). What symbols are is told
// by what is fed: (m, T·N), fed as (3, 35), says with T = 7 that N = 5. [Inputs] holds what
// was fed; several Programs may read the same.
//
// # Errors
//
// Building returns no errors and does not panic. A node that cannot be built
// keeps its error, with the file and line of the call that made it; what is
// computed from it keeps it too; and Compile returns it. So a formula is written
// in one piece. The errors wrap [ErrShape] and the like.
//
// What is an error of an op's author rather than its user, such as an op that
// is not comparable, panics.
//
// # Stable forms
//
// Where σ(z) rounds to 0 or 1, log σ(z) and 1−σ(z) as they are written have lost their
// digits, and so have their derivatives. Derivatives and programs work on forms that
// the ops say are better (see Stabler): logarithms, complements, residuals and losses
// of σ, tanh and softmax as functions of z. The file docs/stable-forms.md lists them
// all, and says which keep their digits for every z; there is no algebra beyond that
// list. A formula stays as it was written, and prints so; [StableForm] shows what is
// computed, and [Graph.NoStable] leaves it out.
//
// A derivative depends on its formula alone. With respect to a value a, such as
// σ(z), it is that of the formula in a: no form looks past a.
//
// # Programs
//
// Compile makes a straight line of kernels of a formula, which stays as it is, in passes whose list
// is in compile.go: constants are folded,
// φ and ψ become one product, transposes are read by strides, pointwise ops that
// follow each other run a tile of their entries at a time, and buffers are shared.
// Where a formula only adds up over many examples, as a cost and its gradient do, they
// are computed a block at a time, and what lies between is as large as a block (see
// Examplewise). The String of a Program shows it all. A Run allocates nothing; large
// products and wide pointwise work are shared among threads where that has been seen to
// pay, without a change to any bit (see SetThreads). Parameters belong to the graph, and
// everything else to the Program: a Clone for each goroutine makes it safe in many.
//
// An input is fed by a copy (Feed), by a function that writes it where it is needed
// (FeedBy), or by no copy at all (Lend), also with examples in rows. A value is read by
// Program.Value, a tensor, and its entries by Values; a number by Program.Number. [Tensor]
// makes a tensor of a slice. Where NaN comes from, [Program.RunChecked] says. The buffers
// of a Program fit into the memory that the machine, control groups and resource limits
// leave to the process, for all numbers of examples that it keeps buffers for: more is
// ErrSize.
package graph
