package optest

import (
	"fmt"
	"math"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// tolerance is exact or exact32, by the float type of a mapping.
func tolerance(m *mapping) float64 {
	if m.out[0].Graph().Dtype() == tensor.Float32 {
		return exact32
	}
	return exact
}

// linear asserts that r and d are linear, with coefficients of both signs and of
// different size.
func (c *checker) linear(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	const α, β = -1.25, 40.7
	var res, terms [2]result
	var ζ, ξ [2][][]float64
	for i := range res {
		var err error
		ζ[i], ξ[i] = normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
		if res[i], err = m.run(n, x, ζ[i], ξ[i]); err != nil {
			return err
		}
		if terms[i], err = m.sizes(c.rng, n, x, ζ[i], ξ[i]); err != nil {
			return err
		}
	}
	sum, err := m.run(n, x, mix(α, ζ[0], β, ζ[1]), mix(α, ξ[0], β, ξ[1]))
	if err != nil {
		return err
	}
	hint := func(_, _ []float64) string {
		return "the argument of r and d enters as one factor of a product: is it clipped, squared or compared somewhere?"
	}
	for _, part := range []struct {
		what string
		sum  [][]float64
		of   func(result) [][]float64
	}{
		{"r", sum.r, func(r result) [][]float64 { return r.r }},
		{"d", sum.d, func(r result) [][]float64 { return r.d }},
	} {
		want, allowed := mix(α, part.of(res[0]), β, part.of(res[1])), mix(1.25, part.of(terms[0]), β, part.of(terms[1]))
		for i := range part.sum {
			if part.sum[i] != nil {
				c.compare(comparison{law: Linear, what: fmt.Sprintf("%s %d", part.what, i),
					got: part.sum[i], gotName: part.what + "(αζ₁+βζ₂)", want: want[i], wantName: "α" + part.what + "(ζ₁) + β" + part.what + "(ζ₂)",
					allowed: times(exact, allowed[i]), hint: hint})
			}
		}
	}
	return nil
}

// subsets asserts that the derivatives by some of the inputs are those by all,
// with zero tangents for the others.
func (c *checker) subsets(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	var smooth []int
	for i := range m.in {
		if m.ξ[i] != nil {
			smooth = append(smooth, i)
		}
	}
	if len(smooth) < 2 {
		return nil
	}
	ζ, ξ := normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
	terms, err := m.sizes(c.rng, n, x, ζ, ξ)
	if err != nil {
		return err
	}
	const most = 6 // inputs of which all subsets are tried
	for set := 1; set < 1<<min(len(smooth), most)-1; set++ {
		part := &mapping{in: m.in, out: m.out, ζ: m.ζ, ξ: make([]*graph.Node, len(m.in)), r: make([]*graph.Node, len(m.in))}
		only, tangents := inactive(m.ξ, n), make([]*graph.Node, len(m.in))
		var wrt, some []*graph.Node
		var active []int
		for bit, i := range smooth {
			if set>>bit&1 == 1 {
				only[i], tangents[i] = ξ[i], m.ξ[i]
				part.ξ[i] = m.ξ[i]
				wrt, some, active = append(wrt, m.in[i]), append(some, m.ξ[i]), append(active, i)
			}
		}
		for k, r := range graph.VJP(m.out[0], m.ζ[0], wrt...) {
			part.r[active[k]] = r
		}
		part.d = []*graph.Node{graph.JVP(m.out[0], wrt, some), graph.JVP(m.out[0], m.in, tangents)}
		if err := part.compile(); err != nil {
			return fmt.Errorf("derivatives by the inputs %v alone: %w", active, err)
		}
		got, err := part.run(n, x, ζ, ξ)
		if err != nil {
			return err
		}
		want, err := m.run(n, x, ζ, only)
		if err != nil {
			return err
		}
		by := fmt.Sprintf("by the inputs %v alone", active)
		for _, d := range got.d {
			c.compare(comparison{law: Subsets, what: "d " + by, got: d, gotName: "d", want: want.d[0], wantName: "d with zero tangents for the others",
				allowed: times(exact, terms.d[0]), hint: func(_, _ []float64) string {
					return "in Differential a nil ξ[i] is zero: is one inactive input taken for all of them?"
				}})
		}
		for _, i := range active {
			c.compare(comparison{law: Subsets, what: fmt.Sprintf("r of input %d %s", i, by), got: got.r[i], gotName: "r", want: want.r[i],
				wantName: "r by all inputs", allowed: times(exact, terms.r[i])})
		}
	}
	return nil
}

// linearMap asserts that a map which says that it is linear in some inputs is so, in all
// of them together: F(αu+βv) = αF(u) + βF(v).
func (c *checker) linearMap(a *application) {
	c.t.Helper()
	op, ok := a.node.Op().(graph.LinearMap)
	if !ok {
		return
	}
	if _, both := op.(graph.Differentialer); both {
		c.fail(Linear, "%v says Linear and states a Differential, of which one will do", op)
	}
	list := op.Linear()
	for _, i := range list {
		if i < 0 || i >= len(a.x) {
			c.fail(Linear, "%v says that it is linear in its input %d of %d", op, i, len(a.x))
			return
		}
	}
	const α, β = -1.25, 40.7
	at := func(v [][]float64) []float64 {
		y, x := a.tensors(0)
		for i, in := range a.node.Inputs() {
			if len(list) == 0 || slices.Contains(list, i) {
				x[i] = dense(a.dtype(), in.Shape().At(a.n), v[i])
			}
		}
		op.Kernel().Run(y, x...)
		return numbers(y)
	}
	u, v := normal(c.rng, a.node.Inputs(), a.n), normal(c.rng, a.node.Inputs(), a.n)
	got, want := at(mix(α, u, β, v)), mix(α, [][]float64{at(u)}, β, [][]float64{at(v)})[0]
	largest := 1.
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	c.compare(comparison{law: Linear, what: fmt.Sprintf("%v, which says that it is linear", op), got: got, gotName: "F(αu+βv)",
		want: want, wantName: "αF(u) + βF(v)", allowed: filled(len(want), 10*a.tolerance()*largest)})
}
