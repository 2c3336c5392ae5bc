package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// ContactSheet draws the pictures of some rows of d, whose features are pixels, with their labels; nil
// means the first rows, up to 100. 0 is black and 1 white, or what is beyond.
//
// The error wraps ErrFeatures if features are no pixels of one or three channels (see data.Dataset.Shape), ErrShape if there is
// no such row, ErrSize for more than 400 pictures or 4 million pixels, and ErrNotFinite if a pixel is NaN or infinite.
func ContactSheet(d *data.Dataset, rows []int) (*Figure, error) {
	if rows == nil {
		for i := range min(100, d.Rows()) {
			rows = append(rows, i)
		}
	}
	s, err := picturesOf(d, rows)
	if err != nil {
		return nil, err
	}
	for _, i := range rows {
		s.add(i)
	}
	return sheet(fmt.Sprintf("%d of %d pictures", len(rows), d.Rows()), "", s.h, s.w, s.tiles)
}

// MostWrong draws the rows of d, as ContactSheet does, that were read wrong with the smallest probability of
// what is right, and says what each was read as, and how probable that was. probabilities are those of
// PredictProba for the rows of d, of each class or of the second of two; at most so many rows are drawn. The error is that of ContactSheet; it wraps
// ErrLength if there is not one row of probabilities for each row, or not one of them for each class, ErrLabel if
// d has no classes, and ErrEmpty if nothing was read wrong.
func MostWrong(d *data.Dataset, probabilities [][]float64, count int) (*Figure, error) {
	if len(d.Classes) == 0 || len(d.Y) != d.Rows() {
		return nil, fmt.Errorf("plot: wrong pictures among %d rows of %d classes: %w", d.Rows(), len(d.Classes), ErrLabel)
	}
	if len(probabilities) != d.Rows() {
		return nil, fmt.Errorf("plot: %d rows of probabilities for %d pictures: %w", len(probabilities), d.Rows(), ErrLength)
	}
	type mistake struct {
		row, read  int
		right, was float64
	}
	var mistakes []mistake
	for i, p := range probabilities {
		if len(p) == 1 && len(d.Classes) == 2 {
			p = []float64{1 - p[0], p[0]}
		}
		y := int(d.Y[i])
		switch {
		case len(p) != len(d.Classes):
			return nil, fmt.Errorf("plot: row %d has %d probabilities for %d classes: %w", i, len(p), len(d.Classes), ErrLength)
		case !(d.Y[i] >= 0 && y < len(p)):
			return nil, fmt.Errorf("plot: %s: label %g of %d classes: %w", d.Place(i), d.Y[i], len(d.Classes), ErrLabel)
		}
		read := slices.Index(p, slices.Max(p))
		if read < 0 {
			return nil, fmt.Errorf("plot: a probability of row %d is NaN: %w", i, ErrNotFinite)
		}
		if read != y {
			mistakes = append(mistakes, mistake{i, read, p[y], p[read]})
		}
	}
	slices.SortStableFunc(mistakes, func(a, b mistake) int { return cmp.Compare(a.right, b.right) })
	total := len(mistakes)
	if total == 0 {
		return nil, fmt.Errorf("plot: all of %d pictures were read right: %w", d.Rows(), ErrEmpty)
	}
	mistakes = mistakes[:min(max(count, 0), total)]
	rows := make([]int, len(mistakes))
	for k, m := range mistakes {
		rows[k] = m.row
	}
	s, err := picturesOf(d, rows)
	if err != nil {
		return nil, err
	}
	for _, m := range mistakes {
		s.add(m.row, fmt.Sprintf("read %s, %.2f", shorten(d.Classes[m.read], 12), m.was))
	}
	return sheet(fmt.Sprintf("%d of %d pictures that were read wrong", len(rows), total), "", s.h, s.w, s.tiles)
}

// Saliency draws the pictures of d, and beside each how the score of the class that was read moves with its
// pixels: slopes, as models.Saliency returns for d, each picture's on a scale of its own. Of three
// channels that with the largest slope counts. The error is that of ContactSheet for all rows; it wraps ErrLength if slopes do not
// have the size of d.
func Saliency(d *data.Dataset, slopes [][]float64) (*Figure, error) {
	rows := make([]int, d.Rows())
	for i := range rows {
		rows[i] = i
	}
	s, err := picturesOf(d, rows)
	if err != nil {
		return nil, err
	}
	if len(slopes) != len(rows) {
		return nil, fmt.Errorf("plot: slopes of %d pictures of %d: %w", len(slopes), len(rows), ErrLength)
	}
	for i, v := range slopes {
		if len(v) != len(d.Features) {
			return nil, fmt.Errorf("plot: %d slopes of %d pixels: %w", len(v), len(d.Features), ErrLength)
		}
		largest, err := most("slope", v)
		if err != nil {
			return nil, err
		}
		s.add(i)
		t := &s.tiles[i]
		t.pictures = append(t.pictures, signed(steepest(v, s.h*s.w), s.w, largest))
	}
	return sheet("Pictures, and how the score of the class moves with each pixel", "blue: less if brighter   white 0   vermillion: more", s.h, s.w, s.tiles)
}

// steepest returns of each pixel the slope of the channel in which it is largest.
func steepest(v []float64, pixels int) []float64 {
	list := slices.Clone(v[:pixels])
	for k, x := range v {
		if math.Abs(x) > math.Abs(list[k%pixels]) {
			list[k%pixels] = x
		}
	}
	return list
}

// Filters draws the weights of a convolution, of shape (filters, channels, rows, columns) or (filters, channels, columns): of
// each filter its channels side by side, all on one scale. w is the value of one of a models.Formula's Params. The error
// wraps ErrEmpty, ErrShape, ErrSize or ErrNotFinite.
func Filters(w *tensor.Dense) (*Figure, error) {
	dims, v, err := values("filters", w, 3, 4)
	if err != nil {
		return nil, err
	}
	if len(dims) == 3 {
		dims = []int{dims[0], dims[1], 1, dims[2]}
	}
	return channels(fmt.Sprintf("%d filters of %d×%d×%d", dims[0], dims[1], dims[2], dims[3]), v, dims[0], dims[1], dims[2], dims[3])
}

// Activations draws the value of a layer for one example: of a, with shape (channels, rows, columns, N), as
// models.Deep.Activations returns it, the channels of example i, all on one scale. The error is that of Filters.
func Activations(a *tensor.Dense, i int) (*Figure, error) {
	dims, all, err := values("activations", a, 4, 4)
	if err != nil {
		return nil, err
	}
	n := dims[3]
	if i < 0 || i >= n {
		return nil, fmt.Errorf("plot: activations of example %d of %d: %w", i, n, ErrShape)
	}
	v := make([]float64, len(all)/n)
	for k := range v {
		v[k] = all[k*n+i]
	}
	return channels(fmt.Sprintf("%d channels of %d×%d", dims[0], dims[1], dims[2]), v, dims[0], 1, dims[1], dims[2])
}

// channels draws tiles of some pictures each, on one scale.
func channels(title string, v []float64, tiles, each, h, w int) (*Figure, error) {
	largest, err := most("entry", v)
	if err != nil {
		return nil, err
	}
	list := make([]tile, tiles)
	for i := range list {
		for k := range each {
			list[i].pictures = append(list[i].pictures, signed(v[(i*each+k)*h*w:], w, largest))
		}
	}
	return sheet(title, fmt.Sprintf("blue −%.3g   white 0   vermillion +%.3g", largest, largest), h, w, list)
}

// values returns the extents and the entries of a tensor of floats with so many axes.
func values(what string, t *tensor.Dense, from, to int) ([]int, []float64, error) {
	switch {
	case t == nil:
		return nil, nil, fmt.Errorf("plot: no %s: %w", what, ErrEmpty)
	case t.Dims() < from || t.Dims() > to || t.Size() == 0 || t.Dtype() != tensor.Float64 && t.Dtype() != tensor.Float32:
		return nil, nil, fmt.Errorf("plot: %s of shape %v and type %v: %w", what, t.Shape(), t.Dtype(), ErrShape)
	}
	return t.Shape(), graph.Values[float64](t), nil
}

// A shown collects tiles of the pictures of a data set.
type shown struct {
	d              *data.Dataset
	channels, h, w int
	low, high      float64
	tiles          []tile
}

// picturesOf checks that the rows of d are pictures.
func picturesOf(d *data.Dataset, rows []int) (s shown, err error) {
	s.d = d
	if s.channels, s.h, s.w, err = d.Extents(); err != nil {
		return s, err
	}
	if s.channels != 1 && s.channels != 3 {
		return s, fmt.Errorf("plot: pictures of %d channels, want 1 or 3: %w", s.channels, ErrFeatures)
	}
	for _, i := range rows {
		if i < 0 || i >= d.Rows() {
			return s, fmt.Errorf("plot: picture %d of %d: %w", i, d.Rows(), ErrShape)
		}
		if _, err := most("pixel", d.Row(i)); err != nil {
			return s, err
		}
		low, high := shades(d.Row(i))
		s.low, s.high = min(s.low, low), max(s.high, high)
	}
	return s, nil
}

// add adds a tile of row i: its picture, and its label if there is one, and more below it.
func (s *shown) add(i int, below ...string) {
	t := tile{pictures: []picture{photo(s.d.Row(i), s.channels, s.h, s.w, s.low, s.high)}}
	if i < len(s.d.Y) {
		t.caption = append([]string{s.label(i)}, below...)
	}
	s.tiles = append(s.tiles, t)
}

// label returns the class of row i, or its number.
func (s *shown) label(i int) string {
	switch {
	case s.d.Classes == nil:
		return strconv.FormatFloat(s.d.Y[i], 'g', 4, 64)
	case s.d.Y[i] >= 0 && int(s.d.Y[i]) < len(s.d.Classes):
		return s.d.Classes[int(s.d.Y[i])]
	}
	return "?"
}
