package graph

import (
	"slices"

	"gorgonia.org/tensor"
)

// pair returns nodes in the order of run, but for those that an op computes beside its
// own value: they come next to it.
func (c *code) pair(run []*Node) []*Node {
	order := make([]*Node, 0, len(run))
	companions := map[*Node]*Node{} // by their first input
	for _, n := range run {
		at, by := len(order), c.by(n)
		if len(by.in) > 0 {
			x := by.in[0]
			if first := companions[x]; first != nil && c.beside(first, n) != nil {
				at = slices.Index(order, first) + 1
				delete(companions, x)
			} else if _, ok := by.op.(Companion); ok {
				companions[x] = n
			}
		}
		order = slices.Insert(order, at, n)
	}
	return order
}

// beside returns the Bind of the kernel of a that computes b too, or nil.
func (c *code) beside(a, b *Node) func(y, v *tensor.Dense, x ...*tensor.Dense) func() {
	f, g := c.by(a), c.by(b)
	op, ok := f.op.(Companion)
	if !ok || !slices.Equal(f.in, g.in) {
		return nil
	}
	return op.Beside(g.op)
}
