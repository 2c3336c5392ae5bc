package models

import (
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A stack is a list of layers, each applied to the value of the layer before.
type stack struct {
	g *graph.Graph
	x *graph.Node // the input, (n, N)
	a *graph.Node // the output, (m, N)

	params  []*graph.Node      // in the order of the layers
	inits   []Init             // of each
	weights []*graph.Node      // the parameters that a penalty acts on
	starts  map[string]float64 // of states, by name
	layers  []layerSummary
}

// newStack applies the layers to an input of so many features, of which the last are one-hot, with
// these levels. The parameters are 0 if blank, else drawn from the seed.
func newStack(layers []Layer, inputs int, levels []int, dtype tensor.Dtype, seed uint64, blank bool) (*stack, error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: a network without layers", ErrOption)
	}
	b := NewBuilder(graph.NewOf(dtype), seed)
	b.blank = blank
	s := &stack{g: b.g, x: b.g.Input("x", inputs, graph.Batch)}
	s.a = s.x
	if kept, ok := layers[0].(keptLayer); !ok {
		s.a = b.expand(s.x, levels)
	} else if !slices.Equal(kept.levels, levels) {
		return nil, fmt.Errorf("%w: layers that were read are for columns with %d levels, not %d", ErrOption, kept.levels, levels)
	}
	for i, l := range layers {
		if l == nil {
			return nil, fmt.Errorf("%w: layer %d is nil", ErrOption, i+1)
		}
		before := len(b.params)
		s.a = l.Apply(b, s.a)
		s.layers = append(s.layers, layerSummary{l.String(), s.a, b.params[before:]})
	}
	s.params, s.inits, s.weights, s.starts = b.params, b.inits, b.weights, b.starts
	switch {
	case b.err != nil:
		return nil, b.err
	case s.a.Err() != nil:
		return nil, s.a.Err()
	case features(s.a) < 1:
		return nil, fmt.Errorf("%w: it has shape %v, want (outputs, N)", ErrOutputs, s.a.Shape())
	}
	return s, nil
}
