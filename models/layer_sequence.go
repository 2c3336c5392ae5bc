package models

import (
	"fmt"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"
)

// Layers of sequences (n, T, N), n numbers at each of T times; Reshape makes them of the columns of
// a table, with 1 for n where those are one number at each time. Cells are those of package sequence.

// An Embedding layer has a row of OutputDim numbers for each of the ids 0 … InputDim−1. Of ids (T, N), T
// of each example, its value is their rows, a sequence (OutputDim, T, N): see sequence.Embed. No
// penalty acts on the rows, so SGD, AdaGrad and LazyAdam without momentum or decay move those that a
// batch reads, and no others. The error for another id wraps graph.ErrValue.
type Embedding struct {
	InputDim, OutputDim int
	Init                Init // nil is Uniform(0.05)
}

// Apply returns the rows.
func (l Embedding) Apply(b *Builder, a *graph.Node) *graph.Node {
	if a.Err() != nil {
		return a
	}
	if a.Shape().Rank() != 2 {
		return b.fail(fmt.Errorf("%w: Embedding of values of shape %v, want ids (T, N)", ErrOption, a.Shape()))
	}
	init := l.Init
	if init == nil {
		init = Uniform(0.05)
	}
	table := b.Param(b.next("rows"), init, l.InputDim, l.OutputDim)
	return sequence.Embed(table, ops.ExpandDims(a, 0))
}

// String names the layer and its ids.
func (l Embedding) String() string { return fmt.Sprintf("Embedding (%d)", l.InputDim) }

// An RNN layer is Elman's recurrence of Units units: see sequence.RNN. Its value is the last states
// (Units, N), or those of all times, (Units, T, N). Elsewhere: SimpleRNN.
type RNN struct {
	Units      int
	All        bool       // the values of all times: Keras's return_sequences
	Both       bool       // and, in more rows, those of a second recurrence that runs backwards: (2·Units, …)
	Activation Activation // g; the zero value is Tanh
}

// Apply returns the states.
func (l RNN) Apply(b *Builder, a *graph.Node) *graph.Node {
	g := l.Activation
	if g.Name == "" && g.Of == nil {
		g = Tanh
	}
	return recurrent(b, a, l.Units, l.All, l.Both, func() sequence.Cell {
		w, u := b.Weight(l.Units, a.Shape().Dim(0), nil), b.Weight(l.Units, l.Units, nil)
		return sequence.RNN(w, u, b.Bias(l.Units), g.apply)
	})
}

// String names the layer and its activation.
func (l RNN) String() string { return withActivation(recurrentName("RNN", l.Both), l.Activation) }

// An LSTM layer is a long short-term memory of Units units: see sequence.LSTM. Its value is the last
// hidden values (Units, N), or those of all times, (Units, T, N).
type LSTM struct {
	Units int
	All   bool // the values of all times: Keras's return_sequences
	Both  bool // and, in more rows, those of a second memory that runs backwards: (2·Units, …)
}

// Apply returns the hidden values.
func (l LSTM) Apply(b *Builder, a *graph.Node) *graph.Node {
	return recurrent(b, a, l.Units, l.All, l.Both, func() sequence.Cell {
		w, u := b.Weight(4*l.Units, a.Shape().Dim(0), nil), b.Weight(4*l.Units, l.Units, nil)
		return sequence.LSTM(w, u, b.Param(fmt.Sprint("b", len(b.weights)), forgetNothing, 4*l.Units, 1))
	})
}

// String names the layer.
func (l LSTM) String() string { return recurrentName("LSTM", l.Both) }

// forgetNothing begins with 1 in the rows of the forget gate, as Keras does, and 0 in the others.
func forgetNothing(w []float64, m, _ int, _ Draw) {
	for i := m / 4; i < m/2; i++ {
		w[i] = 1
	}
}

// A GRU layer is a gated recurrent unit of Units units: see sequence.GRU, and LSTM for the rest.
type GRU struct {
	Units int
	All   bool
	Both  bool
}

// Apply returns the hidden values.
func (l GRU) Apply(b *Builder, a *graph.Node) *graph.Node {
	return recurrent(b, a, l.Units, l.All, l.Both, func() sequence.Cell {
		w := b.Weight(3*l.Units, a.Shape().Dim(0), nil)
		c := b.Bias(3 * l.Units)
		u := b.Weight(3*l.Units, l.Units, nil)
		return sequence.GRU(w, u, c, b.Bias(3*l.Units))
	})
}

// String names the layer.
func (l GRU) String() string { return recurrentName("GRU", l.Both) }

func recurrentName(name string, both bool) string {
	if both {
		return name + " (both ways)"
	}
	return name
}

// recurrent runs one cell or two over a sequence.
func recurrent(b *Builder, a *graph.Node, units int, all, both bool, cell func() sequence.Cell) *graph.Node {
	switch {
	case a.Err() != nil:
		return a
	case a.Shape().Rank() != 3:
		return b.fail(fmt.Errorf("%w: a recurrent layer after values of shape %v, want a sequence (n, T, N): put Reshape before it", ErrOption, a.Shape()))
	case units < 1:
		return b.fail(fmt.Errorf("%w: a recurrent layer of %d units", ErrOption, units))
	}
	hidden := func(o sequence.Options) *graph.Node {
		c := cell()
		states := c.Over(a, o)
		if !all {
			states = ops.ExpandDims(c.Final(states, o), 1)
		}
		return c.Hidden(states)
	}
	h := hidden(sequence.Options{})
	if both {
		h = ops.Concat(0, h, hidden(sequence.Options{Back: true}))
	}
	if all {
		return h
	}
	return ops.Squeeze(h, 1)
}
