package graph

import (
	"fmt"
	"slices"
)

// A layout says where the examples that a symbol counts lie in the memory of a shape: one after
// the other, each as a run of entries, on one axis.
type layout struct {
	axis int
	each int  // the extent of what comes after the symbol on its axis: N, for T in T·N; else 1
	lead bool // nothing comes before it there: neighbours on the axis are neighbours
}

// layoutOf returns where the examples that a symbol counts are, and false if they are not in
// one place of the shape.
func (s Shape) layoutOf(symbol int) (l layout, ok bool) {
	for i, d := range s.dims(&few{}) {
		if !Holds(d, symbol) {
			continue
		}
		var room [maxFactors]int
		factors := factorsOf(d, room[:0])
		k := slices.Index(factors, symbol)
		if ok || k < 0 {
			return layout{}, false
		}
		others := Times(slices.Concat(factors[:k], factors[k+1:])...)
		if Holds(others, symbol) {
			return layout{}, false
		}
		l, ok = layout{axis: i, each: Times(factors[k+1:]...), lead: k == 0}, true
	}
	return l, ok
}

// run returns the number of entries that one example has in a piece, of extents dims.
func (l layout) run(at sizes, dims []int) int {
	n := at.number(l.each)
	for _, d := range dims[l.axis+1:] {
		n *= d
	}
	return n
}

// treatment is what the op of y does with the examples that a symbol counts. Its kernel may be
// entrywise. They are mixed where a shape has them in two places.
func treatment(symbol int, y *Node, entrywise bool) Treatment {
	shapes := make([]Shape, len(y.in))
	for i, x := range y.in {
		if _, ok := x.shape.layoutOf(symbol); !ok && x.shape.Holds(symbol) {
			return Mixed
		}
		shapes[i] = x.shape
	}
	t := Mixed
	if op, ok := y.op.(Examplewise); ok {
		t = op.Examples(symbol, shapes...)
	} else if entrywise {
		t = Independent
	}
	if _, ok := y.shape.layoutOf(symbol); ok != (t == Independent) || !ok && y.shape.Holds(symbol) {
		return Mixed
	}
	return t
}

// ExamplesApart returns an error, which wraps ErrShape and names the node, if not everything
// from which y is computed is either free of examples or keeps them apart: with N in one place
// of its shape, and no other symbol, and column j that of example j alone.
func ExamplesApart(y *Node) error {
	if err := y.Err(); err != nil {
		return err
	}
	var columns perNode[bool]
	for _, n := range cone([]*Node{y}, nil) {
		column := n.kind != Examples && n.shape.Symbolic()
		for _, x := range n.in {
			column = column || columns.get(x)
		}
		*columns.at(n) = column
		if column && !apart(n) {
			return fmt.Errorf("%s of shape %v does not keep examples apart: %w", n.Label(), n.shape, ErrShape)
		}
	}
	return nil
}

// apart reports whether a value has a column for each example, by itself.
func apart(n *Node) bool {
	if volumeOf(n.shape).symbols != IntsOf(Batch) {
		return false
	}
	return len(n.in) == 0 || treatment(Batch, n, n.op.Kernel().IsEntrywise()) == Independent
}
