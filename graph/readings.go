package graph

import (
	"adjoint/compute"

	"gorgonia.org/tensor"
)

// The optional readings of an op, found by type assertion. Each pays for itself; an op
// without any of them is complete.

// A Differentialer states its differential too. It pays where that is simpler, faster or
// more accurate than what JVP derives for an op that does not: rF_x is linear, and the
// adjoint of the adjoint is dF_x.
type Differentialer interface {
	Op

	// Differential appends dF_x(ξ) to the graph. A nil ξ[i] is zero; at least
	// one is not nil. A nil result is zero.
	Differential(y *Node, ξ ...*Node) *Node
}

// A LinearMap is its own differential: dF(ξ) is F of the tangents. It spares a sum, a
// transpose or a slice its Differential.
type LinearMap interface {
	Op

	// Linear names the inputs in which F is linear, all of them together; all there are
	// if it names none. Others, such as an index, have no part in dF.
	Linear() []int
}

// An Expander has a kernel of its own for what Expand defines in simpler ops. The two
// agree; its Reverse may be Through(op, y, ζ). It pays for a fusion, which needs no rule of
// its own, and for those who know the simpler ops only, as package onnx does.
type Expander interface {
	Op
	Expand(x ...*Node) *Node
}

// A Stabler knows a better form of some of its values. Stable returns a node that is equal
// to y as a function but loses no accuracy where y does, such as log σ(z) computed from z,
// or nil. It pays where a formula is written as in a textbook.
//
// Nor does Stable compile a formula of the graph of y, which serves the one that is being compiled:
// that is an error, which wraps ErrGraph. So may one of another graph be, while that is compiled
// elsewhere. The same holds of Fuse.
type Stabler interface {
	Op
	Stable(y *Node) *Node
}

// An Examplewise op says how it treats examples, so that a Program of many of them may
// compute a block at a time, in memory that stays in the cache. An op with an Entrywise
// kernel has no need to.
//
// Examples are what a symbol counts, N or any other. Where they are is asked of a shape: the
// symbol is a factor of one extent, and once, as N is in (3, N), (N, 3) and (3, T·N). Column j
// is the entries of example j.
type Examplewise interface {
	Op

	// Examples returns the treatment of the examples that symbol counts by an op of inputs of
	// these shapes. The result or some input has examples; each has them in one place at most.
	Examples(symbol int, x ...Shape) Treatment
}

// A Treatment of examples.
type Treatment int

// The treatments of examples.
const (
	Mixed       Treatment = iota // in any other way
	Independent                  // column j depends on no example but j, and is that of j by itself
	Summed                       // the result has no examples: it is a sum over them
	Averaged                     // the result has no examples: it is a mean over them
)

// String returns the name of the treatment.
func (t Treatment) String() string {
	return [...]string{"Mixed", "Independent", "Summed", "Averaged"}[t]
}

// A Validator can refuse values, such as a label that is no class. Run calls Valid
// before it computes, or before it computes a block of examples, and returns its error,
// which wraps ErrValue. So it does before it computes, of the op's reverse derivative, what
// reads the same inputs. Unless it refuses, Valid allocates nothing.
type Validator interface {
	Op

	// Judges names the inputs whose entries Valid looks at. Where these are inputs of the
	// graph, they are judged when they have been fed, and not again by the next Run.
	Judges() []int

	// Valid looks at the entries of these inputs, and at nothing but the shapes of others.
	Valid(x ...*tensor.Dense) error
}

// A Needer's value does not exist for all numbers of the symbols of its inputs' shapes: the
// third entry of an axis T, for one, if T is 2. Needs returns extents that have to be more
// than 0, such as T−2. It pays for a clear error where a formula serves every T.
type Needer interface {
	Op
	Needs(x ...Shape) []int
}

// A Fuser knows an op that does at once what several do, in one pass over memory. Fuse
// returns a node that is equal to y, or nil; alone reports whether y is the only reader of
// a node, so that nothing else needs its value.
type Fuser interface {
	Op
	Fuse(y *Node, alone func(x *Node) bool) *Node
}

// A Pairer finds the value of another op G of the same inputs on its way, as a loss does
// that of its derivative. PairedKernel returns a kernel of both: it computes y = F(x), and
// its inputs are x and, as the last, the value G(x), which it computes too. It returns the
// zero Kernel for a G that it does not know. F refuses what G does.
type Pairer interface {
	Op
	PairedKernel(g Op) compute.Kernel
}

// A Describer says what map it is to those who build the same formula in another system,
// or write it to a file, as packages interop and onnx do.
type Describer interface {
	Op
	Describe() Description
}

// A Description is the call that makes an op: the name of its constructor, in
// ASCII, and those of its arguments that are no nodes: a float64, int, []int,
// string, Shape or *Body each. An op that is known by no such name, like a function of a
// user's, has the zero Description.
type Description struct {
	Name string
	Args []any
}
