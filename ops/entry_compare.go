package ops

import (
	"adjoint/compute"
	"adjoint/graph"
)

var (
	_ graph.Differentialer = comparison{}
	_ graph.Describer      = comparison{}
)

// Comparisons, entry by entry, of two tensors whose shapes broadcast as in NumPy.
// Their values are the numbers 1, true, and 0, false; a comparison with NaN is
// false. As functions they are constant but for jumps, so their derivative is
// zero.

// Greater is 1 where a > b, else 0. Its derivative is zero.
func Greater(a, b *Node) *Node { return pair(above, a, b) }

// GreaterEqual is 1 where a ≥ b, else 0. Its derivative is zero.
func GreaterEqual(a, b *Node) *Node { return pair(notBelow, a, b) }

// Less is 1 where a < b, else 0. Its derivative is zero.
func Less(a, b *Node) *Node { return pair(below, a, b) }

// LessEqual is 1 where a ≤ b, else 0. Its derivative is zero.
func LessEqual(a, b *Node) *Node { return pair(notAbove, a, b) }

// Equal is 1 where a = b, else 0. Its derivative is zero.
func Equal(a, b *Node) *Node { return pair(same, a, b) }

type comparison struct{ name, sign string }

var (
	above    = comparison{"Greater", ">"}
	notBelow = comparison{"GreaterEqual", "≥"}
	below    = comparison{"Less", "<"}
	notAbove = comparison{"LessEqual", "≤"}
	same     = comparison{"Equal", "="}
)

func init() {
	for _, op := range []comparison{above, notBelow, below, notAbove, same} {
		register(op.name, 2, op)
	}
}

func (op comparison) String() string               { return op.sign }
func (comparison) Shape(x ...Shape) (Shape, error) { return entrywise(2, x) }
func (op comparison) Kernel() compute.Kernel {
	return binary(compare[float32](op.sign), compare[float64](op.sign))
}
func (op comparison) Describe() graph.Description         { return named(op.name) }
func (comparison) Reverse(_, _ *Node) []*Node             { return []*Node{nil, nil} }
func (comparison) Differential(_ *Node, _ ...*Node) *Node { return nil }

// compare returns the loop of a comparison.
func compare[T compute.Float](sign string) func(y, a, b []T) {
	switch sign {
	case ">":
		return greater
	case "≥":
		return greaterEqual
	case "<":
		return func(y, a, b []T) { greater(y, b, a) }
	case "≤":
		return func(y, a, b []T) { greaterEqual(y, b, a) }
	}
	return equal
}

func greater[T compute.Float](y, a, b []T) {
	for i, a := range a {
		y[i] = indicator[T](a > b[i])
	}
}

func greaterEqual[T compute.Float](y, a, b []T) {
	for i, a := range a {
		y[i] = indicator[T](a >= b[i])
	}
}

func equal[T compute.Float](y, a, b []T) {
	for i, a := range a {
		y[i] = indicator[T](a == b[i])
	}
}

// indicator is χ: 1 if true, else 0.
func indicator[T compute.Float](is bool) T {
	if is {
		return 1
	}
	return 0
}
