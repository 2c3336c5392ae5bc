package models

import (
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A Builder makes the parameters of a network. Each [Layer] gets its own from it.
type Builder struct {
	g       *graph.Graph
	draw    Draw
	blank   bool               // parameters are 0, because only their shapes matter
	params  []*graph.Node      // in the order they were made
	inits   []Init             // of each
	weights []*graph.Node      // those that a penalty acts on
	starts  map[string]float64 // of states, by name
	err     error              // the first one

	expanded map[*graph.Node]expansion
}

// NewBuilder returns a Builder of parameters for a graph, drawn from the seed. With it layers
// can be part of any formula:
//
//	b := models.NewBuilder(g, 1)
//	h := models.Dense{Units: 8, Activation: models.ReLU}.Apply(b, x)
func NewBuilder(g *graph.Graph, seed uint64) *Builder { return &Builder{g: g, draw: newDraw(seed)} }

// Weight returns a parameter w of shape (m, n), which penalties act on. A nil
// init is GlorotUniform.
func (b *Builder) Weight(m, n int, init Init) *graph.Node {
	return b.param(fmt.Sprint("w", len(b.weights)+1), init, true, m, n)
}

// Weights returns the parameters that Weight has made, for a penalty.
func (b *Builder) Weights() []*graph.Node { return append([]*graph.Node(nil), b.weights...) }

// Bias returns a parameter of shape (m, 1). It starts at 0, and no penalty acts on it.
func (b *Builder) Bias(m int) *graph.Node {
	return b.Param(fmt.Sprint("b", len(b.weights)), Zeros, m, 1)
}

// maxWeights bounds the entries of a parameter, 2 GiB in float64, so that a mistyped
// size is an error.
const maxWeights = 1 << 28

// Param returns a parameter of any shape, on which no penalty acts. Its name has to be its
// own. init is given the first extent, and the product of the others for the number of
// inputs; nil is GlorotUniform.
func (b *Builder) Param(name string, init Init, shape ...int) *graph.Node {
	return b.param(name, init, false, shape...)
}

// param makes a parameter, on which a penalty acts if it is a weight.
func (b *Builder) param(name string, init Init, weight bool, shape ...int) *graph.Node {
	m, n, ok := extents(shape)
	if !ok {
		return b.fail(fmt.Errorf("%w: parameter %s of shape %v, whose extents have to be at least 1 and its entries at most %d; does its layer say its Units, or the like?",
			ErrOption, name, graph.ShapeOf(shape...), maxWeights))
	}
	if init == nil {
		init = GlorotUniform
	}
	p := b.g.ZeroParam(name, shape...)
	if err := p.Err(); err != nil {
		return b.fail(err)
	}
	if !b.blank {
		for i, x := range draw(p.Value(), init, m, n, b.draw) {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return b.fail(fmt.Errorf("%w: Init of %s gives %g at (%d, %d)", ErrOption, name, x, i/n, i%n))
			}
		}
	}
	b.params, b.inits = append(b.params, p), append(b.inits, init)
	if weight {
		b.weights = append(b.weights, p)
	}
	return p
}

// draw sets the entries of an m×n matrix of either float type. It returns what init gave, in float64 the entries themselves.
func draw(w *tensor.Dense, init Init, m, n int, from Draw) []float64 {
	if w.Dtype() == tensor.Float64 {
		v := w.Float64s()
		init(v, m, n, from)
		return v
	}
	v := make([]float64, m*n)
	init(v, m, n, from)
	set(w, func(i int) float64 { return v[i] })
	return v
}

// extents returns the first extent and the product of the others, if all are positive and
// there are not too many entries.
func extents(shape []int) (m, n int, ok bool) {
	if len(shape) == 0 {
		return 1, 1, true
	}
	n = 1
	for _, d := range shape[1:] {
		if d < 1 || n > maxWeights/d {
			return 0, 0, false
		}
		n *= d
	}
	m = shape[0]
	return m, n, m >= 1 && m <= maxWeights/n
}

// State returns a state whose entries all are c: see graph.State. Its name has to be its
// own.
func (b *Builder) State(name string, c float64, shape ...int) *graph.Node {
	m, n, ok := extents(shape)
	if !ok {
		return b.fail(fmt.Errorf("%w: layer with the state %s of shape %v", ErrOption, name, graph.ShapeOf(shape...)))
	}
	v := make([]float64, m*n)
	for i := range v {
		v[i] = c
	}
	if b.starts == nil {
		b.starts = map[string]float64{}
	}
	b.starts[name] = c
	return b.g.State(name, denseOf(b.g.Dtype(), v, shape...))
}

// fail returns a node that has the error, as has what is computed from it.
func (b *Builder) fail(err error) *graph.Node {
	if b.err == nil {
		b.err = err
	}
	return graph.Fail(b.g, err)
}

// denseOf returns a tensor of the float type with the values v, over their memory in float64.
func denseOf(dtype tensor.Dtype, v []float64, shape ...int) *tensor.Dense {
	if dtype == tensor.Float32 {
		v32 := make([]float32, len(v))
		for i, x := range v {
			v32[i] = float32(x)
		}
		return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v32))
	}
	return tensor.New(tensor.WithShape(shape...), tensor.WithBacking(v))
}
