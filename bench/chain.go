package main

import (
	"time"

	"adjoint/bench/internal/record"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A chainData is what a chain of layers is made of.
type chainData struct {
	dtype tensor.Dtype
	x     *tensor.Dense   // 32 examples
	w, b  []*tensor.Dense // of each layer
}

const chainWidth, chainExamples = 16, 32

func newChainData(dtype tensor.Dtype, layers int) *chainData {
	d := &chainData{dtype: dtype, x: normals(dtype, chainWidth, chainExamples, 41, 1)}
	for l := range layers {
		d.w = append(d.w, normals(dtype, chainWidth, chainWidth, 100+uint64(l), 1.3/4))
		d.b = append(d.b, zeros(dtype, chainWidth, 1))
	}
	return d
}

// chainsOf measures W5. A step is the gradient in all weights and biases; building
// is all that is done until the first step has been: what it needs is made when it is.
func chainsOf(newChain func(*chainData) (trainer, error)) func(tensor.Dtype) ([]record.Line, error) {
	return func(dtype tensor.Dtype) (lines []record.Line, err error) {
		for _, layers := range []int{10, 100, 1000} {
			d, build := newChainData(dtype, layers), []float64{}
			l, err := measure(5, max(3, 3000/layers), func() (stepper, error) {
				begin := time.Now()
				c, err := newChain(d)
				if err == nil {
					err = c.Steps(1)
				}
				build = append(build, 1e3*time.Since(begin).Seconds())
				return c, err
			})
			if err != nil {
				return nil, err
			}
			l.Layers, l.BuildMs = layers, round(median(build))
			lines = append(lines, l)
		}
		return lines, nil
	}
}

// A chain is J, the mean of the squares of what comes out of layers tanh(wx + b).
type chain struct{ *optim.Objective }

func newChain(d *chainData) (trainer, error) {
	x, j := chainCost(d)
	o, err := optim.NewObjective(j)
	if err != nil {
		return nil, err
	}
	return &chain{o}, o.Feed(x, d.x)
}

// chainCost builds J of x.
func chainCost(d *chainData) (x, j *graph.Node) {
	g := graph.NewOf(d.dtype)
	x = g.Input("x", chainWidth, graph.Batch)
	a := x
	for l := range d.w {
		a = ops.Tanh(ops.Bias(g.Param("b", d.b[l]), ops.MatMul(g.Param("w", d.w[l]), a)))
	}
	return x, ops.Mean(ops.Square(a))
}

func (c *chain) Steps(k int) error {
	for range k {
		if _, err := c.Gradient(); err != nil {
			return err
		}
	}
	return nil
}

func (c *chain) Close() error { return nil }
