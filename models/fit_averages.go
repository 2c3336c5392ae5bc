package models

import (
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// averages are the averages of the weights over the steps, see FitOptions.Average. At the end
// of an epoch they are in the place of the weights: they are what is scored and kept.
type averages struct {
	decay float64 // β; 0 if there are no averages
	other values  // the averages while an epoch runs, else the weights; nil before the first step
	in    bool    // the averages are in the parameters
}

// add takes the parameters after a step into the averages.
func (a *averages) add(params []*graph.Node) {
	switch {
	case a.decay == 0:
	case a.other == nil:
		a.other = valuesOf(params)
	default:
		for i, p := range params {
			mix(a.other[i], p.Value(), a.decay)
		}
	}
}

// mix sets a to β·a + (1 − β)·w.
func mix(a, w *tensor.Dense, β float64) {
	if a.Dtype() == tensor.Float32 {
		for i, v := range w.Float32s() {
			a.Float32s()[i] = float32(β)*a.Float32s()[i] + float32(1-β)*v
		}
		return
	}
	for i, v := range w.Float64s() {
		a.Float64s()[i] = β*a.Float64s()[i] + (1-β)*v
	}
}

// enter puts the averages in the place of the weights, and leave the weights back.
func (a *averages) enter(params []*graph.Node) { a.exchange(params, true) }
func (a *averages) leave(params []*graph.Node) { a.exchange(params, false) }

func (a *averages) exchange(params []*graph.Node, in bool) {
	if a.other == nil || a.in == in {
		return
	}
	now := valuesOf(params)
	a.other.restore(params)
	a.other, a.in = now, in
}
