package main

import (
	"fmt"
	"math"
	"os"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/plot"
)

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

// picture writes a picture of the last months of a series and of forecasts, all in logarithms, as numbers of
// passengers.
func picture(path string, series []float64, forecasts ...plot.Line) {
	lines := append([]plot.Line{{Name: "passengers", Values: series}}, forecasts...)
	for i, l := range lines {
		passengers := make([]float64, len(l.Values))
		for k, v := range l.Values {
			passengers[k] = math.Exp(v)
		}
		lines[i].Values = passengers
	}
	f := example.Must(plot.Forecast("passengers", lines[0], lines[1:]...))
	file := example.Must(os.Create(path))
	example.Check(f.WriteSVG(file))
	example.Check(file.Close())
}
