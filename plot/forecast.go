package plot

import (
	"fmt"

	"gonum.org/v1/plot/plotter"
)

// A Line is a row of numbers, one of each time, and its name in the key.
type Line struct {
	Name   string
	Values []float64
}

// Forecast draws a series in time and what forecasts said of its last times, as many as each has. The
// first time is 1; name is that of the numbers.
//
// The error wraps ErrEmpty if the series or a forecast has no numbers, ErrLength if a forecast is longer
// than the series, and ErrNotFinite if a number is NaN or infinite.
func Forecast(name string, series Line, forecasts ...Line) (*Figure, error) {
	p := canvas("Forecast", "time", shorten(name, 24))
	p.X.Tick.Marker = wholeTicks{}
	grid(p)
	for i, l := range append([]Line{series}, forecasts...) {
		before := len(series.Values) - len(l.Values)
		switch {
		case len(l.Values) == 0:
			return nil, fmt.Errorf("plot: no numbers of %s: %w", l.Name, ErrEmpty)
		case before < 0:
			return nil, fmt.Errorf("plot: %d numbers of %s for a series of %d: %w", len(l.Values), l.Name, len(series.Values), ErrLength)
		}
		points := make(plotter.XYs, len(l.Values))
		for t, v := range l.Values {
			if err := finite(l.Name+" of time", before+t+1, v); err != nil {
				return nil, err
			}
			points[t] = plotter.XY{X: float64(before + t + 1), Y: v}
		}
		if err := line(p, i, l.Name, thin(points)); err != nil {
			return nil, err
		}
	}
	return figure("Forecast", p), nil
}
