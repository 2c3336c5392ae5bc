package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

// A scaling is how the targets of a regression are seen: (y − mean)/scale.
type scaling struct{ mean, scale float64 }

// scalingOf standardises the targets of d as features are.
func scalingOf(d *data.Dataset) (*scaling, error) {
	s, err := data.FitScaler(&data.Dataset{X: d.Y, Features: []string{d.Target}, Source: d.Source, Lines: d.Lines})
	if err != nil {
		return nil, err
	}
	return &scaling{s.Mean[0], s.Scale[0]}, nil
}

// scaled is what the network learns from the targets y, and unscaled is what an
// output a of the network says of y. They are the same nodes again if s is nil.
func (s *scaling) scaled(y *graph.Node) *graph.Node {
	if s == nil {
		return y
	}
	return ops.Affine(ops.Affine(y, 1, -s.mean), 1/s.scale, 0)
}

func (s *scaling) unscaled(a *graph.Node) *graph.Node {
	if s == nil {
		return a
	}
	return ops.Affine(a, s.scale, s.mean)
}

// scalable reports whether the network learns the same, but for units, from
// targets in other units: a number, from a last layer that gives any, by a loss of
// the difference a − y.
func (n *network) scalable() bool {
	l := n.loss
	if n.target != number || l.Proba != nil || isNonlinear(n.A) {
		return false
	}
	switch opName(l.Of(n.A, n.Y)) {
	case "MSE", "MAE", "Huber":
		return true
	}
	return false
}

// TargetScaler returns a copy of the standardiser of the targets of a regression,
// as a feature of its own; nil before Fit, and if they are taken as they are.
func (m *published) TargetScaler() *data.Scaler {
	f := m.current.Load()
	if f == nil || f.net.targets == nil {
		return nil
	}
	s := f.net.targets
	return &data.Scaler{Features: []string{""}, Mean: []float64{s.mean}, Scale: []float64{s.scale}}
}
