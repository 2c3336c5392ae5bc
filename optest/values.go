package optest

import (
	"errors"
	"fmt"
	"math"

	"adjoint/graph"
)

// reference returns what the row's plain reference gives, or false if there is
// none.
func (c *checker) reference(m *mapping, n int, x [][]float64) (Array, bool) {
	arrays := make([]Array, len(x))
	for i := range x {
		arrays[i] = Array{m.in[i].Shape().At(n).Dims(), append([]float64(nil), x[i]...)}
	}
	switch {
	case c.op.Value != nil:
		return c.op.Value(arrays...), true
	case c.op.Entry != nil:
		args := make([]float64, len(arrays))
		return ArrayOf(broadcastDims(arrays), func(index []int) float64 {
			for i := range arrays {
				args[i] = arrays[i].Broadcast(index)
			}
			return c.op.Entry(args...)
		}), true
	}
	return Array{}, false
}

// value asserts that F agrees with the plain reference, in shape and value.
func (c *checker) value(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	want, ok := c.reference(m, n, x)
	if !ok {
		return nil
	}
	got, err := m.eval(n, x)
	if err != nil {
		return err
	}
	c.report.Checks++
	if s := m.out[0].Shape().At(n); s != graph.ShapeOf(want.Dims...) {
		c.fail(Value, "the value has shape %v, the reference gives %v", s, graph.ShapeOf(want.Dims...))
		return nil
	}
	terms, err := m.sizes(c.rng, n, x, normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n))
	if err != nil {
		return err
	}
	c.compare(comparison{law: Value, what: "F", got: got, gotName: "F", want: want.Data, wantName: "the reference",
		allowed: times(exact, flatten(terms.out)), at: func(k int) string { return "entry " + m.outputName(k, n) }})
	return nil
}

// float32 asserts that the float32 graph computes what the float64 graph does,
// at numbers that both have, and that r is the adjoint of d there, in first and
// second order.
func (c *checker) float32(f *formula, n int, at place) error {
	c.t.Helper()
	f64, f32, x := f.twin.first, f.first, at.x
	ζ, ξ := normal(c.rng, f64.ζ, n), normal(c.rng, f64.ξ, n)
	round(ζ)
	round(ξ)
	want, err := f64.run(n, x, ζ, ξ)
	if err != nil {
		return err
	}
	got, err := f32.run(n, x, ζ, ξ)
	if err != nil {
		return err
	}
	terms, err := f64.sizes(c.rng, n, x, ζ, ξ)
	if err != nil {
		return err
	}
	c.agree(Float32, exact32, got, "float32", want, "float64", terms)
	if err := c.adjoint(f32, n, x, Float32, "F", exact32); err != nil {
		return err
	}
	m, err := f.secondMapping()
	if err != nil || m == nil {
		return err
	}
	return c.adjoint(m, n, append(clone(x), ζ...), Float32, "(rF)", exact32)
}

// batches asserts that a graph of the extent Batch computes what a graph of the
// extent n does.
func (c *checker) batches(f *formula, n int, at place) error {
	c.t.Helper()
	x := at.x
	if n == 0 {
		return nil
	}
	concrete := make([][]int, len(f.dims))
	for i, d := range f.dims {
		concrete[i] = graph.ShapeOf(d...).At(n).Dims()
	}
	g := c.build(Batches, concrete, f.first.in[0].Graph().Dtype(), c.smooth(concrete))
	if g == nil {
		return nil
	}
	c.report.Checks++
	if s, want := g.first.out[0].Shape(), f.first.out[0].Shape().At(n); s != want {
		c.fail(Batches, "the value has shape %v, without Batch it has %v", want, s)
		return nil
	}
	ζ, ξ := normal(c.rng, f.first.ζ, n), normal(c.rng, f.first.ξ, n)
	terms, err := f.first.sizes(c.rng, n, x, ζ, ξ)
	if err != nil {
		return err
	}
	got, err := f.first.run(n, x, ζ, ξ)
	if err != nil {
		return err
	}
	want, err := g.first.run(0, x, ζ, ξ)
	if err != nil {
		return err
	}
	c.agree(Batches, exact, got, "the graph with Batch", want, "the graph without", terms)
	return nil
}

// agree asserts that two results are equal, within a tolerance relative to the
// size of their terms.
func (c *checker) agree(law Law, tolerance float64, got result, gotName string, want result, wantName string, terms result) {
	c.t.Helper()
	for _, part := range []struct {
		what             string
		got, want, terms [][]float64
	}{{"F", got.out, want.out, terms.out}, {"r(ζ)", got.r, want.r, terms.r}, {"d(ξ)", got.d, want.d, terms.d}} {
		for i := range part.got {
			if part.got[i] != nil {
				c.compare(comparison{law: law, what: fmt.Sprintf("%s %d", part.what, i), got: part.got[i], gotName: gotName,
					want: part.want[i], wantName: wantName, allowed: times(tolerance, part.terms[i])})
			}
		}
	}
}

// specials asserts that NaN and infinities go through: an output that depends on
// an entry is NaN if the entry is, and all outputs are what the reference gives.
// An op may refuse such values by an error that wraps ErrValue.
func (c *checker) specials(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	for i := range m.in {
		if m.ξ[i] == nil {
			continue
		}
		e := c.rng.IntN(len(x[i]))
		ξ := inactive(m.ξ, n)
		ξ[i][e] = 1
		res, err := m.run(n, x, normal(c.rng, m.ζ, n), ξ)
		if err != nil {
			return err
		}
		slope := flatten(res.d)
		for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			special := clone(x)
			special[i][e] = v
			got, err := m.eval(n, special)
			if errors.Is(err, graph.ErrValue) {
				continue
			} else if err != nil {
				return err
			}
			where := fmt.Sprintf("entry %v of input %d = %g", indexOf(m.in[i], e, n), i, v)
			if math.IsNaN(v) {
				c.swallowed(m, n, slope, got, where)
			}
			c.sameClass(m, n, special, got, math.IsInf(v, 0), where)
		}
		zeros := clone(x)
		for k := range zeros {
			if c.op.domain(k).smooth() {
				clear(zeros[k])
			}
		}
		zeros[i][e] = math.NaN()
		got, err := m.eval(n, zeros)
		if errors.Is(err, graph.ErrValue) {
			continue
		} else if err != nil {
			return err
		}
		c.sameClass(m, n, zeros, got, false, fmt.Sprintf("entry %v of input %d NaN, all else 0", indexOf(m.in[i], e, n), i))
	}
	return nil
}

// swallowed asserts that outputs that depend on a NaN are NaN.
func (c *checker) swallowed(m *mapping, n int, slope, got []float64, where string) {
	c.t.Helper()
	c.report.Checks++
	for k, s := range slope {
		if s != 0 && !math.IsNaN(got[k]) {
			c.fail(Specials, "%s: output %s depends on it and is %g: NaN is swallowed (a comparison or math.Max of the wrong kind?)",
				where, m.outputName(k, n), got[k])
			return
		}
	}
}

// sameClass asserts that outputs are NaN, infinite or finite as the reference is.
// A plain reference may be NaN at infinity, where it has ∞/∞; it then says
// nothing.
func (c *checker) sameClass(m *mapping, n int, x [][]float64, got []float64, infinite bool, where string) {
	c.t.Helper()
	want, ok := c.reference(m, n, x)
	if !ok || len(want.Data) != len(got) {
		return
	}
	c.report.Checks++
	for k, w := range want.Data {
		if class(got[k]) != class(w) && !(infinite && math.IsNaN(w)) {
			c.fail(Specials, "%s: output %s is %g, the reference gives %g", where, m.outputName(k, n), got[k], w)
			return
		}
	}
}

func class(v float64) string {
	switch {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 1):
		return "+Inf"
	case math.IsInf(v, -1):
		return "-Inf"
	}
	return "finite"
}

func round(v [][]float64) {
	for _, v := range v {
		for i := range v {
			v[i] = float64(float32(v[i]))
		}
	}
}
