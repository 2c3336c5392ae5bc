package importer

import (
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// mapped applies a function of tensors that broadcast, entry by entry. The examples stay
// where they are.
func (c *call) mapped(t proto.Element, f func(x ...*graph.Node) *graph.Node, in ...*Value) []*Value {
	rank, l := 0, asInFile
	for _, v := range in {
		rank = max(rank, v.Shape.Rank())
	}
	for _, v := range in {
		if v.Shape.Rank() == rank && v.layout() == examplesLast {
			l = examplesLast
		}
	}
	x := make([]*graph.Node, len(in))
	for i, v := range in {
		x[i] = c.operand(v, rank, l)
	}
	stretchAll(x)
	return []*Value{valueOf(t, l, f(x...))}
}

// stretchAll makes one shape of nodes that broadcast, where that of the engine's ops does not:
// they take (N, 1) and (1, N) for a mistake, and the file says so.
func stretchAll(x []*graph.Node) {
	shape, wide := graph.Shape{}, []int(nil)
	var err error
	for _, n := range x {
		d := n.Shape().Dims()
		for len(wide) < len(d) {
			wide = append([]int{1}, wide...)
		}
		for i, e := range d {
			if at := len(wide) - len(d) + i; e != 1 {
				wide[at] = e
			}
		}
		if err == nil {
			shape, err = graph.BroadcastShapes(shape, n.Shape())
		}
	}
	if err == nil {
		return
	}
	for i, n := range x {
		x[i] = ops.BroadcastTo(n, graph.ShapeOf(wide...))
	}
}

// operand is a value in a layout, ready to be broadcast to tensors of some rank.
func (c *call) operand(v *Value, rank int, l layout) *graph.Node {
	d := v.Shape.Dims()
	if l == asInFile || len(d) == rank && rank > 1 || len(d) == 0 {
		return c.reader.node(v, l)
	}
	return ops.Reshape(c.reader.node(v, asInFile), append(d, 1)...)
}

// unary is the rule of a function of one tensor, entry by entry.
func unary(f func(x *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value {
		l := c.x(0).layout()
		return []*Value{valueOf(c.x(0).Type, l, f(c.reader.node(c.x(0), l)))}
	}
}

// unaryWith is unary for a function of attributes too.
func unaryWith(f func(c *call, x *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value {
		return unary(func(x *graph.Node) *graph.Node { return f(c, x) })(c)
	}
}
