package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// indexRules are those of what is taken from and put to places that an index names.
var indexRules = map[string]rule{
	"Gather":          gather,
	"GatherElements":  gatherElements,
	"GatherND":        gatherND,
	"Scatter":         scatterElements,
	"ScatterElements": scatterElements,
	"ScatterND":       scatterND,
}

// dynamic is why what has a shape that depends on values is not read.
const dynamic = "the shape of its result depends on the values of the file's inputs, which no formula can say"

// index returns an input of places on an axis of n, which may count from the end.
func (c *call) index(i, n int) *graph.Node {
	v := c.x(i)
	if k := c.foldable(v); k != nil && !graph.Symbolic(n) && !k.symbolic() {
		turned := &known{dims: k.dims, entries: slices.Clone(k.entries)}
		for j := range turned.entries {
			if turned.entries[j].n < 0 {
				turned.entries[j].n += n
			}
		}
		return c.reader.node(&Value{Type: v.Type, Shape: v.Shape, known: turned}, asInFile)
	}
	return c.fromFront(c.node(i), n)
}

// fromFront counts negative places of an axis of n from the front.
func (r *reader) fromFront(index *graph.Node, n int) *graph.Node {
	return ops.Add(index, ops.Mul(ops.Less(index, r.number(0)), r.extentNode(n)))
}

// gather takes, of an axis, the entries at the places of an index.
func gather(c *call) []*Value {
	rank := c.rank(0)
	axis := c.axis("axis", 0, rank)
	n := c.dims(0)[axis]
	if k := c.foldable(c.x(1)); k != nil && len(k.entries) == 1 && k.entries[0].symbol == 0 && len(k.dims) < 2 {
		return []*Value{c.gatherOne(axis, k)}
	}
	l := c.x(0).layout()
	if axis == 0 || c.x(1).Shape.Symbolic() {
		l = asInFile
	}
	return []*Value{valueOf(c.x(0).Type, l, ops.Gather(c.reader.node(c.x(0), l), l.axis(axis, rank), c.index(1, n)))}
}

// gatherOne is one place of an axis, as a slice; an axis of one entry stays.
func (c *call) gatherOne(axis int, k *known) *Value {
	v := c.x(0)
	l, rank := v.layout(), c.rank(0)
	x, at, i := c.reader.node(v, l), l.axis(axis, rank), k.entries[0].n
	if axis == 0 {
		l = asInFile
	}
	y := ops.Index(x, at, i)
	if len(k.dims) == 1 {
		y = ops.ExpandDims(y, at)
		l = v.layout()
	}
	return valueOf(v.Type, l, y)
}

func gatherElements(c *call) []*Value {
	rank := c.rank(0)
	axis := c.axis("axis", 0, rank)
	x, index := c.node(0), c.index(1, c.dims(0)[axis])
	return c.one(ops.GatherAlong(c.upTo(x, axis, index), axis, index))
}

// upTo is x cut to the extents of an index on all axes but one.
func (c *call) upTo(x *graph.Node, axis int, index *graph.Node) *graph.Node {
	if index.Shape().Rank() != x.Shape().Rank() {
		refuse("an index of shape %v for %v: %w", index.Shape(), x.Shape(), graph.ErrShape)
	}
	for a, d := range index.Shape().Dims() {
		if a != axis && d != x.Shape().Dim(a) {
			x = ops.Slice(x, a, 0, d)
		}
	}
	return x
}

// scatterElements puts entries of updates in the places of an index on an axis.
func scatterElements(c *call) []*Value {
	rank := c.rank(0)
	axis := c.axis("axis", 0, rank)
	x, index, updates := c.node(0), c.index(1, c.dims(0)[axis]), c.node(2)
	put := func(u *graph.Node) *graph.Node {
		y := ops.ScatterAlong(u, axis, index, x.Shape().Dim(axis))
		for a, d := range x.Shape().Dims() {
			if n := y.Shape().Dim(a); n != d {
				y = padded(y, a, d)
			}
		}
		return y
	}
	return c.one(c.scattered(x, updates, put))
}

// padded is x with zeros after it, so that an axis has n entries.
func padded(x *graph.Node, axis, n int) *graph.Node {
	d := x.Shape().Dims()
	rest, ok := graph.Difference(n, d[axis])
	if !ok || rest < 1 {
		refuse("an axis of %s in one of %s: %w", graph.ExtentString(d[axis]), graph.ExtentString(n), graph.ErrShape)
	}
	d[axis] = rest
	return ops.Concat(axis, x, x.Graph().Const(0, d...))
}

// scattered is x where nothing is put, and what is put elsewhere: of one place no two things,
// unless they are added.
func (c *call) scattered(x, updates *graph.Node, put func(u *graph.Node) *graph.Node) *graph.Node {
	switch reduction := c.text("reduction", "none"); reduction {
	case "none":
		ones := c.g.Const(1, updates.Shape().Dims()...)
		return ops.Where(put(ones), put(updates), x)
	case "add":
		return ops.Add(x, put(updates))
	default:
		refuse("its reduction is %s: those known are none and add", reduction)
	}
	return nil
}

// A flat index counts the entries of some axes together, where an index names a place by one
// number for each axis.
func (c *call) flatIndex(index *graph.Node, extents []int) *graph.Node {
	last := index.Shape().Rank() - 1
	var flat *graph.Node
	for i, n := range extents {
		if graph.Symbolic(n) {
			refuse("places on an axis of %s: give that by Dims", graph.ExtentString(n))
		}
		place := c.fromFront(ops.Index(index, last, i), n)
		if flat == nil {
			flat = place
		} else {
			flat = ops.Add(ops.Scale(float64(n), flat), place)
		}
	}
	return flat
}

func gatherND(c *call) []*Value {
	x, d := c.node(0), c.dims(0)
	index := c.node(1)
	id := index.Shape().Dims()
	b, k := c.int("batch_dims", 0), id[len(id)-1]
	if k < 1 || b < 0 || b+k > len(d) || b >= len(id) {
		refuse("places of %d numbers, after %d axes, in shape %v: %w", k, b, x.Shape(), graph.ErrShape)
	}
	flat := c.flatIndex(index, d[b:b+k])
	rest := d[b+k:]
	to := append(slices.Clone(id[:len(id)-1]), rest...)
	if b == 0 {
		y := ops.Gather(ops.Reshape(x, append([]int{graph.Times(d[:k]...)}, rest...)...), 0, flat)
		return c.one(ops.Reshape(y, to...))
	}
	// The axes before are counted in too: what belongs to one begins at a multiple.
	n := graph.Times(d[:b]...)
	if graph.Symbolic(n) {
		refuse("the axes before the places are %s: give that by Dims", graph.ExtentString(n))
	}
	flat = ops.Reshape(flat, n, graph.Times(id[b:len(id)-1]...))
	flat = ops.Add(flat, ops.Scale(float64(graph.Times(d[b:b+k]...)), positions(flat, 0)))
	y := ops.Gather(ops.Reshape(x, append([]int{graph.Times(d[:b+k]...)}, rest...)...), 0, flat)
	return c.one(ops.Reshape(y, to...))
}

func scatterND(c *call) []*Value {
	x, d, index, updates := c.node(0), c.dims(0), c.node(1), c.node(2)
	id := index.Shape().Dims()
	k := id[len(id)-1]
	if k < 1 || k > len(d) {
		refuse("places of %d numbers in shape %v: %w", k, x.Shape(), graph.ErrShape)
	}
	rest, n := d[k:], graph.Times(d[:k]...)
	places := graph.Times(id[:len(id)-1]...)
	flat := ops.Reshape(c.flatIndex(index, d[:k]), places)
	put := func(u *graph.Node) *graph.Node { // Gather's reverse
		u = ops.Reshape(u, append([]int{places}, rest...)...)
		return ops.Reshape(ops.ScatterAdd(u, 0, flat, n), d...)
	}
	return c.one(c.scattered(x, updates, put))
}
