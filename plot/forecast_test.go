package plot_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/plot"
)

// A forecast of the last times lies where those of the series are: one that is right ends the same line.
func TestForecast(t *testing.T) {
	f := must(plot.Forecast("passengers", plot.Line{Name: "was", Values: []float64{3, 1, 4, 1, 5}}, plot.Line{Name: "said", Values: []float64{4, 1, 5}}))(t)
	wantTexts(t, f, "passengers", "was", "said", "time")
	var b strings.Builder
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	var lines [][]string
	for _, m := range path.FindAllStringSubmatch(b.String(), -1) {
		var points []string
		for _, p := range moves.FindAllStringSubmatch(m[1], -1) {
			points = append(points, strings.TrimLeft(p[0], "ML"))
		}
		if len(points) == 3 || len(points) == 5 {
			lines = append(lines, points)
		}
	}
	if len(lines) != 2 || len(lines[0]) != 5 || !slices.Equal(lines[1], lines[0][2:]) {
		t.Errorf("lines %q, want one of five points and one of its last three", lines)
	}
}

func TestForecastRefuses(t *testing.T) {
	series := plot.Line{Name: "was", Values: []float64{1, 2}}
	for want, c := range map[error]struct{ series, forecast plot.Line }{
		plot.ErrEmpty:     {series, plot.Line{}},
		plot.ErrLength:    {series, plot.Line{Values: []float64{1, 2, 3}}},
		plot.ErrNotFinite: {series, plot.Line{Values: []float64{math.NaN()}}},
	} {
		if _, err := plot.Forecast("", c.series, c.forecast); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", c.forecast, err, want)
		}
	}
	if _, err := plot.Forecast("", plot.Line{}); !errors.Is(err, plot.ErrEmpty) {
		t.Errorf("no series: %v", err)
	}
}
