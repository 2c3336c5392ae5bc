// Series forecasts a series in time: the passengers of airlines in the next month, by an LSTM, held against
// three others. All of them say by what factor a month has grown within a year, and read the factors of
// the twelve months before: none; that of the last month; a linear map; an LSTM. The linear map and the
// LSTM are trained in the same way, for as many steps as were best for the two years before the last
// two, which are held out.
//
// The data are series G of G. Box and G. Jenkins, Time Series Analysis, 1976.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/plot"
	"adjoint/sequence"
)

//go:embed airline_passengers.csv
var passengers string

const (
	year = 12
	lags = 2 * year // so that each of the twelve months before has a year before it
	held = 2 * year
)

func main() {
	most := flag.Int("steps", 600, "at most so many steps of training, each with all months")
	units := flag.Int("units", 8, "units of the LSTM")
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

	same := naive(test, func(x []float64) float64 { return x[year] })
	fmt.Printf("the same month of the last year   %5.1f passengers off, in the root of the mean square\n", off(test, same))
	grown := naive(test, func(x []float64) float64 { return x[year] + x[lags-1] - x[year-1] })
	fmt.Printf("grown as the last month           %5.1f\n", off(test, grown))
	linear, steps := forecasts(train, test, *most, func(x *graph.Node, w weights) *graph.Node {
		return sequence.Affine(w.of("w", 1, year), w.of("b", 1, 1), ops.Reshape(x, year, 1, graph.Batch))
	})
	fmt.Printf("linear, %3d steps                 %5.1f\n", steps, off(test, linear))
	forecast, steps := forecasts(train, test, *most, func(x *graph.Node, w weights) *graph.Node {
		m := 4 * *units
		cell := sequence.LSTM(w.of("w", m, 1), w.of("u", m, *units), w.of("b", m, 1))
		last := ops.ExpandDims(cell.Final(cell.Over(x, sequence.Options{}), sequence.Options{}), 1)
		return sequence.Affine(w.of("v", 1, *units), w.of("c", 1, 1), cell.Hidden(last))
	})
	fmt.Printf("LSTM, %3d steps                   %5.1f\n", steps, off(test, forecast))
	sketch(test, forecast)
	if *svg != "" {
		recent := series.X[len(series.X)-5*year:]
		picture(*svg, recent, plot.Line{Name: "the same month of the last year", Values: same},
			plot.Line{Name: "linear", Values: linear}, plot.Line{Name: "LSTM", Values: forecast})
	}
}
