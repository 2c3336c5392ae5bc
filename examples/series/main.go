// Series forecasts a series in time: the passengers of airlines in the next month, from those of the
// last twelve, by an LSTM, held against the same month of the last year and a linear map. The last two
// years are held out.
//
// The data are series G of G. Box and G. Jenkins, Time Series Analysis, 1976.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
	"adjoint/plot"
	"adjoint/sequence"

	"gorgonia.org/tensor"
)

//go:embed airline_passengers.csv
var passengers string

const lags, held = 12, 24

func main() {
	steps := flag.Int("steps", 600, "steps of training, each with all months")
	units := flag.Int("units", 12, "units of the LSTM")
	svg := flag.String("svg", "", "a file for a picture of the forecast")
	flag.Parse()
	var months [][]float64
	for _, line := range strings.Fields(passengers)[1:] {
		_, count, _ := strings.Cut(line, ",")
		months = append(months, []float64{math.Log(example.Must(strconv.ParseFloat(count, 64)))}) // growth is a factor
	}
	series := example.Must(data.New(months, nil, data.Regression))
	all := example.Must(series.Lags(series.Features[0], lags, 1))
	train, test, err := all.SplitInTime(held)
	example.Check(err)

	lastYear := make([]float64, held)
	for i := range lastYear {
		lastYear[i] = test.Row(i)[0]
	}
	fmt.Printf("last year   %6.1f passengers off, in the root of the mean square\n", off(test, lastYear))
	random := rand.New(rand.NewPCG(1, 0))
	linear := fit(train, test, *steps, func(x *graph.Node) *graph.Node {
		return sequence.Affine(weight(x, random, 1, lags), weight(x, random, 1, 1), ops.Reshape(x, lags, 1, graph.Batch))
	})
	fmt.Printf("linear      %6.1f\n", off(test, linear))
	forecast := fit(train, test, *steps, func(x *graph.Node) *graph.Node {
		m := 4 * *units
		cell := sequence.LSTM(weight(x, random, m, 1), weight(x, random, m, *units), weight(x, random, m, 1))
		last := ops.ExpandDims(cell.Final(cell.Over(x, sequence.Options{}), sequence.Options{}), 1)
		return sequence.Affine(weight(x, random, 1, *units), weight(x, random, 1, 1), cell.Hidden(last))
	})
	fmt.Printf("LSTM        %6.1f\n", off(test, forecast))
	sketch(test, forecast)
	if *svg != "" {
		for _, v := range [][]float64{test.Y, forecast} {
			for i := range v {
				v[i] = math.Exp(v[i])
			}
		}
		f := example.Must(plot.PredictedActual(test, forecast))
		file := example.Must(os.Create(*svg))
		example.Check(f.WriteSVG(file))
		example.Check(file.Close())
	}
}

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
func weight(x *graph.Node, random *rand.Rand, m, n int) *graph.Node {
	v := example.Zeros(m, n)
	for i := range v.Float64s() {
		v.Float64s()[i] = random.NormFloat64() / math.Sqrt(float64(m+n))
	}
	return x.Graph().Param("w", v)
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
