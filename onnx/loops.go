package onnx

import (
	"maps"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// loops are the rules of recurrences, and of the states one time late that occur in their derivatives.
var loops = map[string]rule{
	"Scan":     func(c *call) value { return c.scan(0) },
	"ScanBack": func(c *call) value { return c.scan(1) },

	"ScanValue":     func(c *call) value { return c.scan(0) },
	"ScanBackValue": func(c *call) value { return c.scan(1) },

	"Delay":   func(c *call) value { return c.late(false) },
	"Advance": func(c *call) value { return c.late(true) },
}

// A step of a loop has rules for its ops, which are those of rules.
func init() { maps.Copy(rules, loops) }

// late is a state and all but the last time of x or, with back, all but the first and the state.
func (c *call) late(back bool) value {
	axis := c.n.Shape().Rank() - 2
	state := c.do("Unsqueeze", c.x[0], c.integers(axis))
	from, to := c.integers(0), c.integers(-1)
	if back {
		from, to = c.integers(1), c.integers(1<<31-1) // the end, by ONNX's words: INT_MAX
	}
	in := []value{state, c.do("Slice", c.x[1], from, to, c.integers(axis))}
	if back {
		in[0], in[1] = in[1], in[0]
	}
	return c.node("Concat", in, attribute("axis", int64(axis)))
}

// scan is ONNX's Scan, whose direction is 1 from the last time to the first. The state of each time is
// one of its results, too; what is known at all times alike is read from outside of the loop.
func (c *call) scan(direction int) value {
	s := c.stepOf(c.args[0].(*graph.Body))
	body, err := c.inner(s)
	if err != nil {
		c.fail(err)
		return ""
	}
	in, axes, directions := []value{c.x[0]}, []int{}, []int{}
	for i, x := range c.n.Inputs()[1:] {
		if s.moves[i+1] {
			in, axes, directions = append(in, c.x[i+1]), append(axes, x.Shape().Rank()-2), append(directions, direction)
		}
	}
	out := []value{c.part()} // the last state
	outAxes, outDirections := []int{}, []int{}
	for _, y := range s.out {
		out, outAxes, outDirections = append(out, c.part()), append(outAxes, y.Shape().Rank()-1), append(outDirections, direction)
	}
	c.file.Nodes = append(c.file.Nodes, proto.Node{
		Name: string(out[1]), Op: "Scan", In: in, Out: out,
		Attributes: []proto.Attribute{
			attribute("body", body), attribute("num_scan_inputs", int64(len(axes))),
			attribute("scan_input_axes", axes), attribute("scan_input_directions", directions),
			attribute("scan_output_axes", outAxes), attribute("scan_output_directions", outDirections),
		},
	})
	value := 0
	if len(c.args) > 1 {
		value = c.int(1)
	}
	return c.do("Identity", out[1+value])
}

// A step is the body of a recurrence at one time, in a graph of its own.
type step struct {
	in, out []*graph.Node
	moves   []bool // which inputs are others at each time: the first is the state
}

// stepOf returns the body for as many examples as the states have.
func (c *call) stepOf(body *graph.Body) step {
	var s step
	g := graph.NewOf(c.n.Graph().Dtype())
	for i, x := range body.Inputs() {
		d := c.n.In(i).Shape().Dims()
		over := i > 0 && x.Shape().HasBatch()
		if k := len(d) - 2; over {
			d = append(d[:k:k], d[k+1])
		}
		s.in, s.moves = append(s.in, g.Input(x.Name(), d...)), append(s.moves, over || i == 0)
	}
	state := c.n.In(0).Shape()
	low := newLowering()
	for _, y := range body.At(state.Dim(state.Rank()-1), s.in, nil) {
		s.out = append(s.out, low.lower(y))
	}
	return s
}

// inner writes a step as a graph in the file. Its nodes and constants are its own; it reads those
// of the file that were there before.
func (c *call) inner(s step) (*proto.Graph, error) {
	outer := *c.builder
	b := &outer
	b.inside = true
	b.file = proto.Graph{Name: string(c.name)}
	b.value, b.turned, b.cached = maps.Clone(b.value), maps.Clone(b.turned), maps.Clone(b.cached)
	for i, x := range s.in {
		if b.value[x] = c.x[i]; s.moves[i] {
			b.value[x] = c.part()
			b.file.Inputs = append(b.file.Inputs, infoOf(b.value[x], b.element, x.Shape()))
		}
	}
	if err := b.translate(s.out, func(*graph.Node) value { return c.part() }); err != nil {
		return nil, err
	}
	for _, y := range append(s.out[:1:1], s.out...) { // the state is carried on, and is a result
		v := b.apply(c.part(), "Identity", []value{b.valueOf(y)})
		b.file.Outputs = append(b.file.Outputs, infoOf(v, b.element, y.Shape()))
	}
	return &b.file, nil
}
