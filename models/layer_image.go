package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// Layers of networks that see. The values of an image are of shape (C, H, W, N), those of a
// signal (C, T, N); Reshape makes them of the columns of a table. Names and defaults are
// Keras's.

// Reshape gives the n values of each example the extents Shape, such as 1, 28, 28 for the
// channels, rows and columns of an image.
type Reshape struct{ Shape []int }

// Apply returns a of shape (Shape…, N).
func (r Reshape) Apply(_ *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil {
		return a
	}
	d := a.Shape().Dims()
	return ops.Reshape(a, append(append([]int{}, r.Shape...), d[len(d)-1:]...)...)
}

// String names the layer and its shape.
func (r Reshape) String() string { return fmt.Sprintf("Reshape %v", graph.ShapeOf(r.Shape...)) }

// Flatten makes one axis of all that an example has: (n, N) of (C, H, W, N), the channels
// first.
type Flatten struct{}

// Apply returns a of shape (n, N).
func (Flatten) Apply(_ *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil || a.Shape().Rank() < 2 {
		return ops.Reshape(a)
	}
	d := a.Shape().Dims()
	k := len(d) - 1
	return ops.Reshape(a, graph.Times(d[:k]...), d[k])
}

// String names the layer.
func (Flatten) String() string { return "Flatten" }

// A Conv2D layer is G(ψ(b, w∗a)) with weights w of shape (Filters, C/Groups, rows, columns) and
// a bias for each filter: see ops.Conv.
type Conv2D struct {
	Filters    int
	Size       [2]int // rows and columns of the window
	Strides    [2]int // 0 is 1
	Same       bool   // as many zeros past the edges as keep the size, of each stride one place: Keras's padding="same"
	Dilation   [2]int // 0 is 1
	Groups     int    // 0 is 1
	Activation Activation
	NoBias     bool
	Init       Init // as that of Dense, of C·rows·columns/Groups inputs
}

// Apply returns G(ψ(b, w∗a)).
func (l Conv2D) Apply(b *Builder, a *graph.Node) *graph.Node {
	p := ops.Window{Stride: l.Strides, Same: l.Same, Dilation: l.Dilation, Groups: l.Groups}
	return convolved(b, a, l.Filters, l.Size[:], p, l.Activation, l.NoBias, l.Init)
}

// String names the layer and its activation.
func (l Conv2D) String() string { return withActivation("Conv2D", l.Activation) }

// A Conv1D layer is Conv2D for signals (C, T, N), with weights of shape (Filters, C/Groups,
// Size). T may be a symbol.
type Conv1D struct {
	Filters    int
	Size       int
	Stride     int // 0 is 1
	Same       bool
	Dilation   int // 0 is 1
	Groups     int // 0 is 1
	Activation Activation
	NoBias     bool
	Init       Init
}

// Apply returns G(ψ(b, w∗a)).
func (l Conv1D) Apply(b *Builder, a *graph.Node) *graph.Node {
	p := ops.Window{Stride: ops.Both(l.Stride), Same: l.Same, Dilation: ops.Both(l.Dilation), Groups: l.Groups}
	return convolved(b, a, l.Filters, []int{l.Size}, p, l.Activation, l.NoBias, l.Init)
}

// String names the layer and its activation.
func (l Conv1D) String() string { return withActivation("Conv1D", l.Activation) }

func withActivation(name string, a Activation) string {
	if a.Name == "" {
		return name
	}
	return name + " (" + a.Name + ")"
}

// convolved is a layer of filters of some size.
func convolved(b *Builder, a *graph.Node, filters int, size []int, p ops.Window, act Activation, noBias bool, init Init) *graph.Node {
	if a.Err() != nil {
		return a
	}
	d, groups := a.Shape().Dims(), max(1, p.Groups)
	if len(d) != len(size)+2 || graph.Symbolic(d[0]) || d[0]%groups != 0 || filters < 1 || filters%groups != 0 {
		return b.fail(fmt.Errorf("%w: a convolution of %d filters in %d groups over %d axes, on values of shape %v, want (channels, …, N)", ErrOption, filters, groups, len(size), a.Shape()))
	}
	if init == nil && act.isRectifier() {
		init = HeNormal
	}
	z := ops.Conv(b.filters(init, append([]int{filters, d[0] / groups}, size...)), a, p)
	if !noBias {
		ones := make([]int, len(size)+1)
		for i := range ones {
			ones[i] = 1
		}
		z = ops.Bias(b.Param(fmt.Sprint("b", len(b.weights)), Zeros, append([]int{filters}, ones...)...), z)
	}
	return act.apply(z)
}

// filters returns a parameter w of windows, which penalties act on. An entry of the value has
// the entries of a window of all channels for inputs, and as many outputs of each filter have
// an entry of the image.
func (b *Builder) filters(init Init, shape []int) *graph.Node {
	window := 1
	for _, d := range shape[2:] {
		if d < 1 || window > maxWeights/d {
			return b.fail(fmt.Errorf("%w: a window of %v", ErrOption, shape[2:]))
		}
		window *= d
	}
	if init == nil {
		init = GlorotUniform
	}
	w := b.Param(fmt.Sprint("w", len(b.weights)+1), func(w []float64, m, n int, draw Draw) {
		init(w, m*window, n, draw)
	}, shape...)
	b.weights = append(b.weights, w)
	return w
}
