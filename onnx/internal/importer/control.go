package importer

import (
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// controlRules are those of branches, loops and of operators that have graphs.
var controlRules = map[string]rule{
	"If":   branch,
	"Loop": loop,
	"Scan": scanRule,
}

// function reads the nodes of an operator that the file defines.
func (c *call) function(f *proto.Function) []*Value {
	c.enter()
	defer c.leave()
	inner := *c.reader
	inner.opsets = map[string]int{}
	for d, v := range c.opsets {
		inner.opsets[d] = v
	}
	for _, o := range f.Opsets {
		inner.opsets[domainOf(o.Domain)] = o.Version
	}
	s := &scope{values: map[proto.Name]*Value{}}
	for i, name := range f.In {
		if i < len(c.in) && c.in[i] != nil {
			s.values[name] = c.in[i]
		}
	}
	given := map[string]any{}
	for _, a := range f.Defaults {
		given[a.Name] = a.Value
	}
	for _, name := range f.Attributes {
		if v, ok := attributeOf[any](c, name); ok {
			given[name] = v
		}
	}
	for _, a := range f.Defaults {
		if v, ok := attributeOf[any](c, a.Name); ok {
			given[a.Name] = v
		}
	}
	if err := inner.nodes(f.Nodes, s, given); err != nil {
		refuse("%w", err)
	}
	c.budget, c.params = inner.budget, inner.params
	return c.found(s, f.Out)
}

// enter goes a graph deeper.
func (r *reader) enter() {
	if r.depth++; r.depth > deepest {
		refuse("graphs and functions are more than %d deep", deepest)
	}
}

func (r *reader) leave() { r.depth-- }

// found returns values by their names.
func (r *reader) found(s *scope, names []proto.Name) []*Value {
	var out []*Value
	for _, name := range names {
		v, err := r.value(name, s)
		if err != nil {
			refuse("%w", err)
		}
		if v == nil {
			refuse("no node computes its result %q", name)
		}
		out = append(out, v)
	}
	return out
}

// inside reads a graph that is an attribute, with these inputs.
func (c *call) inside(name string, in ...*Value) []*Value {
	g, ok := attributeOf[*proto.Graph](c, name)
	if !ok {
		refuse("it has no graph %s", name)
	}
	c.enter()
	defer c.leave()
	s := &scope{outer: c.scope, values: map[proto.Name]*Value{}}
	if err := c.initialize(g, s); err != nil {
		refuse("%w", err)
	}
	if len(in) < len(g.Inputs) {
		refuse("its graph %s has %d inputs, and is given %d", name, len(g.Inputs), len(in))
	}
	for i, v := range g.Inputs {
		s.values[v.Name] = in[i]
	}
	if err := c.nodes(g.Nodes, s, c.given); err != nil {
		refuse("%w", err)
	}
	var names []proto.Name
	for _, v := range g.Outputs {
		names = append(names, v.Name)
	}
	return c.found(s, names)
}

// branch is the branch that a known condition takes, or else, value by value, that of the two
// that the condition says, of which both are computed.
func branch(c *call) []*Value {
	if k := c.known(c.x(0)); k != nil && len(k.entries) == 1 {
		if k.entries[0].n != 0 {
			return c.inside("then_branch")
		}
		return c.inside("else_branch")
	}
	if graph.Times(c.dims(0)...) != 1 {
		refuse("a condition of shape %v: %w", c.x(0).Shape, graph.ErrShape)
	}
	condition := ops.Reshape(c.node(0))
	yes, no := c.inside("then_branch"), c.inside("else_branch")
	if len(yes) != len(no) {
		refuse("its branches have %d and %d results", len(yes), len(no))
	}
	out := make([]*Value, len(yes))
	for i := range yes {
		if yes[i].Shape != no[i].Shape || yes[i].Type != no[i].Type {
			refuse("its condition depends on the inputs of the file, and its branches have results of shapes %v and %v: fix those inputs", yes[i].Shape, no[i].Shape)
		}
		l := yes[i].layout()
		out[i] = valueOf(yes[i].Type, l, ops.Where(condition, c.reader.node(yes[i], l), c.reader.node(no[i], l)))
	}
	return out
}

// loop reads its body as often as a known count says, for as long as a condition holds that
// is known each time.
func loop(c *call) []*Value {
	times, bounded := 0, c.has(0)
	if bounded {
		times = c.integer(0)
	}
	on := valueOfKnown(proto.Bool, knownNumber(entry{n: 1}))
	if c.has(1) {
		on = c.x(1)
	}
	if !bounded && !c.has(1) {
		refuse("it never ends")
	}
	state := c.in[min(2, len(c.in)):]
	var rows [][]*Value
	for i := 0; (!bounded || i < times) && c.holds(on); i++ {
		if c.budget--; c.budget < 0 {
			refuse("it goes on for more than %d nodes", mostNodes)
		}
		out := c.inside("body", append([]*Value{valueOfKnown(proto.Int64, knownNumber(entry{n: i})), on}, state...)...)
		if len(out) < 1+len(state) {
			refuse("its body has %d results, want %d at least", len(out), 1+len(state))
		}
		on, state = out[0], out[1:1+len(state)]
		rows = append(rows, out[1+len(state):])
	}
	out := append([]*Value(nil), state...)
	for i := range max(0, len(c.is.Out)-len(state)) {
		out = append(out, c.stacked(rows, i, 0))
	}
	return out
}

// holds reports whether a condition that is known holds.
func (c *call) holds(v *Value) bool {
	k := c.known(v)
	if k == nil || len(k.entries) != 1 {
		refuse("whether it goes on depends on the inputs of the file: fix them")
	}
	return k.entries[0].n != 0
}

// stacked is a result of each time together, along a new axis.
func (c *call) stacked(rows [][]*Value, i, axis int) *Value {
	if len(rows) == 0 {
		refuse("it goes round not once, and its results have no entries: %w", graph.ErrEmpty)
	}
	var list []*graph.Node
	for _, row := range rows {
		if i >= len(row) {
			refuse("its body has no result %d", i)
		}
		list = append(list, c.reader.node(row[i], asInFile))
	}
	axis = axisOf(axis, list[0].Shape().Rank()+1)
	return valueOf(rows[0][i].Type, asInFile, ops.Stack(axis, list...))
}
