package plot

import (
	"fmt"

	"adjoint/data"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// mostPoints is the number of points of a scatter: of more rows every second,
// third, … is drawn.
const mostPoints = 4000

// Regression draws how well numbers are predicted: PredictedActual and Residuals
// side by side.
func Regression(d *data.Dataset, predicted []float64) (*Figure, error) {
	f, err := PredictedActual(d, predicted)
	if err != nil {
		return nil, err
	}
	r, err := Residuals(d, predicted)
	if err != nil {
		return nil, err
	}
	f.panels = append(f.panels, r.panels...)
	f.Title = "Predictions and residuals"
	return f, nil
}

// PredictedActual draws the target of each row of d against what Predict of a model
// says of it, in the units of the data, with the line on which both are equal. Of
// many rows some thousands are drawn, evenly spaced.
//
// It is ErrEmpty if d has no rows, ErrLength if there is not a prediction for each,
// and ErrNotFinite if a target or a prediction is NaN or infinite.
func PredictedActual(d *data.Dataset, predicted []float64) (*Figure, error) {
	points, err := predictions(d, predicted)
	if err != nil {
		return nil, err
	}
	low, high := points[0].X, points[0].X
	for i, p := range points {
		low, high = min(low, p.X, p.Y), max(high, p.X, p.Y)
		points[i] = plotter.XY{X: p.Y, Y: p.X}
	}
	p := canvas("Predicted against actual", "actual"+unit(d), "predicted"+unit(d))
	grid(p)
	if err := scatter(p, points, plotter.XYs{{X: low, Y: low}, {X: high, Y: high}}, "equal"); err != nil {
		return nil, err
	}
	return figure("Predicted against actual", p), nil
}

// Residuals draws what is left of the target of each row of d, actual less
// predicted, against the prediction, with the line 0. A good model leaves no
// pattern. Rows and errors are as in PredictedActual.
func Residuals(d *data.Dataset, predicted []float64) (*Figure, error) {
	points, err := predictions(d, predicted)
	if err != nil {
		return nil, err
	}
	low, high := points[0].X, points[0].X
	for i, p := range points {
		low, high = min(low, p.X), max(high, p.X)
		points[i].Y = p.Y - p.X
	}
	p := canvas("Residuals", "predicted"+unit(d), "actual − predicted")
	grid(p)
	if err := scatter(p, points, plotter.XYs{{X: low}, {X: high}}, "no error"); err != nil {
		return nil, err
	}
	return figure("Residuals", p), nil
}

// predictions returns (predicted, actual) of the rows that are drawn.
func predictions(d *data.Dataset, predicted []float64) (plotter.XYs, error) {
	if d == nil || d.Rows() == 0 || len(d.Y) == 0 {
		return nil, fmt.Errorf("plot: predictions of no rows: %w", ErrEmpty)
	}
	if len(predicted) != len(d.Y) {
		return nil, fmt.Errorf("plot: %d predictions for %d targets: %w", len(predicted), len(d.Y), ErrLength)
	}
	step := (len(predicted) + mostPoints - 1) / mostPoints
	var points plotter.XYs
	for i, v := range predicted {
		if err := finite("prediction", i, v); err != nil {
			return nil, err
		}
		if err := finite("target", i, d.Y[i]); err != nil {
			return nil, err
		}
		if i%step == 0 {
			points = append(points, plotter.XY{X: v, Y: d.Y[i]})
		}
	}
	return points, nil
}

// unit names the target on an axis.
func unit(d *data.Dataset) string {
	if d.Target == "" {
		return ""
	}
	return " " + shorten(d.Target, 24)
}

// scatter draws points, so that where many lie it is darker, and a line.
func scatter(p *panel, points, ideal plotter.XYs, name string) error {
	s, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	s.GlyphStyle = draw.GlyphStyle{Color: rowInk, Radius: 2.5, Shape: draw.CircleGlyph{}}
	l, err := plotter.NewLine(ideal)
	if err != nil {
		return err
	}
	l.Color, l.Width, l.Dashes = ink, 1.25, dashes[1]
	p.Add(s, l)
	p.entry("row", s)
	p.entry(name, l)
	return nil
}
