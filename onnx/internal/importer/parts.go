package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

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
	step = max(-n-1, min(step, n+1)) // further is past an end, too
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
