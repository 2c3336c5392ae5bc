package main

import (
	"math"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/optim"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// A training moves the weights of a model to where it knows better what comes next.
type training struct {
	opt          *optim.Optimizer
	index, next  *graph.Node
	length, size int
}

func newTraining(m *model, rate float64, steps, length, size int) *training {
	T := graph.Extent("T")
	index, next := m.g.Input("x", 1, T, graph.Batch), m.g.Input("y", 1, T, graph.Batch)
	j := sequence.CrossEntropy(m.scores(index), next)
	opt := example.Must(optim.Minimize(j, optim.Adam{Rate: rate}))
	opt.Clip = optim.Clip{Norm: 1}
	opt.Schedule = func(step int) float64 { return 1 - float64(step)/float64(steps) }
	return &training{opt, index, next, length, size}
}

// step moves the weights once, along the gradient for windows of a text.
func (t *training) step(text *data.Text, starts []int) {
	t.feed(text, starts)
	example.Check(t.opt.Step())
}

// bits is the mean over a text, of bits per character.
func (t *training) bits(text *data.Text) float64 {
	total, windows := 0.0, (len(text.Symbols)-1)/t.length
	for from := 0; from < windows; from += t.size {
		var starts []int
		for k := from; k < min(from+t.size, windows); k++ {
			starts = append(starts, k*t.length)
		}
		t.feed(text, starts)
		total += example.Must(t.opt.Loss()) * float64(len(starts))
	}
	return total / float64(windows) / math.Ln2
}

func (t *training) feed(text *data.Text, starts []int) {
	x, y := window(t.length, len(starts)), window(t.length, len(starts))
	example.Check(text.Gather32(x.Float32s(), y.Float32s(), starts))
	example.Check(t.opt.Feed(t.index, x))
	example.Check(t.opt.Feed(t.next, y))
}

// window is a tensor of so many windows.
func window(length, count int) *tensor.Dense {
	return tensor.New(tensor.WithShape(1, length, count), tensor.Of(tensor.Float32))
}
