package optest

import (
	"errors"
	"fmt"
	"math"

	"adjoint/graph"
)

// Tolerances, relative to the size of the terms.
const (
	exact       = 1e-12 // float64
	exact32     = 1e-5  // float32
	first       = 1e-9  // derivatives against differences
	second      = 1e-7  // derivatives of derivatives against differences
	mostEntries = 40    // of an input or output that are all tried one by one
	fewEntries  = 10    // tried of more
)

// An order names the laws that a mapping's derivatives are held to.
type order struct {
	d, r, adjoint Law
	f             string // what the map is called
	tolerance     float64
}

// firstOrder asserts Differential, Reverse and Adjoint.
func (c *checker) firstOrder(f *formula, n int, at place) error {
	c.t.Helper()
	for _, op := range derived(f.first.out...) {
		c.note("d of %v is derived from its r", op)
	}
	if err := c.labels(f.first); err != nil {
		return err
	}
	return c.derivatives(f.first, n, at, order{Differential, Reverse, Adjoint, "F", first})
}

// secondOrder asserts the same of (x, ζ) ↦ rF_x(ζ).
func (c *checker) secondOrder(f *formula, n int, at place) error {
	c.t.Helper()
	m, err := f.secondMapping()
	if err != nil || m == nil {
		return err
	}
	ζ := normal(c.rng, f.first.ζ, n)
	both := place{append(clone(at.x), ζ...), clone(at.radius)}
	for _, ζ := range ζ {
		both.radius = append(both.radius, filled(len(ζ), 1))
	}
	return c.derivatives(m, n, both, order{SecondOrder, SecondOrder, SecondOrder, "(rF)", second})
}

// secondMapping returns (x, ζ) ↦ rF_x(ζ), or nil if no input is differentiated.
func (f *formula) secondMapping() (*mapping, error) {
	if f.second != nil {
		return f.second, nil
	}
	first := f.first
	in, smooth := append(append([]*graph.Node(nil), first.in...), first.ζ...), make([]bool, len(first.in)+len(first.ζ))
	var out []*graph.Node
	for i, r := range first.r {
		if r != nil {
			out, smooth[i] = append(out, r), true
		}
	}
	for i := range first.ζ {
		smooth[len(first.in)+i] = true
	}
	if out == nil {
		return nil, nil
	}
	var err error
	f.second, err = differentiate(in, out, smooth)
	return f.second, err
}

// derivatives asserts that d and r agree with differences entry by entry, and
// that one is the adjoint of the other.
func (c *checker) derivatives(m *mapping, n int, at place, o order) error {
	c.t.Helper()
	rows, err := c.rows(m, n, at.x)
	if err != nil {
		return err
	}
	for i := range m.in {
		if m.ξ[i] == nil {
			continue
		}
		entries := c.choose(len(at.x[i]))
		var truth, uncertain, allowed, d, r []float64 // outputs faster than entries
		for _, e := range entries {
			s, err := m.slope(n, at, i, e)
			if err != nil {
				return err
			}
			column, err := m.column(n, at.x, i, e)
			if err != nil {
				return err
			}
			truth, uncertain, d = append(truth, s.value...), append(uncertain, s.err...), append(d, column...)
			for k, v := range s.value {
				allowed = append(allowed, o.tolerance*math.Abs(v)+s.noise[k])
				if rows[k] != nil {
					v = rows[k][i][e]
				}
				r = append(r, v)
			}
		}
		outputs := len(truth) / len(entries)
		name := func(k int) string {
			e := entries[k/outputs]
			text := fmt.Sprintf("by entry %v of input %d (= %.6g), output %s", indexOf(m.in[i], e, n), i, at.x[i][e], m.outputName(k%outputs, n))
			if uncertain[k] > math.Max(allowed[k], 1e-6) {
				text += fmt.Sprintf(" (differences uncertain by %.1g: is the domain smooth here?)", uncertain[k])
			}
			return text
		}
		for _, rule := range []struct {
			law  Law
			name string
			got  []float64
		}{{o.d, "d", d}, {o.r, "r", r}} {
			c.compare(comparison{law: rule.law, what: rule.name + o.f, got: rule.got, gotName: rule.name, want: truth, wantName: "differences",
				allowed: allowed, at: name, hint: hintForDerivative(rule.name+o.f, m.in[i].Shape().At(n).Dims(), outputs)})
		}
	}
	return c.adjoint(m, n, at.x, o.adjoint, o.f, exact)
}

// slope returns the derivatives of all outputs by entry e of input i, by
// differences.
func (m *mapping) slope(n int, at place, i, e int) (slope, error) {
	x := clone(at.x)
	return differences(func(step float64) ([]float64, error) {
		x[i][e] = at.x[i][e] + step
		return m.eval(n, x)
	}, math.Min(0.25, at.radius[i][e]))
}

// column returns d at the basis tangent of entry e of input i.
func (m *mapping) column(n int, x [][]float64, i, e int) ([]float64, error) {
	ξ := inactive(m.ξ, n)
	ξ[i][e] = 1
	res, err := m.run(n, x, inactive(m.ζ, n), ξ)
	return flatten(res.d), err
}

// rows returns r at the basis cotangents: entry k is r(e_k), or nil if entry k
// of the outputs was not chosen.
func (c *checker) rows(m *mapping, n int, x [][]float64) ([][][]float64, error) {
	ζ, ξ := inactive(m.ζ, n), inactive(m.ξ, n)
	var rows [][][]float64
	for i := range ζ {
		first := len(rows)
		rows = append(rows, make([][][]float64, len(ζ[i]))...)
		for _, e := range c.choose(len(ζ[i])) {
			ζ[i][e] = 1
			res, err := m.run(n, x, ζ, ξ)
			if err != nil {
				return nil, err
			}
			rows[first+e], ζ[i][e] = res.r, 0
		}
	}
	return rows, nil
}

// choose returns which of n entries to try: all, if they are not too many.
func (c *checker) choose(n int) []int {
	chosen := c.rng.Perm(n)
	if n <= mostEntries {
		for i := range chosen {
			chosen[i] = i
		}
		return chosen
	}
	return chosen[:fewEntries]
}

// adjoint asserts ⟨r(ζ), ξ⟩ = ⟨ζ, d(ξ)⟩ at random ζ and ξ.
func (c *checker) adjoint(m *mapping, n int, x [][]float64, law Law, f string, tolerance float64) error {
	c.t.Helper()
	if len(m.d) == 0 {
		return nil
	}
	ζ, ξ := normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
	res, err := m.run(n, x, ζ, ξ)
	if err != nil {
		return err
	}
	terms, err := m.sizes(c.rng, n, x, ζ, ξ)
	if err != nil {
		return err
	}
	left, right := dot(res.r, ξ), dot(ζ, res.d)
	c.compare(comparison{
		law: law, what: fmt.Sprintf("⟨r%s(ζ), ξ⟩ = ⟨ζ, d%s(ξ)⟩", f, f), at: func(int) string { return "at random ζ and ξ" },
		got: []float64{left}, gotName: "the left side", want: []float64{right}, wantName: "the right side",
		allowed: []float64{tolerance * (dot(abs(terms.r), abs(clone(ξ))) + dot(abs(clone(ζ)), abs(terms.d)))},
		hint: func(_, _ []float64) string {
			return "r is not the adjoint of d: the laws \"differential\" and \"reverse\" say which of them is wrong"
		},
	})
	return nil
}

// labels asserts that the reverse derivative is zero, or refused, at inputs that
// are not differentiated.
func (c *checker) labels(m *mapping) error {
	c.t.Helper()
	for i, x := range m.in {
		if m.ξ[i] != nil {
			continue
		}
		c.report.Checks++
		r := graph.VJP(m.out[0], m.ζ[0], x)[0]
		v, isConst := graph.ConstOf(r)
		if !(isConst && v == 0) && !errors.Is(r.Err(), graph.ErrNoDerivative) {
			c.fail(Reverse, "input %d is not differentiated (its domain is Values), so r is nil there; it is %v", i, r)
		}
	}
	return nil
}

// derived returns the ops from which y is computed that state no differential.
func derived(y ...*graph.Node) []graph.Op {
	var ops []graph.Op
	for _, n := range cone(y) {
		_, states := n.Op().(graph.Differentialer)
		_, linear := n.Op().(graph.LinearMap)
		if !states && !linear && len(n.Inputs()) > 0 {
			ops = append(ops, n.Op())
		}
	}
	return ops
}

// cone returns the nodes from which y is computed that are values of ops, y
// included.
func cone(y []*graph.Node) []*graph.Node {
	var nodes []*graph.Node
	seen := map[*graph.Node]bool{}
	var visit func(n *graph.Node)
	visit = func(n *graph.Node) {
		if n == nil || seen[n] || n.Op() == nil {
			return
		}
		seen[n] = true
		for _, x := range n.Inputs() {
			visit(x)
		}
		nodes = append(nodes, n)
	}
	for _, n := range y {
		visit(n)
	}
	return nodes
}

// outputName names entry k of all outputs.
func (m *mapping) outputName(k, n int) string {
	for i, y := range m.out {
		if s := entries(y, n); k >= s {
			k -= s
			continue
		}
		if len(m.out) == 1 {
			return fmt.Sprint(indexOf(y, k, n))
		}
		return fmt.Sprintf("%d %v", i, indexOf(y, k, n))
	}
	return "?"
}

// indexOf returns the index of entry e of a node, as "(1, 2)".
func indexOf(x *graph.Node, e, n int) graph.Shape {
	dims := x.Shape().At(n).Dims()
	for axis := len(dims) - 1; axis >= 0; axis-- {
		dims[axis], e = e%dims[axis], e/dims[axis]
	}
	return graph.ShapeOf(dims...)
}

func dot(a, b [][]float64) (sum float64) {
	for i := range a {
		for j := range a[i] {
			sum += a[i][j] * b[i][j]
		}
	}
	return sum
}
