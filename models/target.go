package models

import (
	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

// A scaling standardises the targets of a regression: (y − mean)/scale.
type scaling struct{ mean, scale float64 }

// scalingOf returns the scaling of the targets of d, computed as for a feature.
func scalingOf(d *data.Dataset) (*scaling, error) {
	s, err := data.FitScaler(&data.Dataset{X: d.Y, Features: []string{d.Target}, Source: d.Source, Lines: d.Lines})
	if err != nil {
		return nil, err
	}
	return &scaling{s.Mean[0], s.Scale[0]}, nil
}

// scaled returns the scaled targets, and unscaled the prediction of the network's
// output a in the units of the data. They return their arguments if s is nil.
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

// scalable reports whether the network learns the same from scaled targets, except for
// units. It has to predict a number, its last layer has to be linear, and the loss has
// to depend on a − y only.
func (n *network) scalable() bool {
	l := n.loss
	if n.kind != Numbers || l.Proba != nil || isNonlinear(n.a) {
		return false
	}
	switch opName(l.Of(n.a, n.y)) {
	case "SquaredError", "AbsoluteError", "Huber":
		return true
	}
	return false
}

// TargetScaler returns a copy of the scaler of the targets of a regression, as a scaler
// of one feature; nil before Fit, and if targets are not scaled.
func (m *published) TargetScaler() *data.Scaler {
	f := m.current.Load()
	if f == nil || f.network == nil || f.network.targets == nil {
		return nil
	}
	s := f.network.targets
	return &data.Scaler{Features: []string{""}, Mean: []float64{s.mean}, Scale: []float64{s.scale}}
}
