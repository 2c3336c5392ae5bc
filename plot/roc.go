package plot

import (
	"fmt"
	"slices"

	"adjoint/data"

	"gonum.org/v1/plot/plotter"
)

// rocClasses is the largest number of curves for which there are colours, dashes
// and room in the key.
const rocClasses = 16

// ROC draws receiver operating characteristics, with the area under each in the
// key: the true positive rate against the false positive rate for every
// threshold. proba is what PredictProba of a model says of the rows of d: a
// number a row, of which one curve is drawn, that of the second class; or a
// number for each class, of which there is a curve a class, one against the rest.
// A class that does not occur has no curve. Of more than two classes, whose curves
// lie close together, the corner that they run through is drawn larger beside them.
//
// It is ErrLength if proba has not a row for each of d, ErrShape if not one or k
// numbers a row, ErrLabel if d has no classes, ErrOneClass if only one occurs,
// ErrNotFinite for a NaN, and ErrSize for more than 16 classes.
func ROC(d *data.Dataset, proba [][]float64) (*Figure, error) {
	if d == nil || d.Rows() == 0 {
		return nil, fmt.Errorf("plot: an ROC curve of no rows: %w", ErrEmpty)
	}
	if err := d.CheckClasses(); err != nil {
		return nil, fmt.Errorf("plot: an ROC curve: %w", err)
	}
	k := len(d.Classes)
	if k > rocClasses {
		return nil, fmt.Errorf("plot: ROC curves of %d classes, more than %d: %w", k, rocClasses, ErrSize)
	}
	if len(proba) != len(d.Y) {
		return nil, fmt.Errorf("plot: probabilities of %d rows for %d targets: %w", len(proba), len(d.Y), ErrLength)
	}
	outputs := len(proba[0])
	if outputs != k && (outputs != 1 || k != 2) {
		return nil, fmt.Errorf("plot: %d probabilities a row for %d classes: %w", outputs, k, ErrShape)
	}
	for i, row := range proba {
		if len(row) != outputs {
			return nil, fmt.Errorf("plot: %d probabilities in row %d, %d in row 0: %w", len(row), i, outputs, ErrShape)
		}
		for _, v := range row {
			if err := finite("a probability of row", i, v); err != nil {
				return nil, err
			}
		}
	}

	first := 0
	if k == 2 {
		first = 1
	}
	var curves []curve
	for c := first; c < k; c++ {
		if points, area, ok := rocOf(d.Y, proba, c, min(c, outputs-1)); ok {
			curves = append(curves, curve{fmt.Sprintf("%s, AUC %.3f", shorten(d.Classes[c], 18), area), points})
		}
	}
	size, close := 0.0, false
	if len(curves) > 1 {
		size, close = cornerOf(curves)
	}
	whole, err := rocPanel("ROC", curves, 1, !close)
	if err != nil {
		return nil, err
	}
	f := figure("ROC curves", whole)
	if close {
		corner, err := rocPanel("The upper left corner", curves, size, true)
		if err != nil {
			return nil, err
		}
		f.panels = append(f.panels, corner)
	}
	return f, nil
}

// A curve is the ROC of a class, with its entry in the key.
type curve struct {
	name   string
	points plotter.XYs
}

// cornerOf returns the size of the upper left corner that all curves run through,
// with as much again around it. ok is false if that is no part of the whole.
func cornerOf(curves []curve) (size float64, ok bool) {
	worst := 0.0
	for _, c := range curves {
		nearest := 1.0
		for _, p := range c.points {
			nearest = min(nearest, max(p.X, 1-p.Y))
		}
		worst = max(worst, nearest)
	}
	for _, size := range []float64{0.05, 0.1, 0.2, 0.5} {
		if 2*worst <= size {
			return size, true
		}
	}
	return 0, false
}

// rocPanel draws the curves, as far as they are in the upper left corner of a size,
// and names them if it has the key.
func rocPanel(title string, curves []curve, size float64, key bool) (*panel, error) {
	p := canvas(title, "false positive rate", "true positive rate")
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(0, size, 5), ticks(1-size, 1, 5)
	grid(p)
	for i, c := range curves {
		if !key {
			c.name = ""
		}
		if err := line(p, i, c.name, thin(c.points)); err != nil {
			return nil, err
		}
	}
	chance, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return nil, err
	}
	chance.Color, chance.Dashes = grey, dashes[2]
	p.Add(chance)
	if key {
		p.entry("chance", chance)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, size, 1-size, 1+size/100
	return p, nil
}

// rocOf is roc of class c against the rest, by a column of the probabilities.
func rocOf(y []float64, proba [][]float64, c, column int) (points plotter.XYs, area float64, ok bool) {
	score := make([]float64, len(proba))
	positive := make([]bool, len(proba))
	for i, row := range proba {
		score[i], positive[i] = row[column], y[i] == float64(c)
	}
	return roc(positive, score)
}

// roc returns the points of the curve and the area under it. Rows of equal score
// make one step, aslant, so that ties count one half (T. Fawcett, An introduction
// to ROC analysis, 2006, algorithms 1 and 2). ok is false if there are no
// positives, or no negatives.
func roc(positive []bool, score []float64) (points plotter.XYs, area float64, ok bool) {
	order := make([]int, len(score))
	positives := 0
	for i := range order {
		order[i] = i
		if positive[i] {
			positives++
		}
	}
	negatives := len(score) - positives
	if positives == 0 || negatives == 0 {
		return nil, 0, false
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case score[i] > score[j]:
			return -1
		case score[i] < score[j]:
			return 1
		}
		return 0
	})
	points = plotter.XYs{{}}
	tp, fp := 0, 0
	for n, i := range order {
		if positive[i] {
			tp++
		} else {
			fp++
		}
		if n+1 < len(order) && score[order[n+1]] == score[i] {
			continue
		}
		last := points[len(points)-1]
		next := plotter.XY{X: float64(fp) / float64(negatives), Y: float64(tp) / float64(positives)}
		area += (next.X - last.X) * (next.Y + last.Y) / 2
		points = append(points, next)
	}
	return points, area, true
}
