package main

import (
	"math"

	"adjoint/bench/internal/record"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// A sequenceWork is a cost and its gradient in all weights and in the input.
type sequenceWork struct {
	program *graph.Program
	j       *graph.Node
}

func (s *sequenceWork) Steps(k int) error {
	for range k {
		if err := s.program.Run(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sequenceWork) Loss() (float64, error) {
	v, err := s.program.Value(s.j)
	if err != nil {
		return 0, err
	}
	return entries(v)[0], nil
}

func (s *sequenceWork) Close() error { return nil }

// newSequenceWork compiles J of x (n, T, N), which has the entries that PyTorch's (T, N, n) or, if
// examples come first, (N, T, n) would have of the seed.
func newSequenceWork(j, x *graph.Node, wrt []*graph.Node, n, times, examples int, seed uint64, examplesFirst bool) (trainer, error) {
	p, err := graph.Compile(append([]*graph.Node{j}, graph.Gradient(j, append(wrt, x)...)...)...)
	if err != nil {
		return nil, err
	}
	rows := filled(x.Graph().Dtype(), n, times*examples, func(i int) float64 {
		f, t, e := i/(times*examples), i/examples%times, i%examples
		if examplesFirst {
			return normal(seed, (e*times+t)*n+f)
		}
		return normal(seed, (t*examples+e)*n+f)
	})
	if err := rows.Reshape(n, times, examples); err != nil {
		return nil, err
	}
	s := &sequenceWork{p, j}
	if err := p.Feed(x, rows); err != nil {
		return nil, err
	}
	return s, s.Steps(3)
}

// An lstmSize is that of W9 or W10.
type lstmSize struct{ hidden, features, times, examples, steps int }

var lstmSizes = map[string]lstmSize{"W9": {64, 32, 50, 32, 20}, "W10": {256, 256, 128, 16, 5}}

// newLSTM is W9 or W10: J = Σh²/(T·N) of a Scan, or of the graph that is as long as the sequence.
func newLSTM(dtype tensor.Dtype, s lstmSize, unrolled bool) (trainer, error) {
	g := graph.NewOf(dtype)
	param := func(rows, columns int, seed uint64) *graph.Node {
		return g.Param("p", normals(dtype, rows, columns, seed, 1/math.Sqrt(float64(s.hidden))))
	}
	m := 4 * s.hidden
	w, u, b, d := param(m, s.features, 92), param(m, s.hidden, 93), param(m, 1, 94), param(m, 1, 95)
	cell := sequence.LSTM(w, u, ops.Add(b, d))
	x := g.Input("x", s.features, s.times, s.examples)
	var states *graph.Node
	if unrolled {
		var all []*graph.Node
		state := g.Const(0, cell.State, s.examples)
		for t := range s.times {
			state = cell.Step(state, ops.Index(x, 1, t))
			all = append(all, state)
		}
		states = ops.Stack(1, all...)
	} else {
		states = cell.Over(x, sequence.Options{})
	}
	j := ops.Scale(1/float64(s.times*s.examples), ops.Sum(ops.Square(cell.Hidden(states))))
	return newSequenceWork(j, x, []*graph.Node{w, u, b, d}, s.features, s.times, s.examples, 91, false)
}

// newBlock is W11: the mean of the squares of a causal transformer block of width 128 with 4 heads and
// 512 wide units, T 128, N 8. Biases are 0 and gains 1.
func newBlock(dtype tensor.Dtype) (trainer, error) {
	const d, heads, times, examples = 128, 4, 128, 8
	g := graph.NewOf(dtype)
	var wrt []*graph.Node
	param := func(v *tensor.Dense) *graph.Node {
		wrt = append(wrt, g.Param("p", v))
		return wrt[len(wrt)-1]
	}
	weight := func(rows, columns int, seed uint64) *graph.Node {
		return param(normals(dtype, rows, columns, seed, 1/math.Sqrt(float64(columns))))
	}
	constant := func(rows int, c float64) *graph.Node {
		return param(filled(dtype, rows, 1, func(int) float64 { return c }))
	}
	norm := func() sequence.Norm { return sequence.Norm{Gain: constant(d, 1), Bias: constant(d, 0)} }
	b := sequence.Block{
		Before: norm(), After: norm(),
		Attention: sequence.Heads{
			Count: heads, In: weight(3*d, d, 100), InBias: constant(3*d, 0), Out: weight(d, d, 102), OutBias: constant(d, 0),
		},
		W: weight(4*d, d, 104), WBias: constant(4*d, 0), V: weight(d, 4*d, 106), VBias: constant(d, 0),
		Activation: ops.GELU,
	}
	x := g.Input("x", d, times, examples)
	j := ops.Mean(ops.Square(b.Of(x, sequence.Masks{Causal: true}, nil)))
	return newSequenceWork(j, x, wrt, d, times, examples, 95, true)
}

// sequences measures works that have a figure by one way.
func sequences(steps int, start func(dtype tensor.Dtype) (trainer, error)) func(tensor.Dtype) ([]record.Line, error) {
	return func(dtype tensor.Dtype) ([]record.Line, error) {
		return oneLine(measure(5, steps, func() (stepper, error) { return start(dtype) }))
	}
}

func lstms(work string, unrolled bool) func(tensor.Dtype) ([]record.Line, error) {
	s := lstmSizes[work]
	return sequences(s.steps, func(dtype tensor.Dtype) (trainer, error) { return newLSTM(dtype, s, unrolled) })
}
