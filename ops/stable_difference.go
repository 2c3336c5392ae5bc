package ops

import "adjoint/graph"

// residualForm returns a − y as a residual, where a is σ(z), a softmax or the (Σy)S of one,
// or nil.
func residualForm(a, y *Node) *Node {
	if op, ok := a.Op().(softmax); ok {
		return graph.Apply(softmaxResidual{axis: op.axis}, a, y)
	}
	if z := logitsOf(a); z != nil {
		return graph.Apply(sigmoidResidual{}, z, y)
	}
	return totalForm(a, y)
}

// totalForm returns (Σy)S − y, of which a is (Σy)S, as a residual, or nil.
func totalForm(a, y *Node) *Node {
	for _, s := range factors(a) {
		if op, ok := s.Op().(softmax); ok && lineSum(other(a, s), op.axis) == y {
			return graph.Apply(softmaxResidual{op.axis, true}, s, y)
		}
	}
	return nil
}

// centredForm returns ξ − ⟨S, ξ⟩, of which mean is ⟨S, ξ⟩, in one op, or nil.
func centredForm(ξ, mean *Node) *Node {
	b, ok := mean.Op().(broadcast)
	if !ok || b.to != ξ.Shape() {
		return nil
	}
	for axis := range ξ.Shape().Rank() {
		sum := lineSum(mean, axis)
		for _, s := range factors(sum) {
			if s.Op() == (softmax{axis}) && other(sum, s) == ξ {
				return centre(axis, s, ξ)
			}
		}
	}
	return nil
}

// factors returns the two operands of a product, or none.
func factors(y *Node) []*Node {
	switch y.Op().(type) {
	case mul, weight:
		return y.Inputs()
	}
	return nil
}

// other returns the operand of a product that is not s.
func other(y, s *Node) *Node {
	if y.In(0) == s {
		return y.In(1)
	}
	return y.In(0)
}

// lineSum returns the x of which n has the sum along an axis in every entry, or nil.
func lineSum(n *Node, axis int) *Node {
	b, _ := n.Op().(broadcast)
	if b.to == (Shape{}) {
		return nil
	}
	sum := n.In(0)
	if _, ok := sum.Op().(sumTo); !ok || b.to != sum.In(0).Shape() || sum.Shape() != graph.ShapeOf(kept(b.to, graph.IntsOf(axis))...) {
		return nil
	}
	return sum.In(0)
}
