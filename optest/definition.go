package optest

import (
	"fmt"
	"math"

	"adjoint/graph"
)

// definition asserts that an op with a definition equals it, in value and r,
// where the definition is finite.
func (c *checker) definition(a *application) {
	c.t.Helper()
	op, ok := a.node.Op().(graph.Expander)
	if !ok {
		return
	}
	c.guard(Definition, func() error {
		c.t.Helper()
		g, leaves := graph.NewOf(a.dtype()), make([]*graph.Node, len(a.x))
		for i, x := range a.node.Inputs() {
			leaves[i] = g.Input(fmt.Sprintf("x%d", i), x.Shape().At(a.n).Dims()...)
		}
		y, definition := graph.Apply(op, leaves...), op.Expand(leaves...)
		smooth := dependsSmoothly(leaves, y, definition)
		literal, err := differentiate(leaves, []*graph.Node{y}, smooth)
		if err != nil {
			return err
		}
		expanded, err := differentiate(leaves, []*graph.Node{definition}, smooth)
		if err != nil {
			return fmt.Errorf("the definition: %w", err)
		}
		ζ, ξ := normal(c.rng, literal.ζ, 0), normal(c.rng, literal.ξ, 0)
		want, err := expanded.run(0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		got, err := literal.run(0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		terms, err := expanded.sizes(c.rng, 0, a.x, ζ, ξ)
		if err != nil {
			return err
		}
		excuse(got, want, terms)
		c.agree(Definition, 10*a.tolerance(), got, op.String(), want, "its definition", terms)
		return nil
	})
}

// dependsSmoothly tells by which leaves some output has a derivative.
func dependsSmoothly(leaves []*graph.Node, outputs ...*graph.Node) []bool {
	smooth := make([]bool, len(leaves))
	for _, y := range outputs {
		ζ := y.Graph().Input("ζ", y.Shape().Dims()...)
		for i, r := range graph.VJP(y, ζ, leaves...) {
			c, isConst := graph.ConstOf(r)
			smooth[i] = smooth[i] || !(isConst && c == 0)
		}
	}
	return smooth
}

// excuse leaves out the entries at which a definition is not finite.
func excuse(got, want, terms result) {
	for _, part := range [][3][][]float64{{got.out, want.out, terms.out}, {got.r, want.r, terms.r}, {got.d, want.d, terms.d}} {
		for i := range part[1] {
			for j, v := range part[1][i] {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					part[1][i][j], part[2][i][j] = part[0][i][j], 0
				}
			}
		}
	}
}
