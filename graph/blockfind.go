package graph

// A role is what becomes of a value in blocks.
type role int

const (
	free   role = iota // the same in every block, computed before them
	column             // of each example
	added              // summed up over blocks
	late               // computed from what is added
)

// roles returns the role of every value, or false if examples cannot be kept apart,
// are asked for, or are not added up.
func (c *code) roles() (*perNode[role], bool) {
	roles, sums := new(perNode[role]), 0
	for _, list := range [][]*Node{c.leaves, c.once, c.run} {
		for _, n := range list {
			r, ok := c.roleOf(n, roles)
			if !ok {
				return nil, false
			}
			if r == added {
				sums++
			}
			*roles.at(n) = r
		}
	}
	for _, n := range c.once {
		if roles.get(n) == added {
			return nil, false // a sum that is always the same
		}
	}
	for _, y := range c.computes {
		if y.op != nil && roles.get(y) == column {
			return nil, false
		}
	}
	return roles, sums > 0
}

// roleOf returns the role of a node whose reads have theirs, or false if examples
// cannot be kept apart.
func (c *code) roleOf(n *Node, roles *perNode[role]) (role, bool) {
	if n.op == nil {
		if !n.shape.HasBatch() {
			return free, true
		}
		return column, examplesLast(n.shape)
	}
	columns, lates := n.shape.HasBatch(), false
	for _, x := range c.reads.get(n) {
		columns = columns || roles.get(x.n) == column
		lates = lates || roles.get(x.n) >= added
	}
	switch {
	case !columns && lates:
		return late, true
	case !columns:
		return free, true
	case lates:
		return 0, false
	case n.shape.HasBatch():
		return column, examplesLast(n.shape) && c.treatment(n) == Independent
	default:
		return added, c.treatment(n) == Summed || c.treatment(n) == Averaged
	}
}

// examplesLast reports whether examples are the last axis, and no other.
func examplesLast(s Shape) bool { return volumeOf(s).power == 1 && s.Dim(s.Rank()-1) == Batch }

// treatment is what the op of n does with examples.
func (c *code) treatment(n *Node) Treatment {
	by := c.by(n)
	if op, ok := by.op.(Examplewise); ok {
		shapes := make([]Shape, len(by.in))
		for i, x := range by.in {
			shapes[i] = x.shape
		}
		return op.Examples(shapes...)
	}
	if c.entrywise(n) {
		return Independent
	}
	return Mixed
}
