package graph

import "slices"

// cut makes code of the values that are not of one example, with those that are
// inside.
func (c *code) cut(roles *perNode[role]) (*code, *blocked) {
	b := &blocked{inner: new(code), inPlace: c.inputsPrevail()}
	b.inner.lowered, b.inner.top = c.lowered, c.top
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
			b.mean = append(b.mean, c.treatment(n) == Averaged)
		case late:
			after = append(after, n)
		}
	}
	b.inner.roots, b.inner.groups = b.sums, b.inner.grouped(b.inner.run)
	must("place", b.inner.place())
	return c.around(b, once, before, after), b
}

// around is the code of what is not in b: what is computed once, and before and after
// its sums.
func (c *code) around(b *blocked, once, before, after []*Node) *code {
	outer := &code{computes: c.computes, inputAt: c.inputAt, block: b}
	outer.scheduled = c.scheduled
	outer.once, outer.run, outer.reads = once, slices.Concat(before, b.sums, after), perNode[[]operand]{}
	for _, n := range slices.Concat(once, before, after) {
		*outer.reads.at(n) = c.reads.get(n)
	}
	// The sums come into being together. So the last of them stands for what all read.
	for _, x := range b.given {
		reads := outer.reads.at(b.sums[len(b.sums)-1])
		*reads = append(*reads, operand{x, x})
	}
	outer.groups = slices.Concat(outer.grouped(before), [][]*Node{b.sums}, outer.grouped(after))
	must("place", outer.place())
	return outer
}

// inBlock reports whether the group is that of the sums.
func (c *code) inBlock(group []*Node) bool { return c.block != nil && group[0] == c.block.sums[0] }
