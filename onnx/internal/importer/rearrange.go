package importer

import (
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

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
