package plot

import (
	"fmt"
	"image/color"
	"strconv"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// matrixClasses is the largest number of classes of a confusion matrix. With more the
// counts would be too small to read.
const matrixClasses = 60

// namesWidth is what the names of the rows take up, in points, and digitWidth the width of a
// digit, as a part of its size.
const (
	namesWidth = 110
	digitWidth = 0.56
)

// ConfusionMatrix draws the counts of models.Scores.Confusion, with a row for each true
// class and a column for each predicted class. The colour of a cell shows its share of
// its row. classes are the names; nil means 0, 1, ….
//
// The error wraps ErrEmpty if there are no counts, ErrShape if counts is not square, has
// a negative entry, or does not have the size of classes, and ErrSize for more than 60
// classes.
func ConfusionMatrix(counts [][]int, classes []string) (*Figure, error) {
	k := len(counts)
	if classes == nil {
		for i := range counts {
			classes = append(classes, strconv.Itoa(i))
		}
	}
	digits, err := digitsOf(counts, len(classes))
	if err != nil {
		return nil, err
	}
	p := canvas("Confusion matrix", "predicted", "true")
	var at plotter.XYs
	var texts []string
	var inks []color.Color
	for i, row := range counts {
		sum := 0
		for _, n := range row {
			sum += n
		}
		for j, n := range row {
			part := float64(n) / float64(max(sum, 1))
			x, y := float64(j), float64(k-1-i)
			cell, err := plotter.NewPolygon(plotter.XYs{{X: x - .5, Y: y - .5}, {X: x + .5, Y: y - .5}, {X: x + .5, Y: y + .5}, {X: x - .5, Y: y + .5}})
			if err != nil {
				return nil, err
			}
			paper := blend(palette[0], 0.02+0.98*part) // never white, which is dark on a dark screen
			cell.Color = paper
			cell.LineStyle.Color, cell.LineStyle.Width = faint, 1
			p.Add(cell)
			at = append(at, plotter.XY{X: x, Y: y})
			texts = append(texts, strconv.Itoa(n))
			if n == 0 {
				inks = append(inks, cellGrey)
			} else {
				inks = append(inks, inkOn(paper))
			}
		}
	}
	size := max(6, min(14, 140/float64(k)))
	p.Add(labels(at, texts, size, func(i int) color.Color { return inks[i] }))

	cell := max(26, digitWidth*size*float64(digits)+6, (float64(plotWidth)-namesWidth)/float64(k))
	up := make([]string, k)
	across := make([]string, k)
	for i, c := range classes {
		up[k-1-i] = shorten(c, 14)
		across[i] = shorten(c, max(3, int((cell-15)/6)+1)) // 15 for the … and a gap, 6 for a letter
	}
	p.NominalX(across...)
	p.NominalY(up...)
	p.X.Color, p.Y.Color = color.Transparent, color.Transparent
	p.X.Width, p.Y.Width = 0, 0
	p.X.Min, p.Y.Min = -.5, -.5
	p.X.Max, p.Y.Max = float64(k)-.5, float64(k)-.5
	p.X.Padding, p.Y.Padding = 4, 4
	f := figure("Confusion matrix", p)
	f.height = max(plotHeight, vg.Length(20*k+70))
	f.width = vg.Length(cell*float64(k) + namesWidth)
	return f, nil
}

// digitsOf returns how many digits the largest count has, or why counts are no confusion matrix
// of so many classes.
func digitsOf(counts [][]int, classes int) (int, error) {
	k := len(counts)
	if classes != k {
		return 0, fmt.Errorf("plot: a confusion matrix of %d rows for %d classes: %w", k, classes, ErrShape)
	}
	if k > matrixClasses {
		return 0, fmt.Errorf("plot: a confusion matrix of %d classes, more than %d: %w", k, matrixClasses, ErrSize)
	}
	total, digits := 0, 1
	for i, row := range counts {
		if len(row) != k {
			return 0, fmt.Errorf("plot: row %d of a confusion matrix of %d rows has %d counts: %w", i, k, len(row), ErrShape)
		}
		for j, n := range row {
			if n < 0 {
				return 0, fmt.Errorf("plot: count %d in row %d, column %d of a confusion matrix: %w", n, i, j, ErrShape)
			}
			total += n
			digits = max(digits, len(strconv.Itoa(n)))
		}
	}
	if total == 0 {
		return 0, fmt.Errorf("plot: a confusion matrix without counts: %w", ErrEmpty)
	}
	return digits, nil
}
