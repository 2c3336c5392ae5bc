package plot

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"adjoint/data"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// A Classifier is the part of a models.Model that DecisionBoundary needs.
type Classifier interface {
	PredictProba(d *data.Dataset) ([][]float64, error)
}

// boundaryCells is the number of points along each side of the plane at which class
// probabilities are computed.
const boundaryCells = 240

// DecisionBoundary draws the plane of the two features of d, coloured by the most
// probable class and its probability, with lines between the classes and the rows of d
// as points.
//
// The error wraps ErrFeatures if d does not have two features, ErrLabel if it has no
// classes, and ErrNotFinite if a row or a probability is not finite, or is the error of
// PredictProba.
func DecisionBoundary(m Classifier, d *data.Dataset) (*Figure, error) {
	if m == nil || d == nil || d.Rows() == 0 {
		return nil, fmt.Errorf("plot: a decision boundary without a model or rows: %w", ErrEmpty)
	}
	if len(d.Features) != 2 {
		return nil, fmt.Errorf("plot: a decision boundary of %d features, not 2: %w", len(d.Features), ErrFeatures)
	}
	if err := d.Check(); err != nil {
		return nil, fmt.Errorf("plot: a decision boundary: %w", err)
	}
	if len(d.Classes) < 2 {
		return nil, fmt.Errorf("plot: a decision boundary of %d classes: %w", len(d.Classes), ErrLabel)
	}
	x, y := extent(d, 0), extent(d, 1)
	for _, r := range []span{x, y} {
		if math.Abs(r.low) > 1e300 || math.Abs(r.high) > 1e300 {
			return nil, fmt.Errorf("plot: features from %g to %g: %w", r.low, r.high, ErrNotFinite)
		}
	}
	plane, err := probabilities(m, d, x, y)
	if err != nil {
		return nil, err
	}

	p := canvas("Decision boundary", shorten(d.Features[0], 40), shorten(d.Features[1], 30))
	p.Add(plotter.NewImage(regions(plane), x.low, y.low, x.high, y.high))
	for c, name := range d.Classes {
		var points plotter.XYs
		for i, label := range d.Y {
			if label == float64(c) {
				points = append(points, plotter.XY{X: d.Row(i)[0], Y: d.Row(i)[1]})
			}
		}
		if len(points) == 0 {
			continue
		}
		s, err := plotter.NewScatter(points)
		if err != nil {
			return nil, err
		}
		s.GlyphStyle = draw.GlyphStyle{Color: palette[c%len(palette)], Radius: 2.5, Shape: glyphs[c%len(glyphs)]}
		p.Add(s)
		p.entry(shorten(name, 18), s)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = x.low, x.high, y.low, y.high
	f := figure("Decision boundary", p)
	return f, nil
}

type span struct{ low, high float64 }

// at returns the middle of cell i.
func (s span) at(i int) float64 {
	return s.low + (float64(i)+0.5)/boundaryCells*(s.high-s.low)
}

// extent returns the range of a feature, with a tenth of it added on either side.
func extent(d *data.Dataset, feature int) span {
	s := span{math.Inf(1), math.Inf(-1)}
	for i := range d.Rows() {
		v := d.Row(i)[feature]
		s.low, s.high = min(s.low, v), max(s.high, v)
	}
	room := 0.1 * (s.high - s.low)
	if room == 0 {
		room = max(1, math.Abs(s.low)/10)
	}
	return span{s.low - room, s.high + room}
}

// A cell holds the most probable class at a point, and its probability.
type cell struct {
	class int
	p     float64
}

// probabilities returns the cells of the plane, row by row from the top.
func probabilities(m Classifier, d *data.Dataset, x, y span) ([]cell, error) {
	const n = boundaryCells
	points := make([]float64, 0, 2*n*n)
	for j := range n {
		for i := range n {
			points = append(points, x.at(i), y.at(n-1-j))
		}
	}
	proba, err := m.PredictProba(&data.Dataset{Features: d.Features, X: points})
	if err != nil {
		return nil, fmt.Errorf("plot: a decision boundary: %w", err)
	}
	if len(proba) != n*n {
		return nil, fmt.Errorf("plot: probabilities of %d rows for %d: %w", len(proba), n*n, ErrLength)
	}
	plane := make([]cell, n*n)
	for i, row := range proba {
		if len(row) == 1 && len(d.Classes) == 2 {
			row = []float64{1 - row[0], row[0]}
		}
		if len(row) != len(d.Classes) {
			return nil, fmt.Errorf("plot: %d probabilities for %d classes: %w", len(row), len(d.Classes), ErrShape)
		}
		best := 0
		for c, v := range row {
			if err := finite("a probability of point", i, v); err != nil {
				return nil, err
			}
			if v > row[best] {
				best = c
			}
		}
		plane[i] = cell{best, row[best]}
	}
	return plane, nil
}

// regions returns the plane as an image, with lines between the classes.
func regions(plane []cell) image.Image {
	const n = boundaryCells
	img := image.NewNRGBA(image.Rect(0, 0, n, n))
	for i, c := range plane {
		col, row := i%n, i/n
		var shade color.NRGBA
		switch {
		case col+1 < n && plane[i+1].class != c.class, row+1 < n && plane[i+n].class != c.class:
			shade = ink
		default:
			shade = blend(palette[c.class%len(palette)], 0.10+0.22*min(1, max(0, 2*c.p-1)))
		}
		img.SetNRGBA(col, row, shade)
	}
	return img
}
