package onnx

import (
	"maps"
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// rules are what ops become, by the names they describe themselves with. An op that
// has none, but a definition, is written as that.
var rules = union(pairwise, pointwise, activations, shaped, reductions, losses, complements)

func union(tables ...map[string]rule) map[string]rule {
	all := map[string]rule{}
	for _, t := range tables {
		maps.Copy(all, t)
	}
	return all
}

// ruleOf returns the rule for the op of n, or nil.
func ruleOf(n *graph.Node) rule {
	d, _ := description(n)
	if n.Graph().Dtype() == tensor.Float32 && images32[d.Name] != nil {
		return images32[d.Name]
	}
	return rules[d.Name]
}

// broadcasts reports whether what the op of n becomes broadcasts its operands.
func broadcasts(n *graph.Node) bool {
	d, _ := description(n)
	return pairwise[d.Name] != nil
}

// native is the rule of an op that ONNX has, with the same operands.
func native(op string) rule { return func(c *call) value { return c.do(op, c.x...) } }

// native32 is the rule of an op that is ONNX's own in float32. In float64, for which
// ONNX Runtime has no kernel of it, or for which an attribute is too coarse, it is
// composed.
func native32(op string, composed rule, attributes ...proto.Attribute) rule {
	return func(c *call) value {
		if c.element == proto.Float64 {
			return composed(c)
		}
		return c.node(op, c.x, attributes...)
	}
}

// unary is the rule of a function of one value.
func unary(f func(c *call, x value) value) rule {
	return func(c *call) value { return f(c, c.x[0]) }
}

// Arithmetic of values, so that formulas are short.

func (c *call) sum(a, b value) value        { return c.do("Add", a, b) }
func (c *call) difference(a, b value) value { return c.do("Sub", a, b) }
func (c *call) product(a, b value) value    { return c.do("Mul", a, b) }
func (c *call) quotient(a, b value) value   { return c.do("Div", a, b) }
func (c *call) square(x value) value        { return c.do("Mul", x, x) }
func (c *call) neg(x value) value           { return c.do("Neg", x) }
func (c *call) exp(x value) value           { return c.do("Exp", x) }
func (c *call) log(x value) value           { return c.do("Log", x) }
func (c *call) tanh(x value) value          { return c.do("Tanh", x) }

// where is a where cond is true, else b.
func (c *call) where(cond, a, b value) value { return c.do("Where", cond, a, b) }

// isZero is true where x is 0.
func (c *call) isZero(x value) value { return c.do("Equal", x, c.number(0)) }

// cast is x as another type; true is 1 and false is 0.
func (c *call) cast(x value, to proto.Element) value {
	return c.node("Cast", []value{x}, attribute("to", int64(to)))
}

// affine is αx + β.
func (c *call) affine(α float64, x value, β float64) value {
	switch {
	case β == 0 && α == 1:
		return x
	case β == 0 && α == -1:
		return c.neg(x)
	case β == 0:
		return c.product(c.number(α), x)
	case α == 1:
		return c.sum(x, c.number(β))
	case α == -1:
		return c.difference(c.number(β), x)
	}
	return c.sum(c.product(c.number(α), x), c.number(β))
}

// scale is αx.
func (c *call) scale(α float64, x value) value { return c.affine(α, x, 0) }

// largest is the largest finite number of the formula's type.
func (b *builder) largest() float64 {
	if b.element == proto.Float32 {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// smallest is the smallest positive number of the formula's type that has all digits.
func (b *builder) smallest() float64 {
	if b.element == proto.Float32 {
		return 0x1p-126
	}
	return 0x1p-1022
}
