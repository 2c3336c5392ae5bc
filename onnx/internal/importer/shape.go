package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
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

func concat(c *call) []*Value {
	var in []*Value
	for i, v := range c.in {
		if v == nil {
			refuse("it has no input %d", i)
		}
		c.sameTypes(0, i)
		if !slices.Contains(v.Shape.Dims(), 0) {
			in = append(in, v)
		}
	}
	if len(in) == 0 {
		return []*Value{c.x(0)}
	}
	rank := in[0].Shape.Rank()
	axis := c.axis("axis", 1, rank)
	l := asInFile
	for _, v := range in {
		if v.layout() == examplesLast {
			l = examplesLast
		}
	}
	x := make([]*graph.Node, len(in))
	for i, v := range in {
		if v.Shape.Rank() != rank {
			refuse("inputs of %d and %d axes: %w", rank, v.Shape.Rank(), graph.ErrShape)
		}
		x[i] = c.reader.node(v, l)
	}
	return []*Value{valueOf(in[0].Type, l, ops.Concat(l.axis(axis, rank), x...))}
}

func split(c *call) []*Value {
	rank := c.rank(0)
	axis := c.axis("axis", 0, rank)
	n, parts := c.dims(0)[axis], c.ints("split")
	if c.version >= 13 && c.has(1) {
		parts = c.integers(1)
	}
	if parts == nil {
		k := c.int("num_outputs", len(c.is.Out))
		if graph.Symbolic(n) || k < 1 {
			refuse("axis %d, which is %s, in %d parts: give that by Dims", axis, graph.ExtentString(n), k)
		}
		size := (n + k - 1) / k
		for at := 0; at < n; at += size {
			parts = append(parts, min(size, n-at))
		}
	}
	var out []*Value
	from := 0
	for _, size := range parts {
		out = append(out, c.part(c.x(0), axis, from, from+size))
		from += size
	}
	return out
}

// part is a slice of a value along an axis.
func (c *call) part(v *Value, axis, from, to int) *Value {
	l := v.layout()
	return valueOf(v.Type, l, ops.Slice(c.reader.node(v, l), l.axis(axis, v.Shape.Rank()), from, to))
}

// slice takes [start:end:step] of axes, all of which may count from the end.
func slice(c *call) []*Value {
	rank := c.rank(0)
	list := func(i int, name string) []entry {
		if c.version >= 10 {
			if !c.has(i) {
				return nil
			}
			return c.extents(i)
		}
		var e []entry
		for _, n := range c.ints(name) {
			e = append(e, entry{n: n})
		}
		return e
	}
	starts, ends, axes, steps := list(1, "starts"), list(2, "ends"), list(3, "axes"), list(4, "")
	v := c.x(0)
	for i := range starts {
		axis, step := i, 1
		if i < len(axes) {
			axis = axes[i].n
		}
		if i < len(steps) {
			step = steps[i].n
		}
		if i >= len(ends) || step == 0 {
			refuse("start %d has no end, or the step 0: %w", i, graph.ErrShape)
		}
		v = c.sliced(v, axisOf(axis, rank), starts[i], ends[i], step)
	}
	return []*Value{v}
}

func (c *call) sliced(v *Value, axis int, start, end entry, step int) *Value {
	n := v.Shape.Dim(axis)
	if end.symbol != 0 && !graph.Symbolic(n) && step == 1 && start.symbol == 0 && start.n >= 0 {
		// As many as a symbol says, of a number that there are: Run sees whether that is enough.
		l := v.layout()
		places := ops.Range(c.number(float64(start.n)), graph.Shift(end.symbol, -start.n))
		return valueOf(v.Type, l, ops.Gather(c.reader.node(v, l), l.axis(axis, v.Shape.Rank()), places))
	}
	if step == 1 {
		return c.part(v, axis, bound(start, n), bound(end, n))
	}
	if graph.Symbolic(n) || start.symbol != 0 || end.symbol != 0 {
		refuse("axis %d, which is %s, by steps of %d: give that by Dims", axis, graph.ExtentString(n), step)
	}
	least, most := 0, n
	if step < 0 {
		least, most = -1, n-1
	}
	clamp := func(i int) int {
		if i < 0 {
			i += n
		}
		return max(least, min(i, most))
	}
	var places []int
	for i, to := clamp(start.n), clamp(end.n); step > 0 && i < to || step < 0 && i > to; i += step {
		places = append(places, i)
	}
	l := v.layout()
	return valueOf(v.Type, l, c.taken(c.reader.node(v, l), l.axis(axis, v.Shape.Rank()), places))
}

// bound is where a slice of an axis of n begins or ends: a number or a symbol, from the end if
// it is negative, and no further than the end.
func bound(e entry, n int) int {
	switch {
	case e.symbol != 0:
		return e.symbol
	case e.n < 0 && !graph.Symbolic(n):
		return max(n+e.n, 0)
	case e.n < 0 && e.n > -1<<30:
		return graph.Shift(n, e.n)
	case e.n < 0:
		return 0
	case !graph.Symbolic(n):
		return min(e.n, n)
	case e.n >= 1<<30:
		return n
	}
	return e.n
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

// trilu keeps a triangle of the last two axes.
func trilu(c *call) []*Value {
	rank, k := c.rank(0), 0
	if rank < 2 {
		refuse("a triangle of %d axes: %w", rank, graph.ErrShape)
	}
	if c.has(1) {
		k = c.integer(1)
	}
	x := c.node(0)
	row, column := positions(x, rank-2), positions(x, rank-1)
	keep := ops.GreaterEqual(column, ops.Shift(row, float64(k)))
	if !c.flag("upper", 1) {
		keep = ops.LessEqual(column, ops.Shift(row, float64(k)))
	}
	return c.one(ops.Where(keep, x, c.number(0)))
}

func depthToSpace(c *call) []*Value {
	d, b := c.dims(0), c.int("blocksize", 0)
	if len(d) != 4 || b < 1 || d[1] < 1 || d[1]%(b*b) != 0 {
		refuse("shape %v in blocks of %d: %w", c.x(0).Shape, b, graph.ErrShape)
	}
	n, depth, h, w := d[0], d[1]/(b*b), d[2], d[3]
	x := c.node(0)
	if c.text("mode", "DCR") == "CRD" {
		x = ops.Transpose(ops.Reshape(x, n, depth, b, b, h, w), 0, 1, 4, 2, 5, 3)
	} else {
		x = ops.Transpose(ops.Reshape(x, n, b, b, depth, h, w), 0, 3, 4, 1, 5, 2)
	}
	return c.one(ops.Reshape(x, n, depth, graph.Times(h, b), graph.Times(w, b)))
}

func spaceToDepth(c *call) []*Value {
	d, b := c.dims(0), c.int("blocksize", 0)
	if len(d) != 4 || b < 1 || d[2] < 1 || d[3] < 1 || d[2]%b != 0 || d[3]%b != 0 {
		refuse("shape %v in blocks of %d: %w", c.x(0).Shape, b, graph.ErrShape)
	}
	x := ops.Reshape(c.node(0), d[0], d[1], d[2]/b, b, d[3]/b, b)
	x = ops.Transpose(x, 0, 3, 5, 1, 2, 4)
	return c.one(ops.Reshape(x, d[0], graph.Times(b*b, d[1]), d[2]/b, d[3]/b))
}

// dropout is the identity, and its mask is true: a file that is read predicts.
func dropout(c *call) []*Value {
	if c.has(2) {
		if k := c.known(c.x(2)); k == nil || k.entries[0].n != 0 {
			if !c.has(1) || len(c.floats(1)) != 1 || c.floats(1)[0] != 0 {
				refuse("it draws random numbers")
			}
		}
	}
	mask := valueOf(proto.Bool, asInFile, c.g.Const(1, c.dims(0)...))
	if c.version < 10 {
		mask.Type = c.x(0).Type
	}
	return []*Value{c.x(0), mask}
}

// compress takes the places of an axis at which a known condition holds.
func compress(c *call) []*Value {
	x := c.node(0)
	axis := 0
	if a, ok := attributeOf[int64](c, "axis"); ok {
		axis = axisOf(int(a), c.rank(0))
	} else {
		x = ops.Reshape(x, graph.Times(c.dims(0)...))
	}
	k := c.known(c.x(1))
	if k == nil {
		refuse("%s", dynamic)
	}
	var places []int
	for i, e := range k.entries {
		if e.n != 0 {
			places = append(places, i)
		}
	}
	return c.one(c.taken(x, axis, places))
}

// reverseSequence turns the first entries of each example, as many as an input says.
func reverseSequence(c *call) []*Value {
	rank := c.rank(0)
	time, batch := c.axis("time_axis", 0, rank), c.axis("batch_axis", 1, rank)
	x := c.node(0)
	along := make([]int, rank)
	for i := range along {
		along[i] = 1
	}
	along[batch] = x.Shape().Dim(batch)
	length := ops.Reshape(c.node(1), along...)
	t := positions(x, time)
	turned := ops.Shift(ops.Sub(length, t), -1)
	index := ops.Where(ops.Less(t, length), turned, t)
	return c.one(ops.GatherAlong(x, time, ops.BroadcastTo(index, x.Shape())))
}
