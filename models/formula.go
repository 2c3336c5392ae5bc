package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A Formula is a model as a graph: φ, ψ, G and L, with the parameters in it. Its
// gradient is graph.Gradient(f.J, f.Params...). Weights of examples and dropout
// are the affair of a training, and no part of it.
type Formula struct {
	X *graph.Node // features, (n, N); standardised, if the model does that
	Y *graph.Node // targets, (1, N), or one-hot (k, N)
	A *graph.Node // the network's output
	P *graph.Node // what is predicted: probabilities, or a number in the units of the data; A itself where A is that
	L *graph.Node // the loss of each example, (1, N), of A and of Y, standardised if the model does that
	J *graph.Node // the cost: the mean of L and the penalty

	Params []*graph.Node // w1, b1, w2, b2, …
}

// A spec is what a network is built from.
type spec struct {
	layers   []Layer
	loss     Loss
	penalty  Penalty
	lambda   float64
	acts     acting // how the penalty acts
	features int
	classes  int  // 0 for regression
	rows     int  // N of the penalty
	weighted bool // examples have weights
	dtype    tensor.Dtype
	seed     uint64
	targets  *scaling // nil if targets are taken as they are, as they are too where they are not scalable
	logistic *solving // of a Logistic
}

// A network is the formula of a model with what is needed to train it.
type network struct {
	Formula
	spec   spec
	g      *graph.Graph
	target target
	cost   *graph.Node // J as it is minimised: with dropout and weights
	weight *graph.Node // of each example, (1, N); nil if all are 1
	masks  []mask

	shrinks []*graph.Node // weights that proximal steps shrink
	layers  []layerSummary
}

// build makes the network with new parameters; blank ones are 0.
func (s spec) build(blank bool) (*network, error) {
	b := &Builder{g: graph.NewOf(s.dtype), draw: newDraw(s.seed), blank: blank}
	n := &network{spec: s, g: b.g}
	n.X = n.g.Input("x", s.features, graph.Batch)
	trained, err := n.apply(b)
	if err != nil {
		return nil, err
	}
	n.Params, n.masks = b.params, b.masks
	if len(n.Params) == 0 {
		return nil, fmt.Errorf("%w: layers without parameters", ErrOption)
	}
	return n, n.measure(trained, b.weights)
}

// apply builds the layers, for prediction and for training, and returns the
// output of the latter.
func (n *network) apply(b *Builder) (trained *graph.Node, err error) {
	if len(n.spec.layers) == 0 {
		return nil, fmt.Errorf("%w: a network without layers", ErrOption)
	}
	n.A, trained = n.X, n.X
	for i, l := range n.spec.layers {
		if l == nil {
			return nil, fmt.Errorf("%w: layer %d is nil", ErrOption, i+1)
		}
		before := len(b.params)
		n.A = l.Apply(b, n.A)
		n.layers = append(n.layers, layerSummary{l.String(), n.A.Shape(), b.params[before:]})
	}
	b.training = true
	for _, l := range n.spec.layers {
		trained = l.Apply(b, trained)
	}
	switch {
	case b.err != nil:
		return nil, b.err
	case b.next != len(b.params):
		return nil, fmt.Errorf("%w: a layer has fewer parameters in training than in prediction", ErrOption)
	case n.A.Err() != nil:
		return nil, n.A.Err()
	case features(n.A) < 1:
		return nil, fmt.Errorf("%w: it has shape %v, want (outputs, N)", ErrOutputs, n.A.Shape())
	}
	return trained, trained.Err()
}

// measure adds what a network is trained by: y, P, L, J and the cost.
func (n *network) measure(trained *graph.Node, weights []*graph.Node) (err error) {
	s := n.spec
	if n.target, err = targetOf(s.classes, features(n.A)); err != nil {
		return err
	}
	loss := s.loss
	if loss.Of == nil {
		if loss, err = lossFor(n.target, n.A); err != nil {
			return err
		}
	}
	if err := loss.fits(n.target, n.A); err != nil {
		return err
	}
	n.spec.loss = loss
	n.Y = n.g.Input("y", features(n.A), graph.Batch)
	if s.targets != nil && !n.scalable() {
		n.spec.targets = nil
	}
	y := n.spec.targets.scaled(n.Y)
	n.P = n.spec.targets.unscaled(n.A)
	if loss.Proba != nil {
		n.P = loss.Proba(n.A)
	}
	n.L = loss.Of(n.A, y)
	if err := wantShape(loss.Name+" (Proba)", n.P, n.A.Shape()); err != nil {
		return err
	}
	if err := wantShape(loss.Name, n.L, graph.ShapeOf(1, graph.Batch)); err != nil {
		return err
	}
	l := n.L
	if trained != n.A {
		l = loss.Of(trained, y)
	}
	if s.weighted {
		n.weight = n.g.Input("weight", 1, graph.Batch)
		l = ops.Mul(n.weight, l)
	}
	n.J, n.cost = ops.Mean(n.L), ops.Mean(l)
	if r := s.penalty.node(s.lambda, s.rows, weights); r != nil {
		n.J = ops.Add(n.J, r)
		switch s.acts {
		case byGradient:
			n.cost = ops.Add(n.cost, r)
		case bySteps:
			n.cost, n.shrinks = ops.Add(n.cost, ops.StopGradient(r)), weights
		}
	}
	return n.cost.Err()
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

// copyOf returns the formula of a network as a graph of its own.
func (n *network) copyOf() (Formula, error) {
	c, err := n.spec.build(true)
	if err != nil {
		return Formula{}, err
	}
	if err := setWeights(c.Params, weightsOf(n.Params)); err != nil {
		return Formula{}, err
	}
	return c.Formula, nil
}
