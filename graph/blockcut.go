package graph

import "slices"

// cut makes code of what is not in blocks, and in it that of what is. It has no block if
// there is nothing to compute in blocks.
func (c *code) cut(symbol int, roles *perNode[role], at sizes) *code {
	b := &blocked{symbol: symbol, inner: new(code), inPlace: c.costOf(symbol, at).inputsPrevail()}
	b.inner.lowered, b.inner.top = c.lowered, c.top
	inside, outside := c.readers(roles)
	var once, before, after []*Node
	for _, n := range c.once {
		if outside.get(n) {
			once = append(once, n)
		}
		if inside.get(n) && roles.get(n) == column {
			b.inner.once = append(b.inner.once, n)
		}
	}
	for _, n := range c.run {
		switch roles.get(n) {
		case free:
			before = append(before, n)
		case column:
			b.inner.run = append(b.inner.run, n)
			if outside.get(n) {
				b.kept = append(b.kept, n)
			}
		case added:
			b.inner.run = append(b.inner.run, n)
			b.sums = append(b.sums, n)
			b.mean = append(b.mean, treatment(symbol, c.by(n), false) == Averaged)
		case late:
			after = append(after, n)
		}
	}
	if b.inner.roots = b.results(); len(b.inner.roots) == 0 {
		return c
	}
	b.leaves(roles)
	must("group", b.inner.group())
	must("place", b.inner.place())
	return c.around(b, once, before, after)
}

// readers returns what is read by values that are computed in blocks, and what by others or
// as an output.
func (c *code) readers(roles *perNode[role]) (inside, outside *perNode[bool]) {
	inside, outside = new(perNode[bool]), new(perNode[bool])
	for _, n := range c.roots {
		*outside.at(n) = true
	}
	mark := func(by *perNode[bool], n *Node) {
		for _, x := range c.reads(n) {
			*by.at(x.n) = true
		}
	}
	for _, n := range c.run {
		if r := roles.get(n); r == column || r == added {
			mark(inside, n)
		} else {
			mark(outside, n)
		}
	}
	for _, n := range slices.Backward(c.once) {
		switch {
		case !inside.get(n):
		case roles.get(n) == column:
			mark(inside, n)
		default:
			*outside.at(n) = true
		}
		if outside.get(n) {
			mark(outside, n)
		}
	}
	return inside, outside
}

// leaves finds what blocks read that they do not compute.
func (b *blocked) leaves(roles *perNode[role]) {
	var found perNode[bool]
	for _, n := range slices.Concat(b.inner.once, b.inner.run) {
		*found.at(n) = true
		for _, x := range b.inner.reads(n) {
			if *found.at(x.n) {
				continue
			}
			*found.at(x.n) = true
			b.inner.leaves = append(b.inner.leaves, x.n)
			if roles.get(x.n) == free {
				b.given = append(b.given, x.n)
			}
		}
	}
}

// around is the code of what is not in b: what is computed once, and before and after it.
func (c *code) around(b *blocked, once, before, after []*Node) *code {
	results := b.results()
	outer := &code{computes: c.computes, inputAt: c.inputAt}
	outer.scheduled = c.scheduled
	outer.block = b
	outer.once, outer.run, outer.given = once, slices.Concat(before, results, after), map[*Node][]*Node{}
	for _, n := range results {
		outer.given[n] = nil
	}
	// The results come into being together. So the last of them stands for what all read.
	outer.given[results[len(results)-1]] = b.given
	outer.ends = nil
	outer.groupFrom(0, len(before))
	outer.ends = append(outer.ends, int32(len(before)+len(results)))
	outer.groupFrom(len(before)+len(results), len(outer.run))
	must("place", outer.place())
	return outer
}
