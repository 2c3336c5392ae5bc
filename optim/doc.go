// Package optim finds parameters at which a scalar J is small.
//
// Anything with a graph and parameters trains:
//
//	opt, err := optim.Minimize(j, optim.Adam{Rate: 1e-3})
//	for … {
//		err = opt.Feed(x, batch)
//		err = opt.Step()
//	}
//
// There are three types to know. An [Objective] is J as a function of its
// parameters: it gives J, ∇J or both. A [Rule] says how a parameter moves,
// given its gradient. An [Optimizer] moves the parameters of an Objective by a
// Rule, one [Optimizer.Step] at a time.
//
// # Rules
//
// [SGD], [AdaGrad], [RMSProp], [Adam], [AdamW] and [LazyAdam] follow PyTorch's torch.optim,
// and each states its formula. The document's descent
//
//	w := w − rJ(α)
//
// is SGD{Rate: α} without momentum, because rJ(α) = α·rJ(1) = α·∇J.
//
// The rate has no default. Any other field of a rule that is 0 means PyTorch's
// default; to set a field to the number 0, use [Zero]. Keras's rules are PyTorch's
// with Eps: 1e-7. A penalty on the weights is not an option of a rule but a node of
// J, and is differentiated with J. Only AdamW's decay is an option, because it acts
// beside the gradient.
//
// A rule of your own has three methods and works on float32 and float64 graphs;
// see the example of [Rule].
//
// # Rates and clipping
//
// A [Schedule] is a factor of the rate that depends on the number of the step:
// set [Optimizer.Schedule]. Gradients are clipped by value and by global norm:
// set [Optimizer.Clip].
//
// # States
//
// Besides parameters J may depend on states (graph.State), such as running means. Each
// step of an Optimizer moves them as the graph says, from where they and the parameters
// were before it. The methods below leave them as they are.
//
// # Tables
//
// Of a table of which J reads rows by ops.Gather along axis 0, such as those of
// embeddings, a step of [SGD] without momentum, [AdaGrad] or [LazyAdam] touches the rows
// that were read and no others: neither a gradient as large as the table nor what the rule
// remembers of other rows. SGD and AdaGrad end with the bits that they have otherwise, but
// for a Clip by norm and for a table that several Gathers read, where sums are in another
// order. Parts add up whole gradients, and move the rows that some part has read. Rows
// that are read several times have the sum of their gradients, before it is clipped. Where
// other rows move too, because of a momentum, a decay, a penalty in J or another use of
// the table, the table moves as a whole. [Optimizer.Shrink] shrinks all rows.
//
// # Whole-batch methods
//
// [LBFGS] and [FISTA] move the parameters of an [Objective] to a minimum, where the
// norm of the gradient is below a tolerance. FISTA minimises J + λ‖w‖₁ and sets
// entries of w to exactly 0; so does an Optimizer, after [Optimizer.Shrink]. With
// [Standardized] a search does not depend on the units of the features. If it does
// not converge, [Result].Stopped says why.
//
// # Divergence
//
// No method moves parameters by a gradient that is NaN or infinite. It returns a
// [*DivergedError], which wraps [ErrDiverged], and leaves the parameters unchanged.
//
// # Reproducible bits
//
// Nothing here draws a random number or depends on time or on the number of
// threads: the same graph, feeds and rule give the same bits. [Optimizer.State]
// and [Optimizer.SetState] save and restore what a rule remembers. So a training that
// is resumed has the bits of one that never stopped.
package optim
