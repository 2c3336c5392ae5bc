package graph

import "slices"

// A formula that treats examples one by one, and adds up over them, can be computed
// a block of examples at a time: as J = (1/N) Σ Fⱼ, so rJ = (1/N) Σ rFⱼ, "by
// linearity (and independence of our training data)" (2.2). What is computed on the
// way then stays in the nearest caches, and is as large as a block, not as N.

const (
	// blockBytes is what the values of a block take, more or less. Blocks pay if those
	// of all examples take blocksFrom; if most of it are inputs that every block copies,
	// blocksFar, which is beyond all but the last cache. blockShared is the most that
	// every block reads or adds up again: weights and their gradients.
	blockBytes  = 192 << 10
	blocksFrom  = 1 << 20
	blocksFar   = 8 << 20
	blockShared = 64 << 10

	// blockColumns divides the number of examples of a block: whole vectors.
	blockColumns = 64

	// A part, which a thread does alone, has blocksAPart of them or more, so that its
	// memory is used again. There are at most maxBlockParts parts.
	blocksAPart   = 2
	maxBlockParts = 16
)

// A blocked is code cut in two.
type blocked struct {
	inner   *code   // what is computed block by block, from inputs, weights and values of outer
	given   []*Node // those values and weights
	sums    []*Node // what inner adds up over blocks, for outer
	mean    []bool  // whether a sum is a mean
	inPlace bool    // inputs are read where they lie, if they can be, rather than copied
}

// A role is what becomes of a value in blocks.
type role int

const (
	free   role = iota // the same in every block, computed before them
	column             // of each example
	added              // summed up over blocks
	late               // computed from what is added
)

// inBlocks returns code that computes n examples in blocks, or c itself if that does
// not pay or the formula mixes examples.
func (c *code) inBlocks(n int) *code {
	bytes, inputs, copied := c.bytesOfExamples()
	from := blocksFrom
	if copied > bytes/2 {
		from = blocksFar
	}
	if c.whole || n <= blockColumns || bytes*n < from {
		return c
	}
	roles, ok := c.roles()
	if !ok {
		return c
	}
	outer, b := c.cut(roles)
	if b.bytesShared() > blockShared || b.size(n) == 0 {
		return c
	}
	b.inPlace = inputs > bytes/2 // else, copies being small, products are quicker on them
	return outer
}

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
	switch by := c.by(n); {
	case !columns && lates:
		return late, true
	case !columns:
		return free, true
	case lates:
		return 0, false
	case n.shape.HasBatch():
		return column, examplesLast(n.shape) && treatment(by) == Apart
	default:
		return added, treatment(by) == Added || treatment(by) == Averaged
	}
}

// examplesLast reports whether examples are the last axis, and no other.
func examplesLast(s Shape) bool { return volumeOf(s).power == 1 && s.Dim(s.Rank()-1) == Batch }

// treatment is what the op of y does with examples.
func treatment(y *Node) Treatment {
	switch op := y.op.(type) {
	case Examplewise:
		shapes := make([]Shape, len(y.in))
		for i, x := range y.in {
			shapes[i] = x.shape
		}
		return op.Examples(shapes...)
	case Pointwiser:
		return Apart
	}
	return Mixed
}

// cut makes code of the values that are not of one example, with those that are
// inside.
func (c *code) cut(roles *perNode[role]) (*code, *blocked) {
	b := &blocked{inner: &code{g: c.g, fused: c.fused, reads: c.reads, inOrder: c.inOrder, top: c.top}}
	var read perNode[bool]
	inside := func(list *[]*Node, n *Node) {
		*list = append(*list, n)
		for _, x := range c.reads.get(n) {
			if x.n.op != nil && roles.get(x.n) == column || *read.at(x.n) {
				continue
			}
			*read.at(x.n) = true
			b.inner.leaves = append(b.inner.leaves, x.n)
			if roles.get(x.n) == free {
				b.given = append(b.given, x.n)
			}
		}
	}
	var once, before, after []*Node
	for _, n := range c.once {
		if roles.get(n) == column {
			inside(&b.inner.once, n)
		} else {
			once = append(once, n)
		}
	}
	for _, n := range c.run {
		switch roles.get(n) {
		case free:
			before = append(before, n)
		case column:
			inside(&b.inner.run, n)
		case added:
			inside(&b.inner.run, n)
			b.sums = append(b.sums, n)
			b.mean = append(b.mean, treatment(c.by(n)) == Averaged)
		case late:
			after = append(after, n)
		}
	}
	b.inner.place(b.sums)
	b.inner.groups = b.inner.tile(b.inner.run)
	return c.around(b, once, before, after), b
}

// around is the code of what is not in b: what is computed once, and before and after
// its sums.
func (c *code) around(b *blocked, once, before, after []*Node) *code {
	outer := &code{g: c.g, computes: c.computes, fused: c.fused, leaves: c.leaves, once: once, top: c.top, usesBatch: true, block: b}
	outer.run = slices.Concat(before, b.sums, after)
	for _, n := range slices.Concat(once, before, after) {
		*outer.reads.at(n) = c.reads.get(n)
	}
	// The sums come into being together. So the last of them stands for what all read.
	for _, x := range b.given {
		reads := outer.reads.at(b.sums[len(b.sums)-1])
		*reads = append(*reads, operand{x, x})
	}
	outer.place(c.roots())
	outer.groups = slices.Concat(outer.tile(before), [][]*Node{b.sums}, outer.tile(after))
	return outer
}

// inBlock reports whether the group is that of the sums.
func (c *code) inBlock(group []*Node) bool { return c.block != nil && group[0] == c.block.sums[0] }

// roots returns the nodes that compute the outputs.
func (c *code) roots() []*Node {
	var roots []*Node
	for _, n := range c.computes {
		roots = append(roots, n)
	}
	return roots
}

// bytesOfExamples returns the size of all values of one example, that of the inputs
// among them, and that of inputs that blocks have to copy.
func (c *code) bytesOfExamples() (all, inputs, copied int) {
	size := func(v volume) int {
		if v.power == 0 {
			return 0
		}
		return v.count * int(c.g.dtype.Size())
	}
	for _, v := range c.slots {
		all += size(v)
	}
	for _, x := range c.leaves {
		inputs += size(volumeOf(x.shape))
		if c.inOrder.get(x) {
			copied += size(volumeOf(x.shape))
		}
	}
	return all + inputs, inputs, copied
}

// bytesShared returns the size of what all blocks read and add up.
func (b *blocked) bytesShared() int {
	total := 0
	for _, n := range slices.Concat(b.given, b.sums) {
		total += volumeOf(n.shape).count
	}
	return total * int(b.inner.g.dtype.Size())
}

// size returns how many of n examples a block has, or 0 if n is too few for two.
func (b *blocked) size(n int) int {
	bytes, _, _ := b.inner.bytesOfExamples()
	most := blockBytes / bytes / blockColumns * blockColumns
	if most == 0 || n <= most {
		return 0
	}
	blocks := (n + most - 1) / most
	each := (n + blocks - 1) / blocks
	return (each + blockColumns - 1) / blockColumns * blockColumns
}
