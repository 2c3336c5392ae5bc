package importer

import (
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// A rule returns what an operator's outputs become. It may leave out those at the end.
type rule func(c *call) []*Value

// A call is an operator that is being read.
type call struct {
	*reader
	scope   *scope
	is      *proto.Node
	version int // of the operator's domain
	in      []*Value
	given   map[string]any // attributes of the function around it
}

// apply reads a node.
func (r *reader) apply(n *proto.Node, s *scope, given map[string]any) (err error) {
	c := &call{reader: r, scope: s, is: n, version: r.opsets[domainOf(n.Domain)], given: given}
	defer func() {
		if err != nil {
			err = c.errorOf(err)
		}
	}()
	if r.budget--; r.budget < 0 {
		return fmt.Errorf("%w: loops and functions make more nodes of it than %d", ErrUnsupported, mostNodes)
	}
	out := []*Value{r.spelled(n, s)}
	if out[0] == nil {
		if out, err = c.become(); err != nil {
			return err
		}
	}
	for i, name := range n.Out {
		switch {
		case name == "":
		case i >= len(out) || out[i] == nil:
			return fmt.Errorf("%w: its output %q", ErrUnsupported, name)
		case s.values[name] != nil:
			return fmt.Errorf("%w: it computes %q once more", proto.ErrFormat, name)
		default:
			s.values[name] = out[i]
			out[i].name(string(name))
		}
	}
	return nil
}

// name gives the node of a value its name, and returns the node's error.
func (v *Value) name(name string) {
	for _, n := range v.nodes {
		if n != nil && n.Err() == nil && n.Kind() == graph.Applied && n.Name() == "" {
			n.Named(name)
		}
	}
}

// errorOf says where an error is from: the node, its operator and the opset.
func (c *call) errorOf(err error) error {
	name := c.is.Name
	if name == "" {
		name = string(c.is.Out[0])
	}
	op := c.is.Op
	if d := domainOf(c.is.Domain); d != "" {
		op = d + "." + op
	}
	return fmt.Errorf("node %q, %s of opset %d: %w", name, op, c.version, err)
}

// become returns the outputs.
func (c *call) become() (out []*Value, err error) {
	defer refused(&err)
	for _, name := range c.is.In {
		v, err := c.value(name, c.scope)
		if err != nil {
			return nil, err
		}
		if v == nil && name != "" {
			return nil, fmt.Errorf("%w: it reads %q before that is computed", proto.ErrFormat, name)
		}
		c.in = append(c.in, v)
	}
	if f := c.functions[domainOf(c.is.Domain)+":"+c.is.Op]; f != nil {
		return c.function(f), nil
	}
	name := c.is.Op
	if d := domainOf(c.is.Domain); d != "" {
		name = d + "." + name
	}
	translate, ok := rules[name]
	if !ok {
		if reason := refusals[name]; reason != "" {
			refuse("%s", reason)
		}
		refuse("there is no such operator")
	}
	if d := domainOf(c.is.Domain); d == "" && c.version < oldest && changed[name] {
		refuse("it was another operator before opset %d", oldest)
	}
	c.refuseTexts(name)
	if v := c.folded(name, translate); v != nil {
		return []*Value{v}, nil
	}
	out = translate(c)
	c.keepNames(out)
	for _, v := range out {
		if v != nil && growing[c.is.Op] {
			c.judge(v)
		}
		for _, n := range v.all() {
			if err := n.Err(); err != nil {
				return nil, fmt.Errorf("%w: %w", ErrUnsupported, err)
			}
		}
	}
	return out, nil
}

// judge makes it an error that a value of integers is none of its type.
func (r *reader) judge(v *Value) {
	for l, n := range v.nodes {
		if n != nil && v.Type != proto.Bool {
			v.nodes[l] = r.judged(n, v.Type)
		}
	}
}

// all returns the nodes of a value that are there.
func (v *Value) all() []*graph.Node {
	if v == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.nodes[:]), func(n *graph.Node) bool { return n == nil })
}

// x returns an input that has to be there.
func (c *call) x(i int) *Value {
	if !c.has(i) {
		refuse("it has no input %d", i)
	}
	return c.in[i]
}

func (c *call) has(i int) bool { return i < len(c.in) && c.in[i] != nil }

// node returns input i with its axes as in the file.
func (c *call) node(i int) *graph.Node { return c.reader.node(c.x(i), asInFile) }

// dims returns the extents of input i as in the file.
func (c *call) dims(i int) []int { return c.x(i).Shape.Dims() }

// rank is the number of axes of input i.
func (c *call) rank(i int) int { return len(c.dims(i)) }

// one is the result of a rule that has one, with axes as in the file, of the type of the first
// input.
func (c *call) one(n *graph.Node) []*Value { return c.of(c.x(0).Type, n) }

// of is one for another type.
func (c *call) of(t proto.Element, n *graph.Node) []*Value {
	return []*Value{valueOf(t, asInFile, n)}
}

// attribute returns the value of an attribute, and whether the file has it.
func attributeOf[T any](c *call, name string) (v T, ok bool) {
	for _, a := range c.is.Attributes {
		if a.Name != name {
			continue
		}
		value := a.Value
		if a.Ref != "" {
			if value, ok = c.given[a.Ref]; !ok {
				return v, false
			}
		}
		if v, ok = value.(T); !ok {
			refuse("its attribute %s is a %T", name, value)
		}
		return v, true
	}
	return v, false
}

func (c *call) float(name string, missing float64) float64 {
	if v, ok := attributeOf[float32](c, name); ok {
		return float64(v)
	}
	return missing
}

func (c *call) int(name string, missing int) int {
	if v, ok := attributeOf[int64](c, name); ok {
		return proto.Int(v)
	}
	return missing
}

func (c *call) flag(name string, missing int) bool { return c.int(name, missing) != 0 }

func (c *call) text(name, missing string) string {
	if v, ok := attributeOf[string](c, name); ok {
		return v
	}
	return missing
}

// ints is an attribute of integers, nil if the file has none.
func (c *call) ints(name string) []int {
	v, _ := attributeOf[[]int](c, name)
	return v
}

// axis is an attribute that names an axis of a tensor of some rank.
func (c *call) axis(name string, missing, rank int) int {
	return axisOf(c.int(name, missing), rank)
}

// axisOf counts an axis from the front.
func axisOf(a, rank int) int {
	if a < -rank || a >= rank {
		refuse("axis %d of a tensor of %d axes: %w", a, rank, graph.ErrAxis)
	}
	if a < 0 {
		a += rank
	}
	return a
}

// axesOf is axisOf for a list, in order, in which none is twice.
func axesOf(list []int, rank int) []int {
	axes := make([]int, len(list))
	for i, a := range list {
		axes[i] = axisOf(a, rank)
	}
	slices.Sort(axes)
	if len(slices.Compact(slices.Clone(axes))) < len(axes) {
		refuse("axes %v name one twice: %w", list, graph.ErrAxis)
	}
	return axes
}

// axesFrom returns the axes that an input names, or in older opsets an attribute; ok is false
// if neither does.
func (c *call) axesFrom(i int, since int) (axes []int, ok bool) {
	if c.version < since {
		axes, ok = attributeOf[[]int](c, "axes")
		return axes, ok
	}
	if !c.has(i) {
		return nil, false
	}
	return c.integers(i), true
}

// number is a constant of the graph's type.
func (r *reader) number(v float64) *graph.Node { return r.g.Const(v) }

// extentNode is an extent as a number of the formula, a scalar.
func (r *reader) extentNode(d int) *graph.Node {
	if graph.Symbolic(d) {
		return r.g.Size(d)
	}
	return r.g.Const(float64(d))
}
