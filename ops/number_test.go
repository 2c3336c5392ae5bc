package ops_test

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// 0 and −0 are two constants, and two parameters of an op: 1/y tells them apart, by
// IEEE 754. The order of building makes no difference.
func TestSignOfZero(t *testing.T) {
	minus := math.Copysign(0, -1)
	for name, f := range map[string]func(x *node, c float64) *node{
		"Const":       func(x *node, c float64) *node { return x.Graph().Const(c, 1) },
		"Mul":         func(x *node, c float64) *node { return ops.Mul(x, x.Graph().Const(c)) },
		"Scale":       func(x *node, c float64) *node { return ops.Scale(c, x) },
		"Clip":        func(x *node, c float64) *node { return ops.Clip(ops.Neg(x), c, 9) },
		"ELU":         func(x *node, c float64) *node { return ops.Neg(ops.ELU(ops.Neg(x), c)) }, // −α(e⁻ˣ−1)
		"Maximum":     func(x *node, c float64) *node { return ops.Maximum(ops.Neg(x), x.Graph().Const(c)) },
		"gradient":    func(x *node, c float64) *node { return graph.Gradient(ops.Sum(ops.Scale(c, x)), x)[0] },
		"ELU'":        func(x *node, c float64) *node { return graph.Gradient(ops.Sum(ops.ELU(ops.Neg(x), c)), x)[0] },
		"Reshape":     func(x *node, c float64) *node { return ops.Reshape(x.Graph().Const(c), 1) },
		"Where":       func(x *node, c float64) *node { return ops.Where(x, x.Graph().Const(c), x) },
		"BroadcastTo": func(x *node, c float64) *node { return ops.BroadcastTo(x.Graph().Const(c), graph.ShapeOf(1)) },
	} {
		for _, dtype := range floatTypes {
			for _, order := range [][]float64{{0, minus}, {minus, 0}} {
				g := graph.NewOf(dtype)
				x := g.Param("x", dense(dtype, []float64{3}, 1))
				a, b := f(x, order[0]), f(x, order[1])
				got := computed(t, ops.Reciprocal(a), ops.Reciprocal(b))
				if !math.IsInf(got[0][0], 0) || got[0][0] != -got[1][0] {
					t.Errorf("%s, %v: 1/y is %g with %g and %g with %g", name, dtype, got[0][0], order[0], got[1][0], order[1])
				}
				if name == "Const" && math.Signbit(got[0][0]) != math.Signbit(order[0]) {
					t.Errorf("1/%g is %g", order[0], got[0][0])
				}
				if a != f(x, order[0]) {
					t.Errorf("%s of %g twice is two nodes", name, order[0])
				}
			}
		}
	}
}

// A NaN is a constant like another: twice the same is one node.
func TestConstantNaN(t *testing.T) {
	g := graph.New()
	if first, second := g.Const(math.NaN(), 2), g.Const(math.NaN(), 2); first != second {
		t.Error("two nodes")
	}
	if c, ok := graph.ConstOf(g.Const(math.Copysign(0, -1))); !ok || !math.Signbit(c) {
		t.Errorf("ConstOf(−0) = %g, %v", c, ok)
	}
	if text := g.Const(math.Copysign(0, -1)).Op().String(); text != "-0" {
		t.Errorf("−0 prints as %s", text)
	}
}
