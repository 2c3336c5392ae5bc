package main

import (
	"math"
	"slices"
	"time"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

// The transformer, and what a step sees. peer.py has the same numbers.
const (
	width, heads, layers = 128, 4, 2
	length, size         = 64, 16 // characters of a window, windows of a step
	rate, norm           = 1e-3, 1.0
)

// uniform is entry i of the numbers of a seed in [0, 1): the 53 leading bits of splitmix64.
func uniform(seed, i int) float64 {
	z := uint64(seed)<<32 + uint64(i+1)*0x9E3779B97F4A7C15
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return float64((z^z>>31)>>11) * 0x1p-53
}

// weights makes parameters, in an order that peer.py has too.
type weights struct {
	g     *graph.Graph
	count int
}

// matrix is uniform between ±√(3/columns).
func (w *weights) matrix(rows, columns int) *graph.Node {
	w.count++
	scale := math.Sqrt(3 / float64(columns))
	return w.param(rows, columns, func(i int) float64 { return scale * (2*uniform(w.count, i) - 1) })
}

func (w *weights) constant(c float64) *graph.Node {
	return w.param(width, 1, func(int) float64 { return c })
}

func (w *weights) param(rows, columns int, entry func(i int) float64) *graph.Node {
	v := tensor.New(tensor.Of(w.g.Dtype()), tensor.WithShape(rows, columns))
	for i := range rows * columns {
		if x := entry(i); w.g.Dtype() == tensor.Float32 {
			v.Float32s()[i] = float32(x)
		} else {
			v.Float64s()[i] = x
		}
	}
	return w.g.Param("w", v)
}

func (w *weights) norm() sequence.Norm {
	return sequence.Norm{Gain: w.constant(1), Bias: w.constant(0)}
}

// scores are those of what follows each of the symbols of windows (1, T, N).
func scores(g *graph.Graph, symbols int, index *graph.Node) *graph.Node {
	w := &weights{g: g}
	x, turn := sequence.Embed(w.matrix(symbols, width), index), sequence.Rotary(g.Const(0))
	for range layers {
		b := sequence.Block{
			Attention: sequence.Heads{Count: heads, In: w.matrix(3*width, width), Out: w.matrix(width, width)},
			W:         w.matrix(4*width, width), V: w.matrix(width, 4*width),
			Before: w.norm(), After: w.norm(), Activation: ops.GELU,
		}
		x = b.Of(x, sequence.Masks{Causal: true}, turn)
	}
	return sequence.Affine(w.matrix(symbols, width), nil, w.norm().Of(x))
}

// train is the side of this library.
func train(text *data.Text, dtype tensor.Dtype, steps int) (record, error) {
	g := graph.NewOf(dtype)
	index, next := g.Input("x", 1, length, size), g.Input("y", 1, length, size)
	j := sequence.CrossEntropy(scores(g, len(text.Alphabet), index), next)
	opt, err := optim.Minimize(j, optim.Adam{Rate: rate})
	if err != nil {
		return record{}, err
	}
	opt.Clip = optim.Clip{Norm: norm}
	r := record{Library: "adjoint"}
	var took []float64
	for step := range steps {
		if err := feed(opt, text, index, next, step); err != nil {
			return r, err
		}
		began := time.Now()
		loss, err := opt.StepLoss()
		if err != nil {
			return r, err
		}
		took = append(took, time.Since(began).Seconds()*1000)
		r.Losses = append(r.Losses, loss)
	}
	slices.Sort(took)
	r.Step = took[len(took)/2]
	return r, nil
}

// feed feeds the windows of a step.
func feed(opt *optim.Optimizer, text *data.Text, index, next *graph.Node, step int) error {
	dtype, starts := index.Graph().Dtype(), make([]int, size)
	for i := range starts {
		starts[i] = int(uniform(1000+step, i) * float64(len(text.Symbols)-length))
	}
	window := func() *tensor.Dense { return tensor.New(tensor.Of(dtype), tensor.WithShape(1, length, size)) }
	x, y := window(), window()
	var err error
	if dtype == tensor.Float32 {
		err = text.Gather32(x.Float32s(), y.Float32s(), starts)
	} else {
		err = text.Gather(x.Float64s(), y.Float64s(), starts)
	}
	if err != nil {
		return err
	}
	if err := opt.Feed(index, x); err != nil {
		return err
	}
	return opt.Feed(next, y)
}
