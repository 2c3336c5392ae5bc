package plot

import (
	"fmt"
	"slices"

	"adjoint/data"

	"gonum.org/v1/plot/plotter"
)

// rocClasses is the largest number of curves for which the legend has room.
const rocClasses = 16

// ROC draws receiver operating characteristics: the true positive rate against the false
// positive rate for every threshold, with the area under each curve in the legend. proba
// is the result of a model's PredictProba for the rows of d. For two classes the curve is
// that of the second class; for more, each class that occurs has a curve, one versus
// rest.
//
// The error wraps ErrLength if proba does not have a row for each row of d, ErrShape if
// rows do not have one number or k, ErrLabel if d has no classes, ErrOneClass if only one
// occurs, ErrNotFinite for a NaN, and ErrSize for more than 16 classes.
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

	p := canvas("ROC", "false positive rate", "true positive rate")
	p.X.Tick.Marker, p.Y.Tick.Marker = fifths(), fifths()
	grid(p)
	first := 0
	if k == 2 {
		first = 1
	}
	drawn := 0
	for c := first; c < k; c++ {
		column := min(c, outputs-1)
		score := make([]float64, len(proba))
		positive := make([]bool, len(proba))
		for i, row := range proba {
			score[i], positive[i] = row[column], d.Y[i] == float64(c)
		}
		points, area, ok := roc(positive, score)
		if !ok {
			continue
		}
		if err := line(p, drawn, fmt.Sprintf("%s, AUC %.3f", shorten(d.Classes[c], 18), area), thin(points)); err != nil {
			return nil, err
		}
		drawn++
	}
	chance, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return nil, err
	}
	chance.Color, chance.Dashes = grey, dashes[2]
	p.Add(chance)
	p.Legend.Add("chance", chance)
	p.Legend.YOffs = 6
	if drawn > 6 {
		p.Legend.TextStyle.Font.Size = 10
		p.Legend.Padding = 0.5
	}
	p.Add(backdrop{})
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1.01
	return figure("ROC curves", p), nil
}

// roc returns the points of the curve and the area under it. Rows of equal score make
// one diagonal step, so that ties count one half (T. Fawcett, An introduction to ROC
// analysis, 2006, algorithms 1 and 2). ok is false if there are no positives or no
// negatives.
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
