package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
)

// BatchNorm standardizes each channel, of (n, N), (C, T, N) or (C, H, W, N), over all else, and
// then scales and shifts it by parameters γ and β (S. Ioffe, C. Szegedy 2015). In training by
// the mean and the variance of the batch; in prediction by running means of those, which are
// states of the model and begin at 0 and 1. The running variance is of the batch as it is,
// without a correction. Where FitOptions.Parts cuts a batch, mean and variance are those of a part.
type BatchNorm struct {
	Momentum float64 // how much of a running mean stays at a step; 0 is 0.99
	Epsilon  float64 // is added to variances; 0 is 0.001
	NoCenter bool    // leave out β
	NoScale  bool    // leave out γ
}

// Apply returns γ⊙x̂ + β.
func (l BatchNorm) Apply(b *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil {
		return a
	}
	momentum, ε := l.Momentum, l.Epsilon
	if momentum == 0 {
		momentum = 0.99
	}
	if ε == 0 {
		ε = 1e-3
	}
	d := a.Shape().Dims()
	if !(0 < momentum && momentum < 1) || !(ε > 0) || len(d) < 2 || graph.Symbolic(d[0]) {
		return b.fail(fmt.Errorf("%w: BatchNorm of momentum %g and epsilon %g on values of shape %v, want 0 < momentum < 1, 0 < epsilon and (channels, …, N)", ErrOption, momentum, ε, a.Shape()))
	}
	axes, one := between(1, len(d)), onePer(d)
	mean, variance := b.State(b.next("mean"), 0, one...), b.State(b.next("variance"), 1, one...)
	mean.Becomes(ops.Add(ops.Scale(momentum, mean), ops.Scale(1-momentum, ops.Keep(ops.Mean, a, axes...))))
	variance.Becomes(ops.Add(ops.Scale(momentum, variance), ops.Scale(1-momentum, ops.Keep(ops.Variance, a, axes...))))
	running := ops.Div(ops.Sub(a, mean), ops.Sqrt(ops.Shift(variance, ε)))
	return b.scaled(graph.Phase(ops.Standardize(a, ε, axes...), running), one, l.NoScale, l.NoCenter)
}

// String names the layer.
func (BatchNorm) String() string { return "BatchNorm" }

// LayerNorm standardizes each example over all that it has, and then scales and shifts the
// entries by parameters γ and β (J. Ba et al. 2016).
type LayerNorm struct {
	Epsilon  float64 // is added to variances; 0 is 0.001
	NoCenter bool    // leave out β
	NoScale  bool    // leave out γ
}

// Apply returns γ⊙x̂ + β.
func (l LayerNorm) Apply(b *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil {
		return a
	}
	ε := l.Epsilon
	if ε == 0 {
		ε = 1e-3
	}
	d := a.Shape().Dims()
	k := len(d) - 1
	if !(ε > 0) || k < 1 || graph.ShapeOf(d[:k]...).Symbolic() {
		return b.fail(fmt.Errorf("%w: LayerNorm of epsilon %g on values of shape %v, want 0 < epsilon and numbers but for N", ErrOption, ε, a.Shape()))
	}
	d[k] = 1
	return b.scaled(ops.Standardize(a, ε, between(0, k)...), d, l.NoScale, l.NoCenter)
}

// String names the layer.
func (LayerNorm) String() string { return "LayerNorm" }

// scaled is γ⊙x + β for parameters of a shape.
func (b *Builder) scaled(x *graph.Node, shape []int, noScale, noCenter bool) *graph.Node {
	if !noScale {
		x = ops.Mul(b.Param(b.next("gamma"), ones, shape...), x)
	}
	if !noCenter {
		x = ops.Add(b.Param(b.next("beta"), Zeros, shape...), x)
	}
	return x
}

func ones(w []float64, _, _ int, _ Draw) {
	for i := range w {
		w[i] = 1
	}
}

// onePer is the shape of a number for each channel.
func onePer(dims []int) []int {
	one := make([]int, len(dims))
	for i := range one {
		one[i] = 1
	}
	one[0] = dims[0]
	return one
}

// next returns the name with the number of parameters so far, by which it is its own.
func (b *Builder) next(name string) string { return fmt.Sprint(name, len(b.params)+1) }
