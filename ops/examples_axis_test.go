package ops_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// An extent N of a result comes from one operand: two whose examples are on different
// axes are refused, wherever shapes broadcast, and the error says so.
func TestExamplesOnTwoAxes(t *testing.T) {
	g := graph.New()
	in := func(shape ...int) *node { return g.Input(fmt.Sprint(shape), shape...) }
	row, column, square := in(1, batch), in(batch, 1), in(batch, batch)
	two := map[string]func(a, b *node) *node{
		"Add": ops.Add, "Sub": ops.Sub, "Mul": ops.Mul, "Div": ops.Div, "Maximum": ops.Maximum, "Minimum": ops.Minimum,
		"Greater": ops.Greater, "LessEqual": ops.LessEqual, "Equal": ops.Equal,
		"Where":        func(a, b *node) *node { return ops.Where(a, a, b) },
		"Where of one": func(a, b *node) *node { return ops.Where(a, b, in()) },
		"a constant":   func(a, b *node) *node { return ops.Mul(g.Const(2, a.Shape().Dims()...), b) },
	}
	for name, f := range two {
		for _, pair := range [][2]*node{{row, column}, {column, row}, {in(batch), column}, {in(3, batch), in(batch, 1, 1)}, {in(batch, 1, batch), in(batch, 1)}} {
			y := f(pair[0], pair[1])
			if err := y.Err(); !errors.Is(err, graph.ErrShape) || !strings.Contains(err.Error(), "on different axes") {
				t.Errorf("%s of %v and %v: %v", name, pair[0].Shape(), pair[1].Shape(), err)
			}
		}
		for _, pair := range [][2]*node{{row, square}, {square, column}, {in(batch), square}, {column, in(batch, 3)}, {in(batch, 1), in(1, 1)}} {
			if y := f(pair[0], pair[1]); y.Err() != nil {
				t.Errorf("%s of %v and %v: %v", name, pair[0].Shape(), pair[1].Shape(), y.Err())
			}
		}
	}
	for name, y := range map[string]*node{
		"stack and matrix":  ops.MatMul(in(batch, 2, 3), in(3, batch)),
		"matrix and stack":  ops.MatMul(in(batch, 3), in(batch, 3, 2)),
		"stacks":            ops.MatMul(in(batch, 1, 2, 3), in(5, 3, batch)),
		"Gather":            ops.Gather(in(5, batch), 0, row),
		"Gather of a stack": ops.Gather(in(batch, 5, 2), 1, in(batch)),
		"SumTo":             ops.SumTo(row, column.Shape()),
		"BroadcastTo":       ops.BroadcastTo(row, column.Shape()),
		"LogLoss":           ops.LogLoss(row, column),
		"SquaredError":      ops.SquaredError(column, row),
	} {
		if err := y.Err(); !errors.Is(err, graph.ErrShape) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, y := range map[string]*node{
		"Gram":            ops.MatMul(ops.T(in(3, batch)), in(3, batch)),
		"stack":           ops.MatMul(in(batch, 2, 3), in(3, 4)),
		"stacks":          ops.MatMul(in(batch, 2, 3), in(batch, 3, 4)),
		"rows of a table": ops.Gather(in(5, 2), 0, row),
		"one for all":     ops.Gather(in(5, batch), 0, in(2)),
		"on purpose":      ops.Sub(ops.BroadcastTo(row, square.Shape()), column),
	} {
		if y.Err() != nil {
			t.Errorf("%s: %v", name, y.Err())
		}
	}
}

// The differences of every example with every other, on purpose, and their gradient:
// J = Σ(xᵢ−xⱼ)² = 2NΣx² − 2(Σx)², ∂J/∂x = 4(Nx − Σx), by hand.
func TestEveryPairOnPurpose(t *testing.T) {
	g := graph.New()
	x := g.Input("x", 1, batch)
	all := graph.ShapeOf(batch, batch)
	j := ops.Sum(ops.Square(ops.Sub(ops.BroadcastTo(x, all), ops.T(x))))
	dx := graph.Gradient(j, x)[0]
	p, err := graph.Compile(j, dx)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(p.Feed(x, dense(g.Dtype(), []float64{1, 2, 5}, 1, 3)), p.Run()); err != nil {
		t.Fatal(err)
	}
	got := valuesOf(t, p, j, dx)
	for i, want := range []float64{2*3*30 - 2*64, 4 * (3 - 8), 4 * (6 - 8), 4 * (15 - 8)} {
		if v := append(got[0].Data, got[1].Data...)[i]; math.Abs(v-want) > 1e-12 {
			t.Errorf("value %d is %g, want %g", i, v, want)
		}
	}
}
