package graph

import "slices"

// Split cuts b in two: first, what is computed of other inputs than the first, the state of a
// loop, as far as it is better computed for all times at once; and second, the rest. The
// inputs of second are those of b that keep names, and then the values of first. Where there is
// nothing to compute at once, first is nil and second is b.
func (b *Body) Split() (first, second *Body, keep []int) {
	second = b.derive("second", b.split)
	return b.derived["first"], second, second.kept
}

func (b *Body) split() *Body {
	frontier := b.frontier()
	if len(frontier) == 0 {
		return b
	}
	b.derive("first", func() *Body { return &Body{g: b.g, in: b.in, out: frontier} })
	sub, values := map[*Node]*Node{}, make([]*Node, len(frontier))
	for i, n := range frontier {
		values[i] = b.input(n.Label(), n.shape)
		sub[n] = values[i]
	}
	second := &Body{g: b.g, out: substitute(b.out, 0, sub)}
	needed := map[*Node]bool{b.in[0]: true}
	for _, n := range second.nodes() {
		needed[n] = true
	}
	for i, x := range b.in {
		if needed[x] {
			second.in, second.kept = append(second.in, x), append(second.kept, i)
		}
	}
	second.in = append(second.in, values...)
	return second
}

// frontier returns the values that are best computed for all times at once and of which those
// that need the state are computed, in the order of the graph.
func (b *Body) frontier() []*Node {
	var carried, early perNode[bool]
	*carried.at(b.in[0]) = true
	for _, n := range b.nodes() {
		for _, x := range n.in {
			*carried.at(n) = *carried.at(n) || carried.get(x)
		}
		*early.at(n) = n.op != nil && !carried.get(n) && n.examples() && b.hoists(n, &early)
	}
	cut := func(n *Node) bool { return early.get(n) && n.shape.examplesLast() }
	found := b.g.reach(b.out, func(n *Node, visit func(*Node)) {
		if !cut(n) {
			for _, x := range n.in {
				visit(x)
			}
		}
	})
	return slices.DeleteFunc(found, func(n *Node) bool { return !cut(n) })
}

// hoists reports whether n, which does not need the state, is worth a place in memory for all
// times. A product is. A value computed entry by entry is if it takes the place of several
// such values or inputs, and what is linear if it takes the place of one that is no smaller. A
// part of another value is not: it costs nothing in the loop.
func (b *Body) hoists(n *Node, early *perNode[bool]) bool {
	_, linear := n.op.(LinearMap)
	entrywise := n.op.Kernel().IsEntrywise()
	if len(n.in) == 0 {
		return false
	}
	if !linear && !entrywise {
		return true
	}
	if _, part := n.op.Kernel().Part(n.in[0].shape.Dims()); part || n.op.Kernel().Axes() != nil {
		return false
	}
	entries, replaces := volumeOf(n.shape).count, 0
	for i, x := range n.in {
		switch input := slices.Contains(b.in, x); {
		case slices.Contains(n.in[:i], x) || !x.examples():
		case early.get(x) || entrywise && input:
			replaces += volumeOf(x.shape).count
		case entrywise:
			return false
		}
	}
	return entries < replaces || linear && !entrywise && entries == replaces
}
