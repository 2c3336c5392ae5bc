package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

type reduce = func(x *graph.Node, axes ...int) *graph.Node

// reductionRules are those of reductions over axes and of orders along one.
var reductionRules = map[string]rule{
	"ReduceSum":       reduction(ops.Sum, 13),
	"ReduceMean":      reduction(ops.Mean, 18),
	"ReduceMax":       reduction(ops.Max, 18),
	"ReduceMin":       reduction(ops.Min, 18),
	"ReduceProd":      reduction(ops.Prod, 18),
	"ReduceL1":        reduction(ops.Norm1, 18),
	"ReduceL2":        reduction(ops.Norm2, 18),
	"ReduceLogSumExp": reduction(ops.LogSumExp, 18),
	"ReduceSumSquare": reduction(func(x *graph.Node, axes ...int) *graph.Node { return ops.Sum(ops.Square(x), axes...) }, 18),
	"ReduceLogSum":    reduction(func(x *graph.Node, axes ...int) *graph.Node { return ops.Log(ops.Sum(x, axes...)) }, 18),

	"GlobalAveragePool": global(ops.Mean),
	"GlobalMaxPool":     global(ops.Max),
	"ArgMax":            argument(func(x *graph.Node) *graph.Node { return x }),
	"ArgMin":            argument(ops.Neg),
	"TopK":              topK,
}

// reduction is the rule of a reduction whose axes are an input since some opset.
func reduction(f reduce, since int) rule {
	return func(c *call) []*Value {
		rank := c.rank(0)
		named, ok := c.axesFrom(1, since)
		if (!ok || len(named) == 0) && c.flag("noop_with_empty_axes", 0) {
			return []*Value{c.x(0)}
		}
		axes := axesOf(named, rank)
		if len(axes) == 0 {
			axes = count(0, rank)
		}
		return c.reduced(f, axes, c.flag("keepdims", 1))
	}
}

// reduced reduces the first input over axes.
func (c *call) reduced(f reduce, axes []int, keep bool) []*Value {
	x, rank := c.x(0), c.rank(0)
	if len(axes) == 0 { // of a number
		return c.one(f(ops.Reshape(c.node(0), 1), 0))
	}
	l := x.layout()
	n, at := c.reader.node(x, l), l.axes(axes, rank)
	switch {
	case keep:
		return []*Value{valueOf(x.Type, l, ops.Keep(f, n, at...))}
	case slices.Contains(axes, 0): // what is left begins with another axis
		l = asInFile
	}
	return []*Value{valueOf(x.Type, l, f(n, at...))}
}

// global reduces over all axes after the first two, which stay with extent 1.
func global(f reduce) rule {
	return func(c *call) []*Value { return c.reduced(f, count(2, max(c.rank(0), 2)), true) }
}

// argument is the rule of the place of the largest entry along an axis, the first or the last,
// of what f makes of the input.
func argument(f func(x *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value {
		rank := c.rank(0)
		axis := c.axis("axis", 0, rank)
		l := c.x(0).layout()
		x, at := f(c.reader.node(c.x(0), l)), l.axis(axis, rank)
		var y *graph.Node
		if c.flag("select_last_index", 0) {
			n := x.Shape().Dim(at)
			y = ops.Sub(c.extentNode(graph.Shift(n, -1)), ops.ArgMax(c.backwards(x, at), at))
		} else {
			y = ops.ArgMax(x, at)
		}
		switch {
		case c.flag("keepdims", 1):
			y = ops.ExpandDims(y, at)
		case axis == 0:
			l = asInFile
		}
		return []*Value{valueOf(proto.Int64, l, y)}
	}
}

// backwards is x in the other order along an axis.
func (r *reader) backwards(x *graph.Node, axis int) *graph.Node {
	n := x.Shape().Dim(axis)
	if graph.Symbolic(n) {
		refuse("axis %d, which is %s, is read backwards: give that by Dims", axis, graph.ExtentString(n))
	}
	list := count(0, n)
	slices.Reverse(list)
	return r.taken(x, axis, list)
}

// taken has the entries of x at some places of an axis.
func (r *reader) taken(x *graph.Node, axis int, places []int) *graph.Node {
	if len(places) == 0 {
		refuse("nothing is taken of axis %d: %w", axis, graph.ErrEmpty)
	}
	list := make([]float64, len(places))
	for i, p := range places {
		list[i] = float64(p)
	}
	return ops.Gather(x, axis, r.array([]int{len(list)}, list))
}

// topK has the k largest or smallest entries along an axis, and where they are.
func topK(c *call) []*Value {
	rank, k := c.rank(0), c.int("k", 0)
	if c.version >= 10 {
		k = c.integer(1)
	}
	axis := c.axis("axis", -1, rank)
	l := c.x(0).layout()
	x, at := c.reader.node(c.x(0), l), l.axis(axis, rank)
	order := x
	if !c.flag("largest", 1) {
		order = ops.Neg(x)
	}
	index := ops.TopIndices(order, at, k)
	return []*Value{valueOf(c.x(0).Type, l, ops.GatherAlong(x, at, index)), valueOf(proto.Int64, l, index)}
}
