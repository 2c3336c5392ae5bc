package onnx

import (
	"fmt"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// A rule adds the nodes that an op becomes, and returns the value of the last.
type rule func(c *call) value

// A call is the application of an op that is being translated.
type call struct {
	*builder
	n      *graph.Node
	name   value   // of the result
	made   int     // values so far
	args   []any   // of the op's Description
	x      []value // what is read for the inputs
	turned []value // its transposes, where they are there
}

func (c *call) float(i int) float64 { return c.args[i].(float64) }
func (c *call) int(i int) int       { return c.args[i].(int) }
func (c *call) axes() []int         { return c.args[0].([]int) }

// dims returns the extents of input i.
func (c *call) dims(i int) []int { return c.n.In(i).Shape().Dims() }

// node adds a node with a name of its own.
func (c *call) node(op string, in []value, attributes ...proto.Attribute) value {
	return c.apply(c.part(), op, in, attributes...)
}

// part returns a name for another value that the result is made of.
func (c *call) part() value {
	c.made++
	return c.unique(value(fmt.Sprintf("%s.%d", c.name, c.made)))
}

// do is node for an op without attributes.
func (c *call) do(op string, in ...value) value { return c.node(op, in) }

// translate adds what y and all that it is computed from become. The nodes have
// been lowered; nameOf returns a name for one.
func (b *builder) translate(y []*graph.Node, nameOf func(*graph.Node) value) error {
	for _, n := range cone(y, reads) {
		if _, ok := b.value[n]; ok {
			continue
		}
		before := len(b.file.Nodes)
		v, err := b.become(n, nameOf(n))
		if err == nil {
			err = b.err
		}
		if err != nil {
			return fmt.Errorf("onnx: %s of shape %v: %w", n.Label(), n.Shape(), err)
		}
		b.value[n] = v
		b.document(n, before)
	}
	return nil
}

// document says of what n became, the nodes from the place before on, which op they are.
func (b *builder) document(n *graph.Node, before int) {
	op, last := b.whole[n], len(b.file.Nodes)-1
	switch {
	case b.inside || n.Kind() != graph.Applied || last < before || b.file.Nodes[last].Out[0] != b.value[n]:
	case op != nil:
		b.file.Nodes[last].Doc = b.spelled(op)
	case last > before:
		b.file.Nodes[last].Doc = b.spelled(n)
	}
}

// become returns the value of n, whose operands are in the file.
func (b *builder) become(n *graph.Node, name value) (value, error) {
	switch n.Kind() {
	case graph.Applied:
		if _, ok := graph.ConstOf(n); ok {
			return b.valueOf(n), nil
		}
		return b.applied(n, name)
	case graph.Param, graph.Const, graph.State:
		return b.tensor(name, b.element, n.Shape().Dims(), rawOf(n.Value())), nil
	case graph.Examples:
		c := call{builder: b, name: name}
		return c.named(c.cast(c.do("Squeeze", b.size(n.Extent())), b.element)), nil
	case graph.Input, graph.Random:
		return "", fmt.Errorf("it is none of the inputs: %w", graph.ErrUnfed)
	}
	return "", fmt.Errorf("it is an argument that a rule kept: %w", graph.ErrGraph)
}

// applied returns the value of an op.
func (b *builder) applied(n *graph.Node, name value) (value, error) {
	translate := ruleOf(n)
	if translate == nil {
		return "", fmt.Errorf("%v: %w", n.Op(), ErrUnsupported)
	}
	d, _ := description(n)
	c := call{builder: b, n: n, name: name, args: d.Args}
	for _, x := range operands(n) {
		v := b.valueOf(x.node)
		if x.number {
			constant, _ := graph.ConstOf(x.node)
			v = b.number(constant)
		}
		c.x, c.turned = append(c.x, v), append(c.turned, b.turned[x.node])
	}
	v := c.named(translate(&c))
	if v == name {
		b.file.Values = append(b.file.Values, infoOf(v, b.element, n.Shape()))
	}
	if d.Name == "Transpose" && exchanges(c.axes()) {
		b.turned[n] = c.x[0]
	}
	return v, nil
}

// named gives the last node the name of the result, if v is its value.
func (c *call) named(v value) value {
	if last := len(c.file.Nodes) - 1; c.made > 0 && last >= 0 && c.file.Nodes[last].Out[0] == v {
		c.file.Nodes[last].Name, c.file.Nodes[last].Out[0] = string(c.name), c.name
		return c.name
	}
	return v
}

// valueOf returns what n became, which is in the file or a constant.
func (b *builder) valueOf(n *graph.Node) value {
	if c, ok := graph.ConstOf(n); ok {
		return b.filled(c, n.Shape())
	}
	return b.value[n]
}

// filled returns a tensor whose entries are c.
func (b *builder) filled(c float64, s graph.Shape) value {
	if s == (graph.Shape{}) {
		return b.number(c)
	}
	name := fmt.Sprintf("%g%v", c, s)
	return b.once(name, func() value {
		fill := proto.Tensor{Element: b.element, Dims: []int{1}, Raw: entriesOf(b.element, c)}
		return b.apply(b.unique(value(name)), "ConstantOfShape", []value{b.shape(s)}, attribute("value", fill))
	})
}
