package graph

import "fmt"

// checkNeeds reports a value that does not exist, or that has no entries, where symbols are
// these numbers.
func (c *code) checkNeeds(at sizes) error {
	for _, list := range [][]*Node{c.leaves, c.once, c.run} {
		for _, n := range list {
			if l := c.loopOf.get(n); l != nil {
				if err := l.checkNeeds(l.within(at)); err != nil {
					return fmt.Errorf("%s: %w", n.Label(), err)
				}
			}
			if err := c.checkNeedsOf(n, at); err != nil {
				return err
			}
			for _, x := range c.reads(n) {
				for ; x.input != x.n; x = x.within() {
					if err := c.checkNeedsOf(x.input, at); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// checkNeedsOf is checkNeeds of one value, which may be a view.
func (c *code) checkNeedsOf(n *Node, at sizes) error {
	for _, d := range append(n.shape.dims(&few{}), c.needs(n)...) {
		if d < Batch && at.number(d) == 0 {
			return fmt.Errorf("%s of shape %v: %s is not more than 0 where %v: %w", n.Label(), n.shape, ExtentString(d), at, ErrEmpty)
		}
	}
	return nil
}

// needs returns what the op of n needs.
func (c *code) needs(n *Node) []int {
	by := c.by(n)
	op, ok := by.op.(Needer)
	if !ok {
		return nil
	}
	shapes := make([]Shape, len(by.in))
	for i, x := range by.in {
		shapes[i] = x.shape
	}
	return op.Needs(shapes...)
}
