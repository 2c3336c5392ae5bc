package graph

import (
	"maps"
	"slices"
)

// The cotangent of a state of which others read some rows is these rows among zeros. A step that adds it to
// the one that it carries, and reads parts of the sum, adds each part alone instead: nothing to the parts
// where zeros are.

// withoutPads returns the values with sums in place of parts of sums, where all that reads a sum is parts
// of it that are known so.
func withoutPads(out []*Node) []*Node {
	whole, sub := map[*Node]bool{}, map[*Node]*Node{}
	for _, y := range nonzero(out) {
		whole[y] = true
	}
	for _, n := range cone(nonzero(out), nil) {
		if part := partOfSum(n); part != nil {
			sub[n] = part
			continue
		}
		for _, x := range n.in {
			whole[x] = true
		}
	}
	maps.DeleteFunc(sub, func(n, _ *Node) bool { return whole[n.in[0]] })
	return substitute(out, 0, sub)
}

// partOfSum returns n, a part of u + v, as the sum of parts of u and v, where one of these is a value among
// zeros and the part is that or lies among the zeros; and else nil.
func partOfSum(n *Node) *Node {
	if !n.isPart() || n.in[0].op != (add{}) {
		return nil
	}
	terms := slices.Clone(n.in[0].in)
	i := slices.IndexFunc(terms, isPad)
	if i < 0 {
		return nil
	}
	other, inner := 1-i, terms[i].in[0]
	begin, end, padded := rowsOfPad(terms[i])
	from, to, part := rowsOfPart(n)
	switch {
	case !padded || !part:
		return nil
	case to <= begin || from >= end:
		return Apply(n.op, terms[other])
	case from != begin || to != end || inner.shape != n.shape:
		return nil
	}
	terms[i], terms[other] = inner, Apply(n.op, terms[other])
	return Add(terms[0], terms[1])
}

// rowsOfPart returns which entries of its input a part is, of one example.
func rowsOfPart(n *Node) (from, to int, ok bool) {
	x, y, ok := ofOneExample(n)
	if !ok {
		return 0, 0, false
	}
	from, ok = n.op.Kernel().Part(x)
	return from, from + Times(y...), ok
}

// rowsOfPad returns which entries are not the zeros around a value, of one example, where these are one
// after the other.
func rowsOfPad(n *Node) (from, to int, ok bool) {
	x, y, ok := ofOneExample(n)
	if !ok {
		return 0, 0, false
	}
	axis, start, _ := n.op.Kernel().Pad()
	from = start(y[axis]) * Times(y[axis+1:]...)
	return from, from + Times(x...), Times(y[:axis]...) == 1
}

// ofOneExample returns the extents of the input of n and of n, of one example, and false if they are no numbers.
func ofOneExample(n *Node) (x, y []int, ok bool) {
	in, out := n.in[0].shape.Replace(Batch, 1), n.shape.Replace(Batch, 1)
	return in.Dims(), out.Dims(), !in.Symbolic() && !out.Symbolic()
}
