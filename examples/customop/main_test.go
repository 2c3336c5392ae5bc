package main

import (
	"math"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optest"

	"gorgonia.org/tensor"
)

// Both obey every law that the ops of the library obey.
func TestLaws(t *testing.T) {
	optest.Check(t, optest.Op{
		Name:   "Quadratic",
		F:      optest.Binary(Quadratic),
		Shapes: [][][]int{{{1, 1}, {1, 1}}, {{4, 4}, {4, 1}}},
	})
	optest.Check(t, optest.Op{
		Name:  "Gaussian",
		F:     optest.Unary(Gaussian),
		Entry: func(x ...float64) float64 { return math.Exp(-x[0] * x[0]) },
	})
}

// The gradient derived by hand, the automatic one and finite differences.
func TestGradient(t *testing.T) {
	g := graph.New()
	A := g.Param("A", tensor.New(tensor.WithShape(2, 2), tensor.WithBacking([]float64{2, 1, 0, 3})))
	x := g.Param("x", tensor.New(tensor.WithShape(2, 1), tensor.WithBacking([]float64{1, -0.5})))
	a := Gaussian(x)
	hand := ops.Mul(ops.Scale(-2, ops.Mul(x, a)), ops.MatMul(ops.Add(A, ops.T(A)), a))
	optest.Gradient(t, Quadratic(A, a), x, hand)
}
