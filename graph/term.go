package graph

import (
	"slices"

	"adjoint/compute"
)

var (
	_ Fuser       = add{}
	_ Expander    = withTerm{}
	_ Examplewise = withTerm{}
)

// Fuse makes one op of a sum of values among zeros, or of a sum and one of its terms.
func (add) Fuse(y *Node, alone func(x *Node) bool) *Node {
	if f := sumOfPads(y, alone); f != nil {
		return f
	}
	return sumWithTerm(y, alone)
}

// sumWithTerm makes one op of a sum and that of a term that can be added to the other as it is computed,
// if nobody else reads it; or returns nil. An op that adds up over examples stays by itself: it may be
// computed in blocks of them. So do rows that a kernel of entries reads where they lie.
func sumWithTerm(y *Node, alone func(x *Node) bool) *Node {
	for i, u := range y.in {
		x := y.in[1-i]
		op, ok := x.op.(Examplewise)
		if !ok || u.byRows() || !alone(x) || !x.keepsSymbols() {
			continue
		}
		if _, ok := op.Kernel().Sum(); ok {
			return Apply(withTerm{op}, append([]*Node{u}, x.in...)...)
		}
	}
	return nil
}

// keepsSymbols reports whether the op of x keeps apart whatever symbols of its inputs count.
func (x *Node) keepsSymbols() bool {
	var symbols []int
	for _, u := range x.in {
		symbols = u.symbols(symbols)
	}
	return !slices.ContainsFunc(symbols, func(s int) bool { return treatment(s, x, false) != Independent })
}

// withTerm is (u, x…) ↦ u + F(x…) of an op F.
type withTerm struct{ of Examplewise }

func (op withTerm) String() string                  { return "+∘" + op.of.String() }
func (op withTerm) Shape(s ...Shape) (Shape, error) { return s[0], nil }
func (op withTerm) Expand(x ...*Node) *Node         { return Add(x[0], Apply(op.of, x[1:]...)) }
func (op withTerm) Reverse(y, ζ *Node) []*Node      { return Through(op, y, ζ) }

// Examples are those of F, which keeps them apart.
func (op withTerm) Examples(symbol int, s ...Shape) Treatment {
	return op.of.Examples(symbol, s[1:]...)
}

func (op withTerm) Kernel() compute.Kernel {
	k, _ := op.of.Kernel().Sum()
	return k
}
