package graph

import "fmt"

// A need is of extents that are more than 0, or else n does not exist, or has no entries.
type need struct {
	n       *Node
	extents []int
}

// findNeeds returns what values need of symbols. That those of an input are positive is seen
// when it is fed.
func (c *code) findNeeds() (needs []need) {
	add := func(n *Node) {
		if extents := c.needsOf(n); extents != nil {
			needs = append(needs, need{n, extents})
		}
	}
	for _, list := range [][]*Node{c.leaves, c.once, c.run} {
		for _, n := range list {
			add(n)
			for _, x := range c.reads(n) {
				for ; x.input != x.n; x = x.within() {
					add(x.input)
				}
			}
		}
	}
	return needs
}

// needsOf returns the extents that one value needs, which may be a view.
func (c *code) needsOf(n *Node) (extents []int) {
	add := func(list []int) {
		for _, d := range list {
			if d < Batch {
				extents = append(extents, d)
			}
		}
	}
	if n.shape.Symbolic() {
		add(n.shape.dims(&few{}))
	}
	by := c.by(n)
	if op, ok := by.op.(Needer); ok {
		shapes := make([]Shape, len(by.in))
		for i, x := range by.in {
			shapes[i] = x.shape
		}
		add(op.Needs(shapes...))
	}
	return extents
}

// checkNeeds reports a value that does not exist, or that has no entries, where symbols are
// these numbers.
func (c *code) checkNeeds(at sizes) error {
	for _, need := range c.needs() {
		for _, d := range need.extents {
			if at.number(d) == 0 {
				return fmt.Errorf("%s of shape %v: %s is not more than 0 where %v: %w", need.n.Label(), need.n.shape, ExtentString(d), at, ErrEmpty)
			}
		}
	}
	for _, y := range c.loops {
		l := c.loopOf.get(y)
		if err := l.checkNeeds(l.within(at)); err != nil {
			return fmt.Errorf("%s: %w", y.Label(), err)
		}
	}
	return nil
}
