package importer

import (
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// logicRules are those of comparisons and of logic. True is 1, false is 0.
var logicRules = map[string]rule{
	"Equal":          comparison(ops.Equal),
	"Greater":        comparison(ops.Greater),
	"GreaterOrEqual": comparison(ops.GreaterEqual),
	"Less":           comparison(ops.Less),
	"LessOrEqual":    comparison(ops.LessEqual),
	"And":            comparison(ops.Mul),
	"Or":             comparison(ops.Maximum),
	"Xor":            comparison(func(a, b *graph.Node) *graph.Node { return ops.OneMinus(ops.Equal(a, b)) }),
	"Not":            unary(ops.OneMinus),
	"IsNaN":          predicate(func(_ *call, x *graph.Node) *graph.Node { return isNaN(x) }),
	"IsInf":          predicate(isInf),
	"Where": func(c *call) []*Value {
		c.sameTypes(1, 2)
		return c.mapped(c.x(1).Type, func(x ...*graph.Node) *graph.Node { return ops.Where(x[0], x[1], x[2]) }, c.in...)
	},
}

// comparison is the rule of a function of two tensors whose values are booleans.
func comparison(f func(a, b *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value { return c.pair(proto.Bool, f) }
}

// predicate is the rule of a function of one tensor whose values are booleans.
func predicate(f func(c *call, x *graph.Node) *graph.Node) rule {
	return func(c *call) []*Value {
		y := unaryWith(f)(c)
		y[0].Type = proto.Bool
		return y
	}
}

// isNaN is true where x is not equal to itself.
func isNaN(x *graph.Node) *graph.Node { return ops.OneMinus(ops.Equal(x, x)) }

// isInf is true at the infinities that are asked for.
func isInf(c *call, x *graph.Node) *graph.Node {
	y := c.number(0)
	if c.flag("detect_positive", 1) {
		y = ops.Equal(x, c.number(inf))
	}
	if c.flag("detect_negative", 1) {
		y = ops.Add(y, ops.Equal(x, c.number(-inf)))
	}
	return ops.BroadcastTo(y, x.Shape())
}

// truth is 1 where x is not 0.
func truth(r *reader, x *graph.Node) *graph.Node { return ops.OneMinus(ops.Equal(x, r.number(0))) }
