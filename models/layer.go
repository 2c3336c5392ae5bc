package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A Layer is a part of a network: a function of nodes, with parameters of its
// own if it makes them through the Builder.
type Layer interface {
	// Apply returns the layer's value at a, the values of the layer before, of
	// shape (n, N). It is called once for the network that is trained and once
	// for the one that predicts, and makes the same parameters in both.
	Apply(b *Builder, a *graph.Node) *graph.Node

	// String names the layer's kind in Summary: "Dense (relu)".
	String() string
}

// A Dense layer is G(ψ(b, φ(w, a))) with Units outputs, w of shape (Units, n) and
// b (Units, 1).
type Dense struct {
	Units      int
	Activation Activation // G; the zero value is the identity
	NoBias     bool       // leave out ψ
	Init       Init       // of w; b starts at 0
}

// Apply returns G(ψ(b, φ(w, a))).
func (d Dense) Apply(b *Builder, a *graph.Node) *graph.Node {
	init := d.Init
	switch {
	case init != nil:
	case d.Activation.isRectifier():
		init = HeNormal
	default:
		init = GlorotUniform
	}
	z := ops.MatMul(b.Weight(d.Units, rows(a), init), a)
	if !d.NoBias {
		z = ops.Bias(b.Bias(d.Units), z)
	}
	return d.Activation.apply(z)
}

// String names the layer and its activation.
func (d Dense) String() string {
	if d.Activation.Name == "" {
		return "Dense"
	}
	return "Dense (" + d.Activation.Name + ")"
}

// Dropout sets each value to 0 with probability Rate while the network is
// trained, and divides the others by 1 − Rate; when it predicts it does nothing
// (N. Srivastava et al. 2014, in the inverted form of Keras and PyTorch). The
// mask is an input of the graph, filled from the model's seed and the number of
// the step.
type Dropout struct{ Rate float64 }

// Apply returns a⊙mask, or a.
func (d Dropout) Apply(b *Builder, a *graph.Node) *graph.Node {
	if !(0 <= d.Rate && d.Rate < 1) {
		return b.fail(fmt.Errorf("%w: Dropout of rate %g, want 0 ≤ rate < 1", ErrOption, d.Rate))
	}
	if !b.training || d.Rate == 0 {
		return a
	}
	return ops.Mul(a, b.mask(a, d.Rate))
}

// String names the layer and its rate.
func (d Dropout) String() string { return fmt.Sprintf("Dropout (%g)", d.Rate) }

// Func makes a layer of any function of nodes.
func Func(name string, f func(a *graph.Node) *graph.Node) Layer { return function{name, f} }

type function struct {
	name string
	f    func(a *graph.Node) *graph.Node
}

func (f function) Apply(_ *Builder, a *graph.Node) *graph.Node { return f.f(a) }
func (f function) String() string                              { return f.name }

// A Builder makes the parameters of a network. Each layer asks it for its own.
type Builder struct {
	g        *graph.Graph
	draw     Draw
	training bool
	params   []*graph.Node // in the order they were made
	next     int           // the one to hand out, when they are made already
	weights  []*graph.Node // those that a penalty acts on
	masks    []mask
	err      error
}

// A mask is an input that a Dropout layer multiplies by.
type mask struct {
	input *graph.Node
	rate  float64
}

// Weight returns a parameter w of shape (m, n), which penalties act on.
func (b *Builder) Weight(m, n int, init Init) *graph.Node {
	w, made := b.param(fmt.Sprint("w", len(b.weights)+1), m, n, init)
	if made {
		b.weights = append(b.weights, w)
	}
	return w
}

// Bias returns a parameter of shape (m, 1) that starts at 0 and that no penalty
// acts on.
func (b *Builder) Bias(m int) *graph.Node {
	p, _ := b.param(fmt.Sprint("b", len(b.weights)), m, 1, Zeros)
	return p
}

// maxWeights bounds a layer, so that a size that was mistyped is an error.
const maxWeights = 1 << 31

// param returns the next parameter, and whether it was made now.
func (b *Builder) param(name string, m, n int, init Init) (p *graph.Node, made bool) {
	if b.next < len(b.params) {
		b.next++
		return b.params[b.next-1], false
	}
	if m < 1 || n < 1 || m > maxWeights/n {
		return b.fail(fmt.Errorf("%w: layer with %s of shape (%d, %d)", ErrOption, name, m, n)), false
	}
	v := make([]float64, m*n)
	init(v, m, n, b.draw)
	p = b.g.Param(name, denseOf(b.g.Dtype(), v, m, n))
	b.params = append(b.params, p)
	b.next = len(b.params)
	return p, true
}

func (b *Builder) mask(like *graph.Node, rate float64) *graph.Node {
	input := b.g.Input(fmt.Sprintf("mask%d", len(b.masks)+1), like.Shape().Dims()...)
	b.masks = append(b.masks, mask{input, rate})
	return input
}

// fail keeps the first error and returns a failed node.
func (b *Builder) fail(err error) *graph.Node {
	if b.err == nil {
		b.err = err
	}
	return nil
}

// rows is the number of rows of a node of shape (n, N), 0 if it is no such node.
func rows(a *graph.Node) int {
	if s := a.Shape(); s.Rank() == 2 {
		return s.Dim(0)
	}
	return 0
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
