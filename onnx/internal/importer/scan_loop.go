package importer

import (
	"errors"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// A scanLoop is a Scan that is read as a loop of ops. Its state has the rows of all states of the file
// and, after them, those of results that are no state, of which the step reads nothing.
type scanLoop struct {
	*scanned
	by       layout
	examples int
	carried  int   // of rows, how many the state has
	rows     []row // first the states
	result   []int // which of rows each result is
}

// A row is a value of one time.
type row struct {
	is    proto.Element
	inner []int // extents, in the layout, but for that of examples, which is the last
}

var errNoLoop = errors.New("a step of it does not keep examples apart, the last axis of all values or the first")

// asLoop reads a Scan whose step keeps examples apart, the last axis of values in a layout, as a loop.
// The error says why it cannot be one. A step that was tried counts among the nodes of the file, so that Scans
// within Scans cannot be tried again and again.
func (s *scanned) asLoop(l layout) (out []*Value, err error) {
	defer refused(&err)
	one := !slices.Contains(s.back, !s.back[0])
	for i := range len(s.is.Out) - len(s.state) {
		one = one && s.at("scan_output_directions", i) != 0 == s.back[0]
	}
	if len(s.state) == 0 || slices.Contains(s.state, nil) || !one {
		refuse("it has no state, or goes both ways")
	}
	p := &scanLoop{scanned: s, by: l, carried: len(s.state)}
	for i := range s.state {
		p.rows = append(p.rows, p.row(s.state[i].Type, s.state[i].Shape))
	}
	x := make([]*graph.Node, len(s.axes))
	for i := range x {
		x[i] = p.sequence(i)
	}
	y := p.loop(x)
	if y.Err() == nil && p.carried < len(p.rows) { // there are results beside the states
		p.carried = len(p.rows)
		y = p.loop(x)
	}
	if y.Err() != nil {
		return nil, y.Err()
	}
	return p.values(y), nil
}

// row is a value of one time, outside of the loop.
func (p *scanLoop) row(is proto.Element, s graph.Shape) row {
	d := p.by.rotated(s.Dims())
	if len(d) == 0 || p.examples != 0 && d[len(d)-1] != p.examples {
		refuse("%w", errNoLoop)
	}
	p.examples = d[len(d)-1]
	return row{is, d[:len(d)-1]}
}

// loop is the loop over the first rows, those that the state has.
func (p *scanLoop) loop(x []*graph.Node) *graph.Node {
	start := make([]*graph.Node, p.carried)
	for i, r := range p.rows[:p.carried] {
		if i < len(p.state) {
			start[i] = p.flat(p.reader.node(p.state[i], p.by), r, p.examples)
		} else {
			start[i] = p.g.Const(0, p.flattened(r, p.examples)...)
		}
	}
	scan := ops.Scan
	if p.back[0] {
		scan = ops.ScanBack
	}
	return scan(p.step, ops.Concat(0, start...), x...)
}

// flattened is the shape of a row in the state of so many examples: as it is, if there is no other.
func (p *scanLoop) flattened(r row, examples int) []int {
	if p.carried == 1 && len(r.inner) > 0 {
		return append(slices.Clone(r.inner), examples)
	}
	return []int{graph.Times(r.inner...), examples}
}

func (p *scanLoop) flat(n *graph.Node, r row, examples int) *graph.Node {
	return ops.Reshape(n, p.flattened(r, examples)...)
}

// sequence is scanned input i as (…, T, N).
func (p *scanLoop) sequence(i int) *graph.Node {
	d := p.input(i).Shape.Dims()
	now := p.row(p.input(i).Type, graph.ShapeOf(slices.Delete(slices.Clone(d), p.axes[i], p.axes[i]+1)...))
	x := transpose(p.reader.node(p.input(i), asInFile), p.order(len(d), p.axes[i]))
	if len(now.inner) == 0 {
		return ops.ExpandDims(x, 0)
	}
	return x
}

// order is that of the axes of a file, of which one is times, as (…, T, N).
func (p *scanLoop) order(rank, times int) []int {
	perm := p.by.rotated(slices.Delete(count(0, rank), times, times+1))
	return slices.Insert(perm, len(perm)-1, times)
}

// step is the body. It finds out what the rows and results are.
func (p *scanLoop) step(state *graph.Node, x ...*graph.Node) (next *graph.Node) {
	var err error
	defer func() {
		if err != nil {
			next = graph.Fail(state.Graph(), err)
		}
	}()
	defer refused(&err)
	rows := slices.Clip(p.rows[:len(p.state)])
	out := p.inside("body", append(p.states(state), p.now(x)...)...)
	if len(out) != len(p.is.Out) || len(out) < len(rows) {
		refuse("its body has %d results of %d: %w", len(out), len(p.is.Out), graph.ErrShape)
	}
	var values []*graph.Node
	p.result = nil
	for i, v := range out {
		y := p.reader.node(v, p.by)
		if i >= len(p.state) {
			k := slices.Index(values, y)
			if k < 0 {
				k, rows = len(rows), append(rows, p.inLoop(v))
			}
			if p.result = append(p.result, k); k < len(values) {
				continue
			}
		} else if got := p.inLoop(v); !slices.Equal(got.inner, rows[i].inner) {
			refuse("a state of %v becomes one of %v: %w", rows[i].inner, got.inner, graph.ErrShape)
		}
		values = append(values, y)
	}
	p.rows = rows
	for i := range p.carried {
		values[i] = p.flat(values[i], rows[i], graph.Batch)
	}
	return ops.Concat(0, values[:p.carried]...)
}

// inLoop is the row that a value inside of the loop is.
func (p *scanLoop) inLoop(v *Value) row {
	d := p.by.rotated(v.Shape.Dims())
	if len(d) == 0 || d[len(d)-1] != graph.Batch {
		refuse("%w", errNoLoop)
	}
	return row{v.Type, d[:len(d)-1]}
}

// states are the states of the file inside of the loop.
func (p *scanLoop) states(state *graph.Node) []*Value {
	parts := p.cut(state, graph.Batch)
	var in []*Value
	for i, v := range p.state {
		in = append(in, valueOf(v.Type, p.by, parts[i]))
	}
	return in
}

// now is what of inputs is of one time.
func (p *scanLoop) now(x []*graph.Node) []*Value {
	var in []*Value
	for i, n := range x {
		if d := p.input(i).Shape; d.Rank() == 2 {
			n = ops.Reshape(n, graph.Batch)
		}
		in = append(in, valueOf(p.input(i).Type, p.by, n))
	}
	return in
}

// cut returns the rows of the state of so many examples, (…, N) or, of all times, (…, T, N).
func (p *scanLoop) cut(state *graph.Node, last ...int) []*graph.Node {
	parts := make([]*graph.Node, p.carried)
	from := 0
	for i, r := range p.rows[:p.carried] {
		n, to := state, from
		if p.carried > 1 {
			to += graph.Times(r.inner...)
			n = ops.Slice(state, 0, from, to)
		}
		parts[i], from = ops.Reshape(n, append(slices.Clone(r.inner), last...)...), to
	}
	return parts
}

// values are the results: the last states, and values at all times.
func (p *scanLoop) values(y *graph.Node) []*Value {
	end := -1
	if p.back[0] {
		end = 0
	}
	all := p.cut(y, p.times, p.examples)
	var out []*Value
	for i := range p.state {
		times := len(p.rows[i].inner)
		out = append(out, valueOf(p.rows[i].is, p.by, ops.Index(all[i], times, end)))
	}
	for i, k := range p.result {
		rank := len(p.rows[k].inner) + 2
		back := make([]int, rank)
		for to, from := range p.order(rank, axisOf(p.at("scan_output_axes", i), rank)) {
			back[from] = to
		}
		out = append(out, valueOf(p.rows[k].is, asInFile, transpose(all[k], back)))
	}
	return out
}
