package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// shapeRules are those of what changes shapes and moves whole runs of entries.
var shapeRules = map[string]rule{
	"Identity":        func(c *call) []*Value { return []*Value{c.x(0)} },
	"Reshape":         reshape,
	"Flatten":         func(c *call) []*Value { return c.reshaped(flattened(c.x(0).Shape, c.flattenAxis())) },
	"Squeeze":         squeeze,
	"Unsqueeze":       unsqueeze,
	"Transpose":       transposed,
	"Concat":          concat,
	"Split":           split,
	"Slice":           slice,
	"Expand":          expand,
	"Tile":            tile,
	"Trilu":           trilu,
	"DepthToSpace":    depthToSpace,
	"SpaceToDepth":    spaceToDepth,
	"ReverseSequence": reverseSequence,
	"Compress":        compress,
	"Dropout":         dropout,
}

// reshaped is the first input with other extents.
func (c *call) reshaped(dims []int) []*Value {
	from, l := c.dims(0), c.x(0).layout()
	if l == examplesLast && (len(dims) < 2 || dims[0] != from[0]) {
		l = asInFile
	}
	return []*Value{valueOf(c.x(0).Type, l, ops.Reshape(c.reader.node(c.x(0), l), l.rotated(dims)...))}
}

func (c *call) flattenAxis() int {
	a, rank := c.int("axis", 1), c.rank(0)
	if a < -rank || a > rank {
		refuse("axis %d of a tensor of %d axes: %w", a, rank, graph.ErrAxis)
	}
	if a < 0 {
		a += rank
	}
	return a
}

// flattened are the extents of a matrix: what is before an axis, and the rest.
func flattened(s graph.Shape, axis int) []int {
	d := s.Dims()
	return []int{graph.Times(d[:axis]...), graph.Times(d[axis:]...)}
}

func reshape(c *call) []*Value {
	from := c.dims(0)
	if s := c.ints("shape"); s != nil && len(c.in) < 2 {
		list := make([]entry, len(s))
		for i, n := range s {
			list[i] = entry{n: n}
		}
		return c.reshaped(newDims(from, list, false))
	}
	return c.reshaped(newDims(from, c.extents(1), c.flag("allowzero", 0)))
}

// newDims are the extents that Reshape asks for: 0 is that of the same axis before, −1 is what
// is left.
func newDims(from []int, to []entry, zeros bool) []int {
	dims, open := make([]int, len(to)), -1
	for i, e := range to {
		switch {
		case e.symbol != 0:
			dims[i] = e.symbol
		case e.n == 0 && !zeros:
			if i >= len(from) {
				refuse("axis %d is to stay as it is, of %d", i, len(from))
			}
			dims[i] = from[i]
		case e.n == -1 && open < 0:
			open = i
		case e.n < 0:
			refuse("extent %d: %w", e.n, graph.ErrShape)
		default:
			dims[i] = e.n
		}
	}
	if open >= 0 {
		d, ok := left(graph.Times(from...), graph.Times(dims[:open]...), graph.Times(dims[open+1:]...))
		if !ok {
			refuse("what is left of %v for axis %d of %v cannot be told: give extents by Dims", graph.ShapeOf(from...), open, texts(dims, open))
		}
		dims[open] = d
	}
	return dims
}

// texts are extents as an error shows them.
func texts(dims []int, open int) []string {
	var list []string
	for i, d := range dims {
		if i == open {
			list = append(list, "?")
		} else {
			list = append(list, graph.ExtentString(d))
		}
	}
	return list
}

// left returns the d of which before·d·after is all.
func left(all, before, after int) (d int, ok bool) {
	word := graph.Factors(all)
	for _, f := range graph.Factors(before) {
		if word, ok = without(word, f, 0); !ok {
			return 0, false
		}
	}
	last := graph.Factors(after)
	slices.Reverse(last)
	for _, f := range last {
		if word, ok = without(word, f, len(word)-1); !ok {
			return 0, false
		}
	}
	return graph.Times(word...), true
}

// without takes a factor away from the end of a word that has index i.
func without(word []int, f, i int) ([]int, bool) {
	switch {
	case f == 1:
		return word, true
	case len(word) == 0:
		return nil, false
	case word[i] == f:
		return slices.Delete(slices.Clone(word), i, i+1), true
	case word[i] > 0 && f > 0 && word[i]%f == 0:
		word = slices.Clone(word)
		word[i] /= f
		return word, true
	}
	return nil, false
}

func squeeze(c *call) []*Value {
	d := c.dims(0)
	named, ok := c.axesFrom(1, 13)
	axes := axesOf(named, len(d))
	if !ok {
		for a, n := range d {
			if n == 1 {
				axes = append(axes, a)
			}
		}
	}
	for _, a := range slices.Backward(axes) {
		if d[a] != 1 {
			refuse("axis %d is %s, not 1: %w", a, graph.ExtentString(d[a]), graph.ErrShape)
		}
		d = slices.Delete(d, a, a+1)
	}
	return c.reshaped(d)
}

func unsqueeze(c *call) []*Value {
	d := c.dims(0)
	named, _ := c.axesFrom(1, 13)
	for _, a := range axesOf(named, len(d)+len(named)) {
		d = slices.Insert(d, a, 1)
	}
	return c.reshaped(d)
}

func transposed(c *call) []*Value {
	rank, perm := c.rank(0), c.ints("perm")
	if perm == nil {
		perm = count(0, rank)
		slices.Reverse(perm)
	}
	if len(perm) != rank || !slices.Equal(axesOf(perm, rank), count(0, rank)) {
		refuse("perm %v of %d axes: %w", perm, rank, graph.ErrAxis)
	}
	l := c.x(0).layout()
	if l == examplesLast && slices.Equal(perm, append(count(1, rank), 0)) { // as the node is
		return c.one(c.reader.node(c.x(0), l))
	}
	if l == asInFile || perm[0] != 0 {
		return c.one(transpose(c.node(0), perm))
	}
	at := append(l.axes(perm[1:], rank), rank-1)
	return []*Value{valueOf(c.x(0).Type, l, transpose(c.reader.node(c.x(0), l), at))}
}

// expand broadcasts to a shape, which itself broadcasts to that of the input.
func expand(c *call) []*Value {
	var list []int
	for _, e := range c.extents(1) {
		list = append(list, e.extent())
	}
	to, err := graph.BroadcastShapes(c.x(0).Shape, graph.ShapeOf(list...))
	if err != nil {
		refuse("%w", err)
	}
	if to == c.x(0).Shape {
		return []*Value{c.x(0)}
	}
	l := c.x(0).layout()
	if to.Rank() != c.rank(0) {
		l = asInFile
	}
	return []*Value{valueOf(c.x(0).Type, l, ops.BroadcastTo(c.reader.node(c.x(0), l), graph.ShapeOf(l.rotated(to.Dims())...)))}
}

// tile repeats along axes: of an axis of n, r times n is an axis of r before it, merged.
func tile(c *call) []*Value {
	d := c.dims(0)
	times := c.extents(1)
	if len(times) != len(d) {
		refuse("%d repeats of %d axes: %w", len(times), len(d), graph.ErrShape)
	}
	var narrow, wide, to []int
	for i, n := range d {
		r := times[i].extent()
		narrow, wide, to = append(narrow, 1, n), append(wide, r, n), append(to, graph.Times(r, n))
	}
	x := ops.BroadcastTo(ops.Reshape(c.node(0), narrow...), graph.ShapeOf(wide...))
	return c.one(ops.Reshape(x, to...))
}
