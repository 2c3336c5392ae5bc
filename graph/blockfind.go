package graph

// A role is what becomes of a value in blocks of the examples that a symbol counts.
type role int

const (
	free   role = iota // the same in every block, computed before them
	column             // of each example
	added              // summed up over blocks
	late               // computed after them: from what is added, or from all examples at once
)

// roles returns the role of every value.
func (c *code) roles(symbol int) *perNode[role] {
	roles := new(perNode[role])
	for _, x := range c.leaves {
		*roles.at(x) = c.roleOfLeaf(x, symbol)
	}
	for _, n := range c.once {
		if r := c.roleOf(n, symbol, roles); n.shape.Holds(symbol) {
			*roles.at(n) = r // else it is there before any block
		}
	}
	for _, n := range c.run {
		*roles.at(n) = c.roleOf(n, symbol, roles)
	}
	return roles
}

// roleOfLeaf returns the role of a leaf. Its examples are a column if a block of them can be
// read: where it lies, or as a copy.
func (c *code) roleOfLeaf(x *Node, symbol int) role {
	if !x.shape.Holds(symbol) {
		return free
	}
	if l, ok := x.shape.layoutOf(symbol); ok && (l.lead || c.inOrder(x)) {
		return column
	}
	return late
}

// roleOf returns the role of a value whose reads have theirs.
func (c *code) roleOf(n *Node, symbol int, roles *perNode[role]) role {
	columns := n.shape.Holds(symbol)
	for _, x := range c.reads(n) {
		if roles.get(x.n) >= added || !x.apart(symbol) {
			return late
		}
		columns = columns || roles.get(x.n) == column
	}
	if !columns {
		return free
	}
	switch treatment(symbol, c.by(n), c.entrywise(n)) {
	case Independent:
		return column
	case Summed, Averaged:
		return added
	}
	return late
}

// apart reports whether the views of an operand keep the examples that a symbol counts apart.
func (o operand) apart(symbol int) bool {
	for ; o.input != o.n; o = o.within() {
		if o.input.in[0].shape.Holds(symbol) && treatment(symbol, o.input, false) != Independent {
			return false
		}
	}
	return true
}
