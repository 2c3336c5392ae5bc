package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// A Layer is a function of nodes. It may have parameters, which a Builder makes.
type Layer interface {
	// Apply returns the value of the layer at a, the value of the layer before. a
	// has shape (n, N), with an example in each column. What training does otherwise
	// than prediction is a graph.Phase.
	Apply(b *Builder, a *graph.Node) *graph.Node

	// String names the layer in Summary: "Dense (relu)".
	String() string
}

// A Dense layer is G(ψ(b, φ(w, a))) with Units outputs, w of shape (Units, n) and
// b (Units, 1).
type Dense struct {
	Units      int
	Activation Activation // G; the zero value is the identity
	NoBias     bool       // leave out ψ
	Init       Init       // of w; nil is HeNormal for a rectifier such as ReLU, else GlorotUniform. b starts at 0
}

// Apply returns G(ψ(b, φ(w, a))).
func (d Dense) Apply(b *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil {
		return a
	}
	init := d.Init
	if init == nil && d.Activation.isRectifier() {
		init = HeNormal
	}
	z := b.times(b.Weight(d.Units, features(a), init), a)
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

// Dropout sets each value to 0 with probability Rate in training, and divides the
// others by 1 − Rate. In prediction it does nothing (N. Srivastava et al. 2014, in the
// inverted form of Keras and PyTorch). What is dropped of an example depends on the model's
// Seed, the number of the step and the row of the example: see ops.Dropout.
type Dropout struct{ Rate float64 }

// Apply returns ops.Dropout of a.
func (d Dropout) Apply(b *Builder, a *graph.Node) *graph.Node {
	if !(0 <= d.Rate && d.Rate < 1) {
		return b.fail(fmt.Errorf("%w: Dropout of rate %g, want 0 ≤ rate < 1", ErrOption, d.Rate))
	}
	return ops.Dropout(a, d.Rate)
}

// String names the layer and its rate.
func (d Dropout) String() string { return fmt.Sprintf("Dropout (%g)", d.Rate) }

// Func returns a layer that applies a function of nodes. It has no parameters: a layer
// with parameters needs a type of its own.
func Func(name string, f func(a *graph.Node) *graph.Node) Layer { return function{name, f} }

type function struct {
	name string
	f    func(a *graph.Node) *graph.Node
}

func (f function) Apply(b *Builder, a *graph.Node) *graph.Node {
	if f.f == nil {
		return b.fail(fmt.Errorf("%w: Func %q of nil", ErrOption, f.name))
	}
	return f.f(a)
}

func (f function) String() string { return f.name }

// features returns the n of a node of shape (n, N), and 0 for any other shape.
func features(a *graph.Node) int {
	if s := a.Shape(); s.Rank() == 2 && s.Dim(1) == graph.Batch {
		return s.Dim(0)
	}
	return 0
}
