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
	x *graph.Node // the rows, (n, N)
	a *graph.Node // the output, (m, N)

	inputs []*graph.Node // what is fed: x, or the parts of sparse rows

	params  []*graph.Node      // in the order of the layers
	inits   []Init             // of each
	weights []*graph.Node      // the parameters that a penalty acts on
	starts  map[string]float64 // of states, by name
	layers  []layerSummary
}

// A rowKind says what the rows of a network are.
type rowKind struct {
	features int
	levels   []int // of the last features, which are one-hot
	sparse   bool
}

// newStack applies the layers to rows. The parameters are 0 if blank, else drawn from the seed.
func newStack(layers []Layer, rows rowKind, dtype tensor.Dtype, seed uint64, blank bool) (*stack, error) {
	if len(layers) == 0 {
		return nil, fmt.Errorf("%w: a network without layers", ErrOption)
	}
	b := NewBuilder(graph.NewOf(dtype), seed)
	b.blank = blank
	s := &stack{g: b.g, x: b.g.Input("x", rows.features, graph.Batch)}
	s.a, s.inputs = s.x, []*graph.Node{s.x}
	kept, again := layers[0].(keptLayer)
	switch {
	case again && (!slices.Equal(kept.levels, rows.levels) || kept.sparse() != rows.sparse):
		return nil, fmt.Errorf("%w: layers that were read are for columns with %d levels, sparse: %t; not %d, %t", ErrOption, kept.levels, kept.sparse(), rows.levels, rows.sparse)
	case rows.sparse:
		s.inputs = b.enterSparse(s.x)
	case !again:
		s.a = b.expand(s.x, rows.levels)
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
	if rows.sparse && b.err == nil {
		b.err = readsSparse(s.a, s.x)
	}
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
