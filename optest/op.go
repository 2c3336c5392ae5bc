package optest

import (
	"strings"

	"adjoint/graph"
)

// An Op says what Check needs to know of an op, or of any function of nodes. F
// alone is enough; the more is stated, the more is checked.
type Op struct {
	// Name is printed. Up to the first character that is no letter, digit or
	// underscore it is the name of the op; the rest tells rows of one op apart:
	// "LeakyReLU(0.1)".
	Name string

	// F applies the op: Unary(ops.Sigmoid), Binary(ops.MatMul), or a function
	// that passes parameters.
	F func(x ...*graph.Node) *graph.Node

	// Shapes lists the cases: the extents of every input. An extent may be
	// graph.Batch; such a case runs for N = 1, 7 and 32. Without Shapes the op
	// has one input, of shapes (), (1), (5), (2, 3) and (3, N).
	Shapes [][][]int

	// Domains says from where the entries of each input are drawn. The last
	// one holds for the inputs after it too; without any it is Between(-2, 2).
	Domains []Domain

	// Entry is a plain reference for an op that works entry by entry, after
	// its inputs have been broadcast to one shape.
	Entry func(x ...float64) float64

	// Value is a plain reference for any other op.
	Value func(x ...Array) Array

	// Points are values and derivatives that the author states: conventions
	// at kinks and ties, and published numbers.
	Points []Point

	// Exempt gives for each law that the op need not obey the reason.
	// Exemptions are counted and printed, and one that is not needed fails.
	Exempt map[Law]string
}

// A Point states what an op gives at one place.
type Point struct {
	Dims [][]int     // the extents of every input; without it, input i is the vector X[i]
	X    [][]float64 // the inputs, row by row
	Y    []float64   // F(X); nil if it is not stated
	R    [][]float64 // rF_X(ζ) for the ζ whose entries are all 1; a nil entry is not stated
	Why  string      // whose convention it is, or where it was published
}

// Unary turns a function of one node into an Op's F.
func Unary(f func(x *graph.Node) *graph.Node) func(x ...*graph.Node) *graph.Node {
	return func(x ...*graph.Node) *graph.Node { return f(x[0]) }
}

// Binary turns a function of two nodes into an Op's F.
func Binary(f func(a, b *graph.Node) *graph.Node) func(x ...*graph.Node) *graph.Node {
	return func(x ...*graph.Node) *graph.Node { return f(x[0], x[1]) }
}

// Ternary turns a function of three nodes into an Op's F.
func Ternary(f func(a, b, c *graph.Node) *graph.Node) func(x ...*graph.Node) *graph.Node {
	return func(x ...*graph.Node) *graph.Node { return f(x[0], x[1], x[2]) }
}

// shapes returns the cases, or the default ones.
func (op *Op) shapes() [][][]int {
	if op.Shapes != nil {
		return op.Shapes
	}
	return [][][]int{{{}}, {{1}}, {{5}}, {{2, 3}}, {{3, graph.Batch}}}
}

// domain returns the domain of input i.
func (op *Op) domain(i int) Domain {
	if len(op.Domains) == 0 {
		return Between(-2, 2)
	}
	return op.Domains[min(i, len(op.Domains)-1)]
}

// base is the name of the op without what tells its rows apart.
func (op *Op) base() string {
	end := strings.IndexFunc(op.Name, func(r rune) bool {
		return !(r == '_' || '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' || r > 127)
	})
	if end < 0 {
		return op.Name
	}
	return op.Name[:end]
}
