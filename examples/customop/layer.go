package main

import (
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
)

// A Skip layer is a + G(ψ(b, φ(w, a))), with as many outputs as inputs: what is learnt is
// the difference from a (He and others 2016).
type Skip struct{ Activation models.Activation }

// Apply returns the layer's value at a, an example a column.
func (s Skip) Apply(b *models.Builder, a *graph.Node) *graph.Node {
	n := a.Shape().Dim(0)
	z := ops.Bias(b.Bias(n), ops.MatMul(b.Weight(n, n, nil), a))
	return ops.Add(a, s.Activation.Of(z))
}

// String names the layer in a Summary.
func (s Skip) String() string { return "Skip (" + s.Activation.Name + ")" }
