package models

import (
	"fmt"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A stack is a list of layers, each applied to the value of the layer before.
type stack struct {
	g       *graph.Graph
	x       *graph.Node // the input, (n, N)
	a       *graph.Node // the output in prediction, (m, N)
	trained *graph.Node // the output in training, which differs from a if there is dropout

	params  []*graph.Node // in the order of the layers
	weights []*graph.Node // the parameters that a penalty acts on
	masks   []mask
	layers  []layerSummary
}

// newStack applies the layers to an input of so many features, once for prediction
// and once for training. The parameters are 0 if blank, else drawn from the seed.
func newStack(layers []Layer, inputs int, dtype tensor.Dtype, seed uint64, blank bool) (*stack, error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: a network without layers", ErrOption)
	}
	b := &Builder{g: graph.NewOf(dtype), draw: newDraw(seed), blank: blank}
	s := &stack{g: b.g, x: b.g.Input("x", inputs, graph.Batch)}
	s.a, s.trained = s.x, s.x
	for i, l := range layers {
		if l == nil {
			return nil, fmt.Errorf("%w: layer %d is nil", ErrOption, i+1)
		}
		before := len(b.params)
		s.a = l.Apply(b, s.a)
		s.layers = append(s.layers, layerSummary{l.String(), s.a.Shape(), b.params[before:]})
	}
	b.training = true
	for _, l := range layers {
		s.trained = l.Apply(b, s.trained)
	}
	s.params, s.weights, s.masks = b.params, b.weights, b.masks
	switch {
	case b.err != nil:
		return nil, b.err
	case b.next != len(b.params):
		return nil, fmt.Errorf("%w: a layer has fewer parameters in training than in prediction", ErrOption)
	case s.a.Err() != nil:
		return nil, s.a.Err()
	case features(s.a) < 1:
		return nil, fmt.Errorf("%w: it has shape %v, want (outputs, N)", ErrOutputs, s.a.Shape())
	}
	return s, s.trained.Err()
}
