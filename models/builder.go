package models

import (
	"fmt"
	"math"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A Builder makes the parameters of a network. Each [Layer] gets its own from it.
type Builder struct {
	g        *graph.Graph
	draw     Draw
	blank    bool          // parameters are 0, because only their shapes matter
	training bool          // layers are applied a second time, to the same parameters
	params   []*graph.Node // in the order they were made
	next     int           // the index in params of the next one, the second time
	weights  []*graph.Node // those that a penalty acts on
	masks    []mask
	err      error
}

// A mask is an input that a Dropout layer multiplies by.
type mask struct {
	input *graph.Node
	rate  float64
}

// Weight returns a parameter w of shape (m, n), which penalties act on. A nil
// init is GlorotUniform.
func (b *Builder) Weight(m, n int, init Init) *graph.Node {
	if init == nil {
		init = GlorotUniform
	}
	w := b.param(fmt.Sprint("w", len(b.weights)+1), m, n, init)
	if w != nil && !b.training {
		b.weights = append(b.weights, w)
	}
	return w
}

// Bias returns a parameter of shape (m, 1). It starts at 0, and no penalty acts on it.
func (b *Builder) Bias(m int) *graph.Node {
	return b.param(fmt.Sprint("b", len(b.weights)), m, 1, Zeros)
}

// maxWeights bounds the entries of a parameter, 2 GiB in float64, so that a mistyped
// size is an error.
const maxWeights = 1 << 28

func (b *Builder) param(name string, m, n int, init Init) *graph.Node {
	if b.training {
		return b.nextParam(m, n)
	}
	if m < 1 || n < 1 || m > maxWeights/n {
		return b.fail(fmt.Errorf("%w: layer with %s of shape (%d, %d)", ErrOption, name, m, n))
	}
	v := make([]float64, m*n)
	if !b.blank {
		init(v, m, n, b.draw)
	}
	for i, x := range v {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return b.fail(fmt.Errorf("%w: Init of %s gives %g at (%d, %d)", ErrOption, name, x, i/n, i%n))
		}
	}
	p := b.g.Param(name, denseOf(b.g.Dtype(), v, m, n))
	b.params = append(b.params, p)
	return p
}

// nextParam returns the next of the parameters made before.
func (b *Builder) nextParam(m, n int) *graph.Node {
	if b.next == len(b.params) {
		return b.fail(fmt.Errorf("%w: a layer has more parameters in training than in prediction", ErrOption))
	}
	p := b.params[b.next]
	if p.Shape() != graph.ShapeOf(m, n) {
		return b.fail(fmt.Errorf("%w: a layer has %s of shape %v in prediction and (%d, %d) in training", ErrOption, p.Name(), p.Shape(), m, n))
	}
	b.next++
	return p
}

func (b *Builder) mask(like *graph.Node, rate float64) *graph.Node {
	input := b.g.Input(fmt.Sprintf("mask%d", len(b.masks)+1), like.Shape().Dims()...)
	b.masks = append(b.masks, mask{input, rate})
	return input
}

// fail keeps the first error. It returns the nil node, and what is computed from that
// has an error too.
func (b *Builder) fail(err error) *graph.Node {
	if b.err == nil {
		b.err = err
	}
	return nil
}

// denseOf returns a tensor of the float type with the values v.
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
