package plot_test

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"math"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/plot"

	"gorgonia.org/tensor"
)

// inks counts the points of each colour of a figure, and says where they are on average, from left and top.
func inks(t *testing.T, f *plot.Figure) (count map[color.NRGBA]int, x, y map[color.NRGBA]float64) {
	t.Helper()
	var b bytes.Buffer
	if err := f.WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	count, x, y = map[color.NRGBA]int{}, map[color.NRGBA]float64{}, map[color.NRGBA]float64{}
	for i := range img.Bounds().Dy() {
		for j := range img.Bounds().Dx() {
			c := color.NRGBAModel.Convert(img.At(j, i)).(color.NRGBA)
			count[c]++
			x[c] += float64(j)
			y[c] += float64(i)
		}
	}
	for c, n := range count {
		x[c] /= float64(n)
		y[c] /= float64(n)
	}
	return count, x, y
}

var (
	red, green, blue = color.NRGBA{0xff, 0, 0, 0xff}, color.NRGBA{0, 0xff, 0, 0xff}, color.NRGBA{0, 0, 0xff, 0xff}
	black            = color.NRGBA{0, 0, 0, 0xff}
	middle           = color.NRGBA{0x80, 0x80, 0x80, 0xff}
	below, above     = color.NRGBA{0x00, 0x72, 0xb2, 0xff}, color.NRGBA{0xd5, 0x5e, 0x00, 0xff}
)

// flags is two pictures of 2×2 pixels, red, green / blue, black and all red, with labels.
func flags() *data.Dataset {
	return &data.Dataset{
		X: []float64{
			1, 0, 0, 0 /**/, 0, 1, 0, 0 /**/, 0, 0, 1, 0,
			1, 1, 1, 1 /**/, 0, 0, 0, 0 /**/, 0, 0, 0, 0,
		},
		Y: []float64{1, 0}, Features: data.Names(12), Classes: []string{"plain", "quartered"}, Shape: []int{3, 2, 2},
	}
}

// Pixels stand where they are in the picture, in its colours, and labels below.
func TestContactSheet(t *testing.T) {
	f := must(plot.ContactSheet(flags(), nil))(t)
	wantTexts(t, f, "2 of 2 pictures", "quartered", "plain")
	count, _, _ := inks(t, f)
	if n := count[green]; n == 0 || count[blue] != n || count[red] < 5*n || count[red] > 21*n/4 || count[black] < n {
		t.Errorf("%d red, %d green, %d blue and %d black points", count[red], n, count[blue], count[black])
	}
	f = must(plot.ContactSheet(flags(), []int{0}))(t)
	wantTexts(t, f, "1 of 2 pictures", "quartered")
	_, x, y := inks(t, f)
	if !(y[red] > 70) { // below the title
		t.Errorf("red at (%g, %g)", x[red], y[red])
	}
	var file bytes.Buffer
	if err := f.WritePNG(&file); err != nil {
		t.Fatal(err)
	}
	size, err := png.DecodeConfig(&file)
	if bottom := y[blue] + (y[blue]-y[red])/2; err != nil || !(bottom > 0.7*float64(size.Height)) { // just above the label
		t.Errorf("the picture ends at %g of %d, %v", bottom, size.Height, err)
	}
	if !(x[red] < x[green] && x[blue] < x[black] && y[red] < y[blue] && math.Abs(x[red]-x[blue]) < 1 && math.Abs(y[red]-y[green]) < 1) {
		t.Errorf("red at (%g, %g), green (%g, %g), blue (%g, %g)", x[red], y[red], x[green], y[green], x[blue], y[blue])
	}
}

// Of digits white is the largest number, 16; and a number that is negative turns 0 lighter.
func TestContactSheetShades(t *testing.T) {
	for _, c := range []struct{ low, high, of float64 }{{0, 16, 8}, {0, 1, 0.5}, {-1, 1, 0}} {
		d := &data.Dataset{X: []float64{c.low, c.of, c.of, c.high}, Features: data.Names(4), Shape: []int{1, 1, 4}}
		count, _, _ := inks(t, must(plot.ContactSheet(d, nil))(t))
		if count[middle] < count[black] || count[black] == 0 {
			t.Errorf("%+v: %d points are black, and %d half of white", c, count[black], count[middle])
		}
	}
}

// The worst mistakes come first, with what was read; what was read right is left out.
func TestMostWrong(t *testing.T) {
	d := &data.Dataset{X: make([]float64, 5), Y: []float64{0, 1, 2, 0, 1}, Features: []string{"x0"}, Classes: []string{"a", "b", "c"}, Shape: []int{1, 1, 1}}
	p := [][]float64{{0.3, 0.6, 0.1}, {0.1, 0.8, 0.1}, {0.9, 0.05, 0.05}, {0.2, 0.1, 0.7}, {0.5, 0.25, 0.25}}
	f := must(plot.MostWrong(d, p, 3))(t)
	want := []string{"3 of 4 pictures that were read wrong", "c", "read a, 0.90", "a", "read c, 0.70", "b", "read a, 0.50"}
	if texts := structure(t, f); !slices.Equal(texts, want) {
		t.Errorf("%q, want %q", texts, want)
	}
	// One probability is that of the second of two classes.
	two := flags()
	wantTexts(t, must(plot.MostWrong(two, [][]float64{{0.9}, {0.75}}, 9))(t), "1 of 1 pictures that were read wrong", "plain", "read quartered, 0.75")
}

// Beside each picture stands the slope by each pixel, of the channel in which it is steepest, on a scale of its own.
func TestSaliency(t *testing.T) {
	slopes := [][]float64{{0, 1, 0, 0 /**/, 0, -2, 0, 0 /**/, 0, 0, 0, 0}, {0, 0, 0, 0 /**/, 0, 0, 0, 0 /**/, 0, 0, 0, 1e-9}}
	f := must(plot.Saliency(flags(), slopes))(t)
	wantTexts(t, f, "plain", "quartered")
	count, x, y := inks(t, f)
	if n := count[below]; n == 0 || math.Abs(float64(count[above])/float64(n)-1) > 0.1 || !(y[below] < y[above]) || !(x[red] < x[above]) {
		t.Errorf("%d points of slopes below 0, %d of those above", n, count[above])
	}
	none := [][]float64{make([]float64, 12), make([]float64, 12)}
	if count, _, _ := inks(t, must(plot.Saliency(flags(), none))(t)); count[above]+count[below] > 0 {
		t.Error("slopes of 0 have a colour")
	}
}

// Filters and activations have a picture for each channel, on one scale.
func TestFiltersAndActivations(t *testing.T) {
	w := tensor.New(tensor.WithShape(2, 3, 1, 2), tensor.WithBacking([]float32{-1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}))
	f := must(plot.Filters(w))(t)
	wantTexts(t, f, "2 filters of 3×1×2", "blue −1   white 0   vermillion +1")
	count, x, _ := inks(t, f)
	if n := count[below]; n == 0 || count[above] < 19*n/10 || count[above] > 22*n/10 || !(x[below] < x[above]) {
		t.Errorf("%d points below 0 and %d above", count[below], count[above])
	}
	wantTexts(t, must(plot.Filters(tensor.New(tensor.WithShape(4, 1, 5), tensor.Of(tensor.Float64))))(t), "4 filters of 1×1×5")

	a := tensor.New(tensor.WithShape(2, 1, 1, 3), tensor.WithBacking([]float64{0, 7, 0, 0, -7, 0}))
	f = must(plot.Activations(a, 1))(t)
	wantTexts(t, f, "2 channels of 1×1")
	if count, x, _ := inks(t, f); count[below] == 0 || count[above] != count[below] || !(x[above] < x[below]) {
		t.Errorf("%d points below 0 and %d above", count[below], count[above])
	}
	if count, _, _ := inks(t, must(plot.Activations(a, 0))(t)); count[below]+count[above] > 0 {
		t.Error("another example is drawn")
	}
}

func TestErrorsOfPictures(t *testing.T) {
	d, two, four, infinite, unlabelled := flags(), flags(), flags(), flags(), flags()
	two.Shape, four.Shape = []int{2, 2, 3}, nil
	infinite.X[3] = math.Inf(1)
	unlabelled.Classes = nil
	outside := flags()
	outside.Y[0] = 2
	of := func(_ *plot.Figure, err error) error { return err }
	proba := [][]float64{{0.5, 0.5}, {0.5, 0.5}}
	floats := func(dims ...int) *tensor.Dense {
		return tensor.New(tensor.WithShape(dims...), tensor.Of(tensor.Float64))
	}
	nan := floats(1, 1, 1, 1)
	nan.Float64s()[0] = math.NaN()
	many := &data.Dataset{X: make([]float64, 401), Features: []string{"x"}, Shape: []int{1, 1, 1}}
	for name, c := range map[string]struct{ err, want error }{
		"two channels":         {of(plot.ContactSheet(two, nil)), plot.ErrFeatures},
		"no shape":             {of(plot.ContactSheet(four, nil)), plot.ErrFeatures},
		"no rows":              {of(plot.ContactSheet(d, []int{})), plot.ErrEmpty},
		"another row":          {of(plot.ContactSheet(d, []int{2})), plot.ErrShape},
		"infinite":             {of(plot.ContactSheet(infinite, nil)), plot.ErrNotFinite},
		"many":                 {of(plot.ContactSheet(many, slices.Repeat([]int{0}, 401))), plot.ErrSize},
		"large":                {of(plot.ContactSheet(&data.Dataset{X: make([]float64, 1<<22+1), Features: data.Names(1<<22 + 1), Shape: []int{1, 1, 1<<22 + 1}}, nil)), plot.ErrSize},
		"no classes":           {of(plot.MostWrong(unlabelled, proba, 1)), plot.ErrLabel},
		"few rows":             {of(plot.MostWrong(d, proba[:1], 1)), plot.ErrLength},
		"few classes":          {of(plot.MostWrong(d, [][]float64{{1, 0, 0}, {1, 0, 0}}, 1)), plot.ErrLength},
		"a label":              {of(plot.MostWrong(outside, proba, 1)), plot.ErrLabel},
		"no probability":       {of(plot.MostWrong(d, [][]float64{{math.NaN(), 1}, {1, 0}}, 1)), plot.ErrNotFinite},
		"all right":            {of(plot.MostWrong(d, [][]float64{{0, 1}, {1, 0}}, 1)), plot.ErrEmpty},
		"none wanted":          {of(plot.MostWrong(d, [][]float64{{1, 0}, {1, 0}}, 0)), plot.ErrEmpty},
		"few slopes":           {of(plot.Saliency(d, [][]float64{{1}})), plot.ErrLength},
		"short slopes":         {of(plot.Saliency(d, [][]float64{{1}, {1}})), plot.ErrLength},
		"infinite slopes":      {of(plot.Saliency(&data.Dataset{X: []float64{1}, Features: []string{"x"}, Shape: []int{1, 1, 1}}, [][]float64{{math.Inf(-1)}})), plot.ErrNotFinite},
		"no filters":           {of(plot.Filters(nil)), plot.ErrEmpty},
		"a matrix":             {of(plot.Filters(floats(2, 2))), plot.ErrShape},
		"many filters":         {of(plot.Filters(floats(21, 20, 1, 1))), plot.ErrSize},
		"filters of NaN":       {of(plot.Filters(nan)), plot.ErrNotFinite},
		"filters of int":       {of(plot.Filters(tensor.New(tensor.WithShape(1, 1, 1), tensor.Of(tensor.Int)))), plot.ErrShape},
		"activations, example": {of(plot.Activations(floats(1, 1, 1, 2), 2)), plot.ErrShape},
		"activations, axes":    {of(plot.Activations(floats(1, 1, 2), 0)), plot.ErrShape},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want one that wraps %q", name, c.err, c.want)
		}
	}
}
