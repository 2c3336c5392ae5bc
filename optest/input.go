package optest

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// badInput asserts that the op meets shapes of every kind, failed nodes, nil and
// nodes of two graphs with an error that tells what is wrong, or with a value
// that can be computed; never with a panic.
func (c *checker) badInput() {
	c.t.Helper()
	const tries = 150
	for _, base := range c.op.shapes() {
		for range tries/len(c.op.shapes()) + 1 {
			dims := mutated(c.rng, base)
			c.in(dims, tensor.Float64)
			c.guard(BadInput, func() error { c.t.Helper(); return c.composes(dims) })
		}
	}
	c.where = "bad nodes"
	for i := range c.op.shapes()[0] {
		c.guard(BadInput, func() error { c.t.Helper(); return c.failedNodes(c.op.shapes()[0], i) })
	}
}

// mutated returns shapes near or far from those given.
func mutated(rng *rand.Rand, base [][]int) [][]int {
	dims := make([][]int, len(base))
	for i := range dims {
		dims[i] = append([]int(nil), base[i]...)
	}
	extents := []int{1, 2, 3, graph.Batch}
	for range 1 + rng.IntN(2) {
		i := rng.IntN(len(dims))
		axis := rng.IntN(len(dims[i]) + 1)
		switch kind := rng.IntN(4); {
		case kind == 0:
			dims[i] = nil
			for range rng.IntN(5) {
				dims[i] = append(dims[i], extents[rng.IntN(len(extents))])
			}
		case kind == 1 || len(dims[i]) == 0:
			dims[i] = append(dims[i], extents[rng.IntN(len(extents))])
		case kind == 2:
			dims[i] = dims[i][:len(dims[i])-1]
		case axis < len(dims[i]):
			dims[i][axis] = extents[rng.IntN(len(extents))]
		}
	}
	return dims
}

// composes asserts that the op either refuses the shapes or computes with them,
// forward and reverse.
func (c *checker) composes(dims [][]int) error {
	c.t.Helper()
	c.report.Checks++
	g := graph.New()
	x := make([]*graph.Node, len(dims))
	for i, d := range dims {
		x[i] = g.Input(fmt.Sprintf("x%d", i), d...)
	}
	y := c.op.F(x...)
	if err := y.Err(); err != nil {
		if !errors.Is(err, graph.ErrShape) && !errors.Is(err, graph.ErrAxis) && !errors.Is(err, graph.ErrSize) {
			c.fail(BadInput, "the error wraps neither ErrShape nor ErrAxis: %v", err)
		}
		return nil
	}
	m, err := differentiate(x, []*graph.Node{y}, c.smooth(dims))
	if err != nil {
		return fmt.Errorf("the op takes these shapes, but its derivatives fail: %w", err)
	}
	const n = 2
	at := c.draw(m, n)
	if _, err = m.run(n, at.x, normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)); errors.Is(err, graph.ErrValue) {
		return nil
	}
	return err
}

// failedNodes asserts that the op passes the error of input i on.
func (c *checker) failedNodes(dims [][]int, i int) error {
	c.t.Helper()
	g, other := graph.New(), graph.New()
	x := make([]*graph.Node, len(dims))
	for k, d := range dims {
		x[k] = g.Input(fmt.Sprintf("x%d", k), d...)
	}
	for _, bad := range []struct {
		what string
		node *graph.Node
		err  error
	}{
		{"a failed node", g.Input("empty", 0), graph.ErrEmpty},
		{"nil", nil, graph.ErrGraph},
		{"a node of another graph", other.Input("x", dims[i]...), graph.ErrGraph},
	} {
		if bad.node.Err() == nil && len(dims) == 1 {
			continue
		}
		args := append([]*graph.Node(nil), x...)
		args[i] = bad.node
		c.report.Checks++
		if err := c.op.F(args...).Err(); !errors.Is(err, bad.err) {
			c.fail(BadInput, "input %d is %s: the error is %v, want one that wraps %q", i, bad.what, err, bad.err)
		}
	}
	return nil
}

// independent asserts that inside the rule the inputs are independent, even
// where a node is given twice or one input is computed from another: the total
// derivatives of F(x, x) and F(x, g(x)) are the sums that the chain rule says.
func (c *checker) independent(f *formula, n int, at place) error {
	c.t.Helper()
	m, x := f.first, at.x
	for i := range m.in {
		for k := range i {
			if m.ξ[i] == nil || m.ξ[k] == nil || m.in[i].Shape() != m.in[k].Shape() {
				continue
			}
			if err := c.twice(m, n, x, k, i); err != nil {
				return fmt.Errorf("one node for inputs %d and %d: %w", k, i, err)
			}
			if err := c.nested(m, n, x, k, i); err != nil {
				return fmt.Errorf("input %d computed from input %d: %w", i, k, err)
			}
		}
	}
	return nil
}

// twice is F(x, x): its total derivative is the sum of the two.
func (c *checker) twice(m *mapping, n int, x [][]float64, a, b int) error {
	c.t.Helper()
	x = clone(x)
	x[a] = x[b]
	ζ, ξ := normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
	tangents := inactive(m.ξ, n)
	tangents[a], tangents[b] = ξ[a], ξ[a]
	want, err := m.run(n, x, ζ, tangents)
	if err != nil {
		return err
	}
	terms, err := m.sizes(c.rng, n, x, ζ, tangents)
	if err != nil {
		return err
	}
	args := append([]*graph.Node(nil), m.in...)
	args[b] = args[a]
	return c.total(m, c.op.F(args...), nil, totals{
		what: fmt.Sprintf("F with one node for inputs %d and %d", a, b), n: n, x: x, ζ: ζ, ξ: tangents, at: a,
		r: mix(1, [][]float64{want.r[a]}, 1, [][]float64{want.r[b]})[0], d: want.d[0],
		sizeR: mix(1, [][]float64{terms.r[a]}, 1, [][]float64{terms.r[b]})[0], sizeD: terms.d[0],
	})
}

// nested is F(x, g(x)) with g(x) = x⊙x + c, where c makes g(x) what was drawn
// for input b: the total derivative is that by input a, plus 2x times that by b.
func (c *checker) nested(m *mapping, n int, x [][]float64, a, b int) error {
	c.t.Helper()
	ζ, ξ := normal(c.rng, m.ζ, n), normal(c.rng, m.ξ, n)
	tangents, offset := inactive(m.ξ, n), make([]float64, len(x[a]))
	tangents[a], tangents[b] = ξ[a], make([]float64, len(x[b]))
	for j, v := range x[a] {
		offset[j] = x[b][j] - v*v
		tangents[b][j] = 2 * v * ξ[a][j]
	}
	want, err := m.run(n, x, ζ, tangents)
	if err != nil {
		return err
	}
	terms, err := m.sizes(c.rng, n, x, ζ, tangents)
	if err != nil {
		return err
	}
	args := append([]*graph.Node(nil), m.in...)
	args[b] = graph.Add(graph.Apply(product{}, args[a], args[a]), m.in[b])
	moved := clone(x)
	moved[b] = offset
	r, sizeR := make([]float64, len(offset)), make([]float64, len(offset))
	for j, v := range x[a] {
		r[j] = want.r[a][j] + 2*v*want.r[b][j]
		sizeR[j] = 1e3 * (terms.r[a][j] + 2*terms.r[b][j])
	}
	return c.total(m, c.op.F(args...), args[b], totals{
		what: fmt.Sprintf("F with input %d computed from input %d", b, a), n: n, x: moved, ζ: ζ, ξ: tangents, at: a,
		r: r, d: want.d[0], sizeR: sizeR, sizeD: times(1e3, terms.d[0]), rInner: want.r[b], sizeInner: times(1e3, terms.r[b]),
	})
}

// totals is what the total derivatives of y by input at should be.
type totals struct {
	what         string
	n            int
	x, ζ, ξ      [][]float64
	at           int
	r, d         []float64
	sizeR, sizeD []float64
	rInner       []float64 // by the inner node
	sizeInner    []float64
}

// total asserts the total derivatives of y, and those by an inner node if there
// is one.
func (c *checker) total(m *mapping, y, inner *graph.Node, want totals) error {
	c.t.Helper()
	x := m.in[want.at]
	wrt := []*graph.Node{x}
	if inner != nil {
		wrt = append(wrt, inner)
	}
	r := graph.VJP(y, m.ζ[0], wrt...)
	whole := &mapping{in: m.in, out: []*graph.Node{y}, ζ: m.ζ, ξ: m.ξ, r: r, d: []*graph.Node{graph.JVP(y, []*graph.Node{x}, []*graph.Node{m.ξ[want.at]})}}
	if err := whole.compile(); err != nil {
		return err
	}
	got, err := whole.run(want.n, want.x, want.ζ, want.ξ)
	if err != nil {
		return err
	}
	hint := func(_, _ []float64) string {
		return "inside a rule the inputs are independent: does it differentiate by y.In(i) with VJP? Use graph.Through"
	}
	compare := func(what string, got, want, size []float64) {
		c.compare(comparison{law: Independent, what: what, got: got, gotName: "the graph", want: want, wantName: "the chain rule",
			allowed: times(exact, size), hint: hint})
	}
	compare("r of "+want.what, got.r[0], want.r, want.sizeR)
	compare("d of "+want.what, got.d[0], want.d, want.sizeD)
	if inner != nil {
		compare("r by the inner node of "+want.what, got.r[1], want.rInner, want.sizeInner)
	}
	return nil
}

// product is (a, b) ↦ a⊙b, for Check's own use.
//
//	d(ξ, η) = b⊙ξ + a⊙η     r(ζ) = (b⊙ζ, a⊙ζ)
type product struct{}

func (product) String() string                              { return "⊙" }
func (product) Shape(s ...graph.Shape) (graph.Shape, error) { return s[0], nil }
func (product) Kernel() compute.Kernel {
	return compute.Entrywise(multiply[float32], multiply[float64])
}
func (product) Reverse(y, ζ *graph.Node) []*graph.Node {
	return []*graph.Node{graph.Apply(product{}, y.In(1), ζ), graph.Apply(product{}, y.In(0), ζ)}
}

func multiply[T compute.Float](y []T, x ...[]T) {
	for i := range y {
		y[i] = x[0][i] * x[1][i]
	}
}
