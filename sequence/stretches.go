package sequence

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// A stretch is a run of neighbouring times.
type stretch struct{ from, to int }

// of returns the stretch of a sequence whose times are an axis.
func (s stretch) of(x *Node, axis int) *Node { return ops.Slice(x, axis, s.from, s.to) }

// stretches cuts times into count runs, or as many as there are times. The error wraps
// graph.ErrShape if their number is a symbol, or if there are no runs.
func stretches(times, count int) ([]stretch, error) {
	if graph.Symbolic(times) || count < 1 {
		return nil, fmt.Errorf("sequence: %w: %d stretches of %s times: want 1 at least, of a number of times", graph.ErrShape, count, graph.ExtentString(times))
	}
	count = min(count, times)
	all := make([]stretch, count)
	for i := range all {
		all[i] = stretch{i * times / count, (i + 1) * times / count}
	}
	return all, nil
}

// AttendInStretches is Attend of so many runs of neighbouring queries, one after the other. The
// derivative computes the scores of a run again, from q, k and v. So memory has the scores of one
// run, T·S numbers over the number of runs, for each head and example, where Attend keeps all T·S of
// them. A causal run, of queries whose time is known, leaves out the half of the keys that comes after
// it, or three quarters, and so on: many runs save a third of the products. The error of a T that is a
// symbol, or of less than one run, wraps graph.ErrShape.
//
// Source: Rabe and Staats 2021.
func AttendInStretches(q, k, v *Node, m Masks, count int) *Node {
	if q.Shape().Rank() != 4 || k.Shape().Rank() != 4 || v.Shape().Rank() != 4 {
		return Attend(q, k, v, m) // which says what is wrong
	}
	runs, err := stretches(q.Shape().Dim(2), count)
	if err != nil {
		return graph.Fail(q.Graph(), err)
	}
	parts := make([]*Node, len(runs))
	for i, run := range runs {
		m, keys := m.during(run, q, k)
		attend := func(x ...*Node) *Node { return Attend(x[0], x[1], x[2], m) }
		parts[i] = graph.Recompute(attend, run.of(q, 2), keys.of(k, 2), keys.of(v, 2))
	}
	return ops.Concat(2, parts...)
}

// during returns the masks of a run of the queries, and the keys that they may see.
func (m Masks) during(run stretch, q, k *Node) (Masks, stretch) {
	keys := stretch{0, graph.End}
	if !m.Causal {
		return m, keys
	}
	from, ok := m.from()
	if !ok {
		m.From = ops.Shift(m.From, float64(run.from))
		return m, keys
	}
	m.From = q.Graph().Const(from + float64(run.from))
	if s := k.Shape().Dim(2); !graph.Symbolic(s) {
		// The number of keys is S, S/2, S/4, …, so that runs share the memory of their scores.
		for keys.to = s; float64(keys.to/2) >= max(from, 0)+float64(run.to); {
			keys.to /= 2
		}
		if m.Padding != nil {
			m.Padding = keys.of(m.Padding, 1)
		}
	}
	return m, keys
}
