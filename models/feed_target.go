package models

import (
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

// severalTargets is the name of the data set beside the rows that has several targets for
// each of them, in the place of a label.
const severalTargets = "y"

// targetsOf returns the targets of d as a table: those beside it, or the label as its only
// column; nil if there are none.
func targetsOf(d *data.Dataset) *data.Dataset {
	if d.Y == nil {
		return d.Beside[severalTargets]
	}
	return &data.Dataset{X: d.Y, Features: []string{d.Target}, Source: d.Source, Lines: d.Lines}
}

// namesOfSeveral returns the names of several targets; nil if the target is the label.
func namesOfSeveral(d *data.Dataset) []string {
	if d.Y == nil && d.Beside[severalTargets] != nil {
		return slices.Clone(d.Beside[severalTargets].Features)
	}
	return nil
}

// A scaling standardises the targets of a regression, each for itself: (y − mean)/scale.
type scaling struct{ mean, scale []float64 }

// scalingOf returns the scaling of targets, computed as for features.
func scalingOf(targets *data.Dataset) (*scaling, error) {
	s, err := data.FitScaler(targets)
	if err != nil {
		return nil, err
	}
	return &scaling{s.Mean, s.Scale}, nil
}

// scaled returns the scaled targets, and unscaled the prediction of the network's
// output a in the units of the data. They return their arguments if s is nil.
func (s *scaling) scaled(y *graph.Node) *graph.Node {
	switch {
	case s == nil:
		return y
	case len(s.mean) == 1: // a number is no leaf
		return ops.Affine(ops.Affine(y, 1, -s.mean[0]), 1/s.scale[0], 0)
	}
	mean, scale := s.leaves(y.Graph())
	return ops.Div(ops.Sub(y, mean), scale)
}

func (s *scaling) unscaled(a *graph.Node) *graph.Node {
	switch {
	case s == nil:
		return a
	case len(s.mean) == 1:
		return ops.Affine(a, s.scale[0], s.mean[0])
	}
	mean, scale := s.leaves(a.Graph())
	return ops.Add(ops.Mul(a, scale), mean)
}

// leaves returns the means and the scales as constants of a graph, (k, 1).
func (s *scaling) leaves(g *graph.Graph) (mean, scale *graph.Node) {
	k := len(s.mean)
	return g.Constant("means of targets", denseOf(g.Dtype(), s.mean, k, 1)), g.Constant("scales of targets", denseOf(g.Dtype(), s.scale, k, 1))
}

// scalable reports whether the network learns the same from scaled targets, except for
// units. It has to predict numbers, its last layer has to be linear, and the loss has
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
// of features, or of one whose name is "" if the target is the label; nil before Fit, and if
// targets are not scaled.
func (m *published) TargetScaler() *data.Scaler {
	f := m.current.Load()
	if f == nil || f.network == nil || f.network.targets == nil {
		return nil
	}
	s, names := f.network.targets, f.targets[0].columns
	if names == nil {
		names = []string{""}
	}
	return &data.Scaler{Features: slices.Clone(names), Mean: slices.Clone(s.mean), Scale: slices.Clone(s.scale)}
}
