package main

import (
	"math"
	"math/rand/v2"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A model is a function of the growth of twelve months within a year (1, year, N), in logarithms: how
// much more than the last of them the next month grows, (1, 1, N).
type model func(growth *graph.Node, w weights) *graph.Node

// A training moves the weights of a model.
type training struct {
	opt     *optim.Optimizer
	x, y, a *graph.Node // the months before, the next one, the forecast
}

func newTraining(f model, seed uint64) *training {
	g := graph.New()
	x, y := g.Input("x", 1, lags, graph.Batch), g.Input("y", 1, 1, graph.Batch)
	growth := ops.Sub(ops.Slice(x, 1, year, lags), ops.Slice(x, 1, 0, year))
	more := ops.Scale(0.2, f(ops.Scale(5, growth), weights{g, rand.New(rand.NewPCG(seed, 0))}))
	a := ops.Add(ops.Slice(x, 1, year, year+1), ops.Add(ops.Slice(growth, 1, year-1, year), more))
	opt := example.Must(optim.Minimize(ops.Mean(ops.Square(ops.Sub(a, y))), optim.Adam{Rate: 0.003}))
	return &training{opt, x, y, a}
}

// feed feeds the months of a data set.
func (t *training) feed(p interface {
	Feed(x *graph.Node, v *tensor.Dense) error
}, d *data.Dataset) {
	columns, targets := example.Columns(d)
	example.Check(columns.Reshape(1, lags, d.Rows()))
	example.Check(targets.Reshape(1, 1, d.Rows()))
	example.Check(p.Feed(t.x, columns))
	example.Check(p.Feed(t.y, targets))
}

// fit trains for so many steps, and returns the forecasts of the months of test after 0, 10, 20, … of them.
func fit(train, test *data.Dataset, steps int, f model, seed uint64) (forecasts [][]float64) {
	t := newTraining(f, seed)
	t.feed(t.opt, train)
	p := example.Must(graph.Compile(t.a))
	for step := range steps + 1 {
		if step%10 == 0 {
			t.feed(p, test)
			example.Check(p.Run())
			forecasts = append(forecasts, graph.Values[float64](example.Must(p.Value(t.a))))
		}
		example.Check(t.opt.Step())
	}
	return forecasts
}

// ensemble is the mean of the forecasts of five models, which differ in their first weights.
func ensemble(train, test *data.Dataset, steps int, f model) [][]float64 {
	const members = 5
	var mean [][]float64
	for seed := range uint64(members) {
		for i, forecast := range fit(train, test, steps, f, seed) {
			if seed == 0 {
				mean = append(mean, make([]float64, len(forecast)))
			}
			for k, v := range forecast {
				mean[i][k] += v / members
			}
		}
	}
	return mean
}

// forecasts returns those of a model after the number of steps, up to most, that is best for the last
// months of train.
func forecasts(train, test *data.Dataset, most int, f model) (forecast []float64, steps int) {
	early, late, err := train.SplitInTime(held)
	example.Check(err)
	best := math.Inf(1)
	for i, forecast := range ensemble(early, late, most, f) {
		if d := off(late, forecast); d < best {
			best, steps = d, 10*i
		}
	}
	all := ensemble(train, test, steps, f)
	return all[len(all)-1], steps
}

// naive are forecasts by the months before alone.
func naive(test *data.Dataset, f func(x []float64) float64) []float64 {
	forecast := make([]float64, test.Rows())
	for i := range forecast {
		forecast[i] = f(test.Row(i))
	}
	return forecast
}

// weights makes parameters (m, n), normal with the deviation 1/√(m+n).
type weights struct {
	g      *graph.Graph
	random *rand.Rand
}

func (w weights) of(name string, m, n int) *graph.Node {
	v := example.Zeros(m, n)
	for i := range v.Float64s() {
		v.Float64s()[i] = w.random.NormFloat64() / math.Sqrt(float64(m+n))
	}
	return w.g.Param(name, v)
}

// off is the root of the mean square of how far forecasts are off, in passengers.
func off(test *data.Dataset, forecast []float64) float64 {
	sum := 0.0
	for i, v := range forecast {
		d := math.Exp(v) - math.Exp(test.Y[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(forecast)))
}
