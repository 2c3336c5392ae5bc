package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A spec is what a network is built from. It is complete before build, and does not
// change. What build decides, such as the loss that fits the last layer, is a field
// of the network.
type spec struct {
	layers   []Layer
	loss     Loss // the zero value is the one that fits the last layer
	penalty  Penalty
	lambda   float64
	acts     penaltyMode
	features int
	classes  int  // 0 for regression
	rows     int  // N of the penalty
	weighted bool // examples have weights
	dtype    tensor.Dtype
	seed     uint64
	targets  *scaling         // how to scale the targets, where they can be scaled; nil to leave them
	logistic *logisticOptions // nil for a Deep
}

// A network is a Formula with what it takes to train it.
type network struct {
	Formula
	*stack
	spec    spec
	target  target
	loss    Loss
	targets *scaling // nil if targets are not scaled

	cost    *graph.Node   // J as it is minimised: with dropout and weights
	weight  *graph.Node   // the weight of each example, (1, N); nil if all are 1
	shrinks []*graph.Node // the weights that proximal steps shrink
}

// build makes the network with new parameters; blank ones are 0.
func (s spec) build(blank bool) (*network, error) {
	layers, err := newStack(s.layers, s.features, s.dtype, s.seed, blank)
	if err != nil {
		return nil, err
	}
	if len(layers.params) == 0 {
		return nil, fmt.Errorf("%w: layers without parameters", ErrOption)
	}
	n := &network{spec: s, stack: layers, Formula: Formula{X: layers.x, A: layers.a, Params: layers.params}}
	if err := n.chooseLoss(); err != nil {
		return nil, err
	}
	if err := n.addLoss(); err != nil {
		return nil, err
	}
	n.addCost()
	return n, n.cost.Err()
}

// chooseLoss decides what the outputs stand for, the loss, and whether targets are
// scaled.
func (n *network) chooseLoss() (err error) {
	if n.target, err = targetOf(n.spec.classes, features(n.A)); err != nil {
		return err
	}
	if n.loss = n.spec.loss; n.loss.Of == nil {
		if n.loss, err = lossFor(n.target, n.A); err != nil {
			return err
		}
	}
	if err := n.loss.fits(n.target, n.A); err != nil {
		return err
	}
	n.Y = n.g.Input("y", features(n.A), graph.Batch)
	if n.spec.targets != nil && n.scalable() {
		n.targets = n.spec.targets
	}
	return nil
}

// addLoss adds P and L.
func (n *network) addLoss() error {
	y := n.targets.scaled(n.Y)
	n.P = n.targets.unscaled(n.A)
	if n.loss.Proba != nil {
		n.P = n.loss.Proba(n.A)
	}
	n.L = n.loss.Of(n.A, y)
	if err := wantShape(n.loss.Name+" (Proba)", n.P, n.A.Shape()); err != nil {
		return err
	}
	return wantShape(n.loss.Name, n.L, graph.ShapeOf(1, graph.Batch))
}

// addCost adds J, and the cost that a training minimises.
func (n *network) addCost() {
	l := n.L
	if n.trained != n.A {
		l = n.loss.Of(n.trained, n.targets.scaled(n.Y))
	}
	if n.spec.weighted {
		n.weight = n.g.Input("weight", 1, graph.Batch)
		l = ops.Mul(n.weight, l)
	}
	n.J, n.cost = ops.Mean(n.L), ops.Mean(l)
	r := n.spec.penalty.node(n.spec.lambda, n.spec.rows, n.weights)
	if r == nil {
		return
	}
	n.J = ops.Add(n.J, r)
	switch n.spec.acts {
	case byGradient:
		n.cost = ops.Add(n.cost, r)
	case bySteps:
		n.cost, n.shrinks = ops.Add(n.cost, ops.StopGradient(r)), n.weights
	}
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
