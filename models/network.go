package models

import (
	"fmt"
	"slices"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A spec is what a network is built from. It is complete before build, and does not
// change. What build decides, such as the loss that fits the last layer, is a field
// of the network.
type spec struct {
	layers  []Layer
	loss    Loss // the zero value is the one that fits the last layer
	penalty Penalty
	lambda  float64
	acts    penaltyMode
	rowKind
	classes  int      // of the label; 0 for regression
	several  []string // the names of several targets in the place of the label; nil for that
	rows     int      // N of the penalty
	dtype    tensor.Dtype
	seed     uint64
	targets  *scaling         // how to scale the targets, where they can be scaled; nil to leave them
	logistic *logisticOptions // nil for a Deep
}

// A network is the formula that Deep and Logistic build of layers.
type network struct {
	*stack
	spec    spec
	kind    Kind
	loss    Loss
	targets *scaling    // nil if targets are not scaled
	y       *graph.Node // targets, (1, N); one-hot, or several, (k, N)
	scaled  *graph.Node // y as the loss takes it
	formula *Formula
}

// build makes the network with new parameters; blank ones are 0.
func (s spec) build(blank bool) (*network, error) {
	layers, err := newStack(s.layers, s.rowKind, s.dtype, s.seed, blank)
	if err != nil {
		return nil, err
	}
	if len(layers.params) == 0 {
		return nil, fmt.Errorf("%w: layers without parameters", ErrOption)
	}
	n := &network{spec: s, stack: layers}
	if err := n.chooseLoss(); err != nil {
		return nil, err
	}
	return n, n.addLoss()
}

// chooseLoss decides what the outputs stand for, the loss, and whether targets are
// scaled.
func (n *network) chooseLoss() (err error) {
	k, several := features(n.a), n.spec.several
	switch n.loss = n.spec.loss; {
	case several != nil && k != len(several):
		return fmt.Errorf("%w: %d outputs for %d targets", ErrOutputs, k, len(several))
	case several != nil:
		n.kind = kindOfSeveral(n.loss, n.a)
	case n.spec.classes == 0 && k != 1:
		return fmt.Errorf("%w: %d outputs for one number; if it stands for classes, read it with Task: data.Classification", ErrOutputs, k)
	default:
		if n.kind, err = kindOf(n.spec.classes, k); err != nil {
			return err
		}
	}
	if n.loss.Of == nil {
		if n.loss, err = lossFor(n.kind, n.a); err != nil {
			return err
		}
	}
	if err := n.loss.fits(n.kind, n.a); err != nil {
		return err
	}
	n.y = n.g.Input("y", k, graph.Batch)
	if n.spec.targets != nil && n.scalable() {
		n.targets = n.spec.targets
	}
	return nil
}

// addLoss adds the prediction, the loss and the penalty, and makes the formula of all.
func (n *network) addLoss() error {
	n.scaled = n.targets.scaled(n.y)
	p := n.targets.unscaled(n.a)
	if n.loss.Proba != nil {
		p = n.loss.Proba(n.a)
	}
	l := n.loss.Of(n.a, n.scaled)
	if err := wantShape(n.loss.Name+" (Proba)", p, n.a.Shape()); err != nil {
		return err
	}
	if err := wantShape(n.loss.Name, l, graph.ShapeOf(1, graph.Batch)); err != nil {
		return err
	}
	n.formula = &Formula{Roles: Roles{
		Inputs: n.inputs, Targets: []*graph.Node{n.y}, Params: n.params, Loss: l,
		Outputs: []Output{{Name: "prediction", P: p, Kind: n.kind}},
		Penalty: n.spec.penalty.node(n.spec.lambda, n.spec.rows, n.weights),
	}}
	n.formula.Seed = n.spec.seed
	return n.formula.complete()
}

// fitted returns the network as a formula that can predict from data like d.
func (n *network) fitted(scaler *data.Scaler, d *data.Dataset) (*fitted, error) {
	targets := source{leaf: n.y, label: true}
	if n.kind == Categorical {
		targets.classes = n.spec.classes
	}
	if n.spec.several != nil {
		targets = source{leaf: n.y, from: severalTargets, columns: n.spec.several}
	}
	inputs := []source{{leaf: n.x, columns: slices.Clone(d.Features), all: true}}
	if n.spec.sparse {
		inputs = sparseSources(n.inputs, d)
	}
	f, err := newFitted(n.formula, append(inputs, targets), d)
	if err != nil {
		return nil, err
	}
	f.network, f.scaler = n, scaler
	return f, nil
}

// wantShape returns the error of a node, or one that says that its shape is not
// what a Loss has to give.
func wantShape(what string, n *graph.Node, want graph.Shape) error {
	if err := n.Err(); err != nil {
		return err
	}
	if n.Shape() != want {
		return fmt.Errorf("%w: loss %s has shape %v, want %v", ErrOutputs, what, n.Shape(), want)
	}
	return nil
}
