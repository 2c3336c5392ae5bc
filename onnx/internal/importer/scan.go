package importer

import (
	"slices"

	"adjoint/graph"
	"adjoint/ops"
)

// A scanned is a Scan that is being read: first the states, then inputs that are others at each time.
type scanned struct {
	*call
	state []*Value
	axes  []int  // of the times of inputs
	back  []bool // whether they are gone through from the last time on
	times int
}

// scanRule reads a Scan that no doc string says an op for, as those of other programs have none, by its
// structure: as one of ops, if its body is a step of that, and else its body as often as its
// inputs are long.
func scanRule(c *call) []*Value {
	if c.version < 9 {
		refuse("it had another form before opset 9")
	}
	k := c.int("num_scan_inputs", 0)
	if k < 1 || k > len(c.in) {
		refuse("%d scanned inputs of %d: %w", k, len(c.in), graph.ErrShape)
	}
	s := &scanned{call: c, state: c.in[:len(c.in)-k]}
	for i := range k {
		x := c.x(len(s.state) + i)
		axis := axisOf(c.at("scan_input_axes", i), x.Shape.Rank())
		times := x.Shape.Dim(axis)
		if i > 0 && times != s.times {
			refuse("its inputs go over %s and %s entries: %w", graph.ExtentString(s.times), graph.ExtentString(times), graph.ErrShape)
		}
		s.axes, s.back, s.times = append(s.axes, axis), append(s.back, c.at("scan_input_directions", i) != 0), times
	}
	var err error
	for _, l := range []layout{asInFile, examplesLast} {
		var out []*Value
		if out, err = s.asLoop(l); err == nil {
			return out
		}
	}
	if graph.Symbolic(s.times) {
		refuse("it goes over %s entries, which Dims can give, and is no loop of ops: %w", graph.ExtentString(s.times), err)
	}
	return s.unrolled()
}

// at is entry i of an attribute of integers, 0 if it is not there.
func (c *call) at(name string, i int) int {
	if list := c.ints(name); i < len(list) {
		return list[i]
	}
	return 0
}

// input is scanned input i.
func (s *scanned) input(i int) *Value { return s.x(len(s.state) + i) }

// unrolled reads the body for one time after the other.
func (s *scanned) unrolled() []*Value {
	state := slices.Clone(s.state)
	var rows [][]*Value
	for t := range s.times {
		if s.budget--; s.budget < 0 {
			refuse("it goes on for more than %d nodes", mostNodes)
		}
		in := slices.Clone(state)
		for i, axis := range s.axes {
			at, x := t, s.input(i)
			if s.back[i] {
				at = s.times - 1 - t
			}
			in = append(in, valueOf(x.Type, asInFile, ops.Index(s.reader.node(x, asInFile), axis, at)))
		}
		out := s.inside("body", in...)
		if len(out) < len(state) {
			refuse("its body has %d results, want %d at least", len(out), len(state))
		}
		rows = append(rows, out[len(state):])
		copy(state, out)
	}
	out := state
	for i := range max(0, len(s.is.Out)-len(state)) {
		if s.at("scan_output_directions", i) == 0 {
			out = append(out, s.stacked(rows, i, s.at("scan_output_axes", i)))
			continue
		}
		late := slices.Clone(rows)
		slices.Reverse(late)
		out = append(out, s.stacked(late, i, s.at("scan_output_axes", i)))
	}
	return out
}
