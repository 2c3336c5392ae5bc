package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// fit trains a model of the growth over the same month of the last year, a function of the growth
// since then (1, lags, N), and returns the forecasts of the months of test.
func fit(train, test *data.Dataset, steps int, model func(x *graph.Node) *graph.Node) []float64 {
	g := graph.New()
	x, y := g.Input("x", 1, lags, graph.Batch), g.Input("y", 1, 1, graph.Batch)
	year := ops.Slice(x, 1, 0, 1)
	growth := model(ops.Scale(5, ops.Sub(x, ops.BroadcastTo(year, x.Shape()))))
	a := ops.Add(year, ops.Scale(0.2, growth))
	opt := example.Must(optim.Minimize(ops.Mean(ops.Square(ops.Sub(a, y))), optim.Adam{Rate: 0.01}))
	feed := func(p interface {
		Feed(x *graph.Node, v *tensor.Dense) error
	}, d *data.Dataset) {
		columns, targets := example.Columns(d)
		example.Check(columns.Reshape(1, lags, d.Rows()))
		example.Check(targets.Reshape(1, 1, d.Rows()))
		example.Check(p.Feed(x, columns))
		example.Check(p.Feed(y, targets))
	}
	feed(opt, train)
	for range steps {
		example.Check(opt.Step())
	}
	p := example.Must(graph.Compile(a))
	feed(p, test)
	example.Check(p.Run())
	return graph.Values[float64](example.Must(p.Value(a)))
}

// weight is a parameter (m, n), normal with the deviation 1/√(m+n).
func weight(x *graph.Node, name string, random *rand.Rand, m, n int) *graph.Node {
	v := example.Zeros(m, n)
	for i := range v.Float64s() {
		v.Float64s()[i] = random.NormFloat64() / math.Sqrt(float64(m+n))
	}
	return x.Graph().Param(name, v)
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

// sketch draws what was, o, and the forecast, +, of the months that are held out; # is both.
func sketch(test *data.Dataset, forecast []float64) {
	const from, to, lines = 300., 650., 14
	line := func(v float64) int { return int((to - math.Exp(v)) / (to - from) * lines) }
	for k := range lines {
		row := make([]byte, held)
		for i := range row {
			was, said := line(test.Y[i]) == k, line(forecast[i]) == k
			row[i] = map[[2]bool]byte{{false, false}: ' ', {true, false}: 'o', {false, true}: '+', {true, true}: '#'}[[2]bool{was, said}]
		}
		fmt.Printf("%4.0f │ %s\n", to-float64(k)*(to-from)/lines, row)
	}
}
