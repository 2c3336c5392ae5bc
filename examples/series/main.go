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
	"adjoint/plot"
	"adjoint/sequence"
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
		return sequence.Affine(weight(x, "w", random, 1, lags), weight(x, "b", random, 1, 1), ops.Reshape(x, lags, 1, graph.Batch))
	})
	fmt.Printf("linear      %6.1f\n", off(test, linear))
	forecast := fit(train, test, *steps, func(x *graph.Node) *graph.Node {
		m := 4 * *units
		cell := sequence.LSTM(weight(x, "w", random, m, 1), weight(x, "u", random, m, *units), weight(x, "b", random, m, 1))
		last := ops.ExpandDims(cell.Final(cell.Over(x, sequence.Options{}), sequence.Options{}), 1)
		return sequence.Affine(weight(x, "v", random, 1, *units), weight(x, "c", random, 1, 1), cell.Hidden(last))
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
