// Package interop connects formulas with gorgonia, the library whose tensors
// they are computed on.
//
// [ToGorgonia] builds a formula in a gorgonia ExprGraph, from which gorgonia
// computes and differentiates it by its own rules: a second opinion.
// [Gradient] asks for it in one call.
//
//	f, err := interop.ToGorgonia(j, interop.Options{N: 32})
//	err = f.Feed(x, batch)
//	d, err := gorgonia.Grad(f.Output, f.Node[w])
//
// [ValueGrads] gives parameters and gradients to gorgonia's solvers, and a
// [Solver] is one of theirs by a rule of package optim.
//
// # Where the two differ
//
// gorgonia's graph has a fixed size, so N is a number there. Its scalars and its
// tensors are two types; a node of shape () becomes a scalar. Its conventions at
// kinks and ties are its own where one of its ops is used: the derivative of Abs
// at 0 is 0 in both, and at a tie Max gives ζ to every entry that attains the
// maximum, where ours shares it.
//
// Losses are translated as their formulas read, Σ y log a + (1−y) log(1−a), with
// no care for 0·log 0 or for saturation, except for what gorgonia itself knows
// about log σ. So agreement is to be expected where the formula is well
// conditioned. Elsewhere, and where a test in this package pins a fault of
// gorgonia, the hand-derived formula is right.
package interop
