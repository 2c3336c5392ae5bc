package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A Formula is a model as a graph: φ, ψ, G and L, with the parameters in it. Its
// gradient is graph.Gradient(f.J, f.Params...).
type Formula struct {
	X *graph.Node // features, (n, N)
	Y *graph.Node // targets, (1, N), or one-hot (k, N)
	A *graph.Node // the network's output
	P *graph.Node // probabilities; A itself where A is one, or a number
	L *graph.Node // the loss of each example, (1, N)
	J *graph.Node // the cost: the mean of L and the penalty

	Params []*graph.Node // w1, b1, w2, b2, …
}

// A network is the formula of a model with what is needed to train it.
type network struct {
	Formula
	g      *graph.Graph
	target target
	cost   *graph.Node // J as it is trained: with dropout and weights
	weight *graph.Node // of each example, (1, N); nil if all are 1
	masks  []mask
	layers []layerSummary
}

// A spec is what a network is built from.
type spec struct {
	layers   []Layer
	loss     Loss
	penalty  Penalty
	lambda   float64
	features int
	outputs  func(units int) (target, error)
	rows     int // N of the penalty
	weighted bool
	dtype    tensor.Dtype
	seed     uint64
}

// build makes the network, with new parameters.
func (s spec) build() (*network, error) {
	if len(s.layers) == 0 {
		return nil, fmt.Errorf("%w: a network without layers", ErrOption)
	}
	g := graph.NewOf(s.dtype)
	n := &network{g: g}
	n.X = g.Input("x", s.features, graph.Batch)
	b := &Builder{g: g, draw: newDraw(s.seed)}
	n.A = s.apply(b, n.X, &n.layers)
	b.training, b.next = true, 0
	trained := s.apply(b, n.X, nil)
	if b.err != nil {
		return nil, b.err
	}
	if err := n.A.Err(); err != nil {
		return nil, err
	}
	var err error
	if n.target, err = s.outputs(rows(n.A)); err != nil {
		return nil, err
	}
	loss := s.loss
	if loss.Of == nil {
		loss = lossFor(n.target, lastActivation(s.layers))
	}
	n.Params, n.masks = b.params, b.masks
	n.Y = g.Input("y", rows(n.A), graph.Batch)
	n.P = n.A
	if loss.Proba != nil {
		n.P = loss.Proba(n.A)
	}
	n.L = loss.Of(n.A, n.Y)
	n.J = ops.Mean(n.L)
	n.cost = n.J
	if s.weighted || trained != n.A {
		l := loss.Of(trained, n.Y)
		if s.weighted {
			n.weight = g.Input("weight", 1, graph.Batch)
			l = ops.Mul(n.weight, l)
		}
		n.cost = ops.Mean(l)
	}
	if r := s.penalty.node(s.lambda, s.rows, b.weights); r != nil {
		n.J, n.cost = ops.Add(n.J, r), ops.Add(n.cost, r)
	}
	return n, n.cost.Err()
}

// apply returns the value of the last layer, and notes each for Summary.
func (s spec) apply(b *Builder, a *graph.Node, notes *[]layerSummary) *graph.Node {
	for _, l := range s.layers {
		before := len(b.params)
		a = l.Apply(b, a)
		if notes != nil {
			*notes = append(*notes, layerSummary{l.String(), a.Shape(), b.params[before:]})
		}
	}
	return a
}

// lastActivation is the name of the activation of the last layer, if it is Dense.
func lastActivation(layers []Layer) string {
	if d, ok := layers[len(layers)-1].(Dense); ok {
		return d.Activation.Name
	}
	return ""
}
