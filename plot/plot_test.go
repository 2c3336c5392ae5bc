package plot_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/color"
	"image/png"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/plot"

	"gorgonia.org/tensor"
)

// history is one of so many epochs, the loss 1/n, the accuracy 1−1/n.
func history(epochs int) *models.History {
	h := &models.History{Rows: 10, Steps: epochs}
	for n := 1; n <= epochs; n++ {
		v := 1 / float64(n)
		h.Epochs = append(h.Epochs, models.Epoch{
			Number: n, Loss: v,
			Validation: &models.Scores{Loss: 2 * v, Accuracy: 1 - v, Confusion: [][]int{{1, 0}, {0, 1}}},
		})
	}
	return h
}

func must(f *plot.Figure, err error) func(t *testing.T) *plot.Figure {
	return func(t *testing.T) *plot.Figure {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
}

// structure reads an SVG document, which must be well-formed, and returns its texts.
func structure(t *testing.T, f *plot.Figure) (texts []string) {
	t.Helper()
	var b bytes.Buffer
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	d := xml.NewDecoder(&b)
	for inText := false; ; {
		token, err := d.Token()
		if err == io.EOF {
			return texts
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inText = e.Name.Local == "text"
		case xml.EndElement:
			inText = false
		case xml.CharData:
			if inText {
				texts = append(texts, string(e))
			}
		}
	}
}

func wantTexts(t *testing.T, f *plot.Figure, want ...string) {
	t.Helper()
	texts := structure(t, f)
	for _, w := range want {
		if !slices.Contains(texts, w) {
			t.Errorf("no text %q among %q", w, texts)
		}
	}
}

func TestLearningCurves(t *testing.T) {
	h := history(12)
	h.Best = 9
	f := must(plot.LearningCurves(h))(t)
	wantTexts(t, f, "Loss", "Accuracy", "epoch", "training", "validation", "best, epoch 9", "2", "12")
	texts := structure(t, must(plot.LossCurve(h))(t))
	if slices.Contains(texts, "Accuracy") {
		t.Error("LossCurve draws the accuracy")
	}
	for _, e := range h.Epochs {
		e.Validation.Confusion, e.Validation.Accuracy, e.Validation.R2 = nil, 0, 0.5
	}
	wantTexts(t, must(plot.ScoreCurve(h))(t), h.Epochs[0].Validation.ScoreName())
}

func TestConfusionMatrix(t *testing.T) {
	f := must(plot.ConfusionMatrix([][]int{{50, 1, 0}, {2, 47, 3}, {4, 0, 61}}, []string{"setosa", "<b>", "virginica"}))(t)
	wantTexts(t, f, "setosa", "<b>", "virginica", "predicted", "true", "50", "1", "2", "47", "3", "4", "61")
	wantTexts(t, must(plot.ConfusionMatrix([][]int{{5, 1}, {0, 7}}, nil))(t), "0", "1")
}

func TestROC(t *testing.T) {
	d := &data.Dataset{Features: []string{"x"}, X: make([]float64, 4), Y: []float64{0, 0, 1, 1}, Classes: []string{"no", "yes"}}
	f := must(plot.ROC(d, [][]float64{{0.1}, {0.4}, {0.35}, {0.8}}))(t)
	wantTexts(t, f, "yes, AUC 0.750", "chance", "0.6")
	f = must(plot.ROC(d, [][]float64{{0.9, 0.1}, {0.6, 0.4}, {0.65, 0.35}, {0.2, 0.8}}))(t)
	wantTexts(t, f, "yes, AUC 0.750")
	d.Y, d.Classes = []float64{0, 1, 3, 3}, []string{"a", "b", "absent", "c"}
	texts := structure(t, must(plot.ROC(d, [][]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 0, 1}, {0, 0, 0, 1}}))(t))
	if s := strings.Join(texts, "|"); !strings.Contains(s, "c, AUC 1.000") || strings.Contains(s, "absent") {
		t.Error(s)
	}
}

// A row is a true class and a column what was predicted: of class 0, 1 was taken
// for class 1, and its count stands to the right of the 50.
func TestConfusionPlaces(t *testing.T) {
	f := must(plot.ConfusionMatrix([][]int{{50, 21}, {32, 47}}, []string{"a", "b"}))(t)
	var b strings.Builder
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	at := map[string][2]float64{}
	for _, m := range regexp.MustCompile(`<text x="([^"]*)" y="([^"]*)"[^>]*>(\d+)<`).FindAllStringSubmatch(b.String(), -1) {
		x, errX := strconv.ParseFloat(m[1], 64)
		y, errY := strconv.ParseFloat(m[2], 64)
		if err := errors.Join(errX, errY); err != nil {
			t.Fatal(err)
		}
		at[m[3]] = [2]float64{x, y}
	}
	if len(at) != 4 || at["21"][0] <= at["50"][0] || at["21"][1] != at["50"][1] || at["32"][0] != at["50"][0] || at["32"][1] <= at["50"][1] {
		t.Errorf("the counts stand at %v", at)
	}
}

// A count stands in its cell, of however many digits and classes: a digit is at least half as
// wide as its size.
func TestCountsFit(t *testing.T) {
	for _, classes := range []int{2, 10, 30, 60} {
		counts := make([][]int, classes)
		for i := range counts {
			counts[i] = make([]int, classes)
			counts[i][i] = 12345678
		}
		f := must(plot.ConfusionMatrix(counts, nil))(t)
		var b strings.Builder
		if err := f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		var at []float64
		var size float64
		for _, m := range regexp.MustCompile(`<text x="([^"]*)"[^>]*font-size:([0-9.]+)px[^>]*>12345678<`).FindAllStringSubmatch(b.String(), -1) {
			x, errX := strconv.ParseFloat(m[1], 64)
			s, errS := strconv.ParseFloat(m[2], 64)
			if err := errors.Join(errX, errS); err != nil {
				t.Fatal(err)
			}
			at, size = append(at, x), s
		}
		if len(at) != classes {
			t.Fatalf("%d counts of %d classes", len(at), classes)
		}
		if cell := math.Abs(at[1] - at[0]); cell < 8*size/2 {
			t.Errorf("%d classes: cells of %g for 8 digits of size %g", classes, cell, size)
		}
	}
}

// Numbers of an axis are short, however large they are.
func TestLongNumbers(t *testing.T) {
	d, err := data.New([][]float64{{1}, {2}}, []float64{0, 1.25e7}, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	wantTexts(t, must(plot.PredictedActual(d, []float64{0, 1.25e7}))(t), "4e+06", "8e+06", "1.2e+07")
}

// Any name gives a well-formed document.
func TestNames(t *testing.T) {
	for _, name := range []string{"", "\x00", "\xff", "a\nb", "\uffff", "<&\"'>", strings.Repeat("long ", 100)} {
		d := square()
		d.Features, d.Classes = []string{name, name}, []string{name, name}
		structure(t, must(plot.DecisionBoundary(half{}, d))(t))
		structure(t, must(plot.ConfusionMatrix([][]int{{5, 1}, {0, 7}}, d.Classes))(t))
		structure(t, must(plot.ROC(d, [][]float64{{0}, {1}, {0}}))(t))
	}
}

// An image of two units has the colours of their signs, in rows as they are given.
func TestWeights(t *testing.T) {
	w := tensor.New(tensor.WithShape(2, 6), tensor.WithBacking([]float64{-1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1}))
	f := must(plot.Weights(w, 2, 3))(t)
	wantTexts(t, f, "Weights of 2 units, 2×3 each")
	var b bytes.Buffer
	if err := f.WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	count := map[color.Color]int{}
	for y := range img.Bounds().Dy() {
		for x := range img.Bounds().Dx() {
			count[color.NRGBAModel.Convert(img.At(x, y))]++
		}
	}
	blue, red := count[color.NRGBA{0x00, 0x72, 0xb2, 0xff}], count[color.NRGBA{0xd5, 0x5e, 0x00, 0xff}]
	if blue == 0 || red < 6*blue || red > 9*blue {
		t.Errorf("%d blue and %d vermillion points, want 1:7", blue, red)
	}
	w32 := tensor.New(tensor.WithShape(1, 4), tensor.WithBacking([]float32{0, 0, 0, 0}))
	must(plot.Weights(w32, 2, 2))(t)
}

// Numbers at the ends of floats are drawn, without an error.
func TestExtremes(t *testing.T) {
	for _, losses := range [][]float64{
		{0}, {1}, {1, 1}, {1e300, -1e300}, {1e17, 1e17 + 16}, {5e-324, 0}, {1e-320, 1e300}, {-1, -2}, {1, 1 + 1e-16}, {1, math.Nextafter(1, 2)},
	} {
		h := &models.History{}
		for i, v := range losses {
			h.Epochs = append(h.Epochs, models.Epoch{Number: i + 1, Loss: v})
		}
		f := must(plot.LearningCurves(h))(t)
		if err := errors.Join(f.WriteSVG(io.Discard), f.WritePNG(io.Discard)); err != nil {
			t.Errorf("%g: %v", losses, err)
		}
	}
	for _, x := range [][]float64{{1, 1, 1, 1, 1, 1}, {1e299, -1e299, 0, 0, 1, 1e299}, {0, 5e-324, 0, 0, 1e17, 0}, {1e17, 1e17, 1e17 + 16, 1e17, 1e17, 1e17}} {
		d := square()
		d.X = x
		f, err := plot.DecisionBoundary(even{}, d)
		if err != nil {
			t.Errorf("%g: %v", x, err)
			continue
		}
		if err := errors.Join(f.WriteSVG(io.Discard), f.WritePNG(io.Discard)); err != nil {
			t.Errorf("%g: %v", x, err)
		}
	}
}

func TestErrors(t *testing.T) {
	two := square()
	one := &data.Dataset{Features: []string{"x"}, X: []float64{1, 2}, Y: []float64{0, 0}, Classes: []string{"a", "b"}}
	regression := &data.Dataset{Features: []string{"x", "y"}, X: []float64{1, 2}, Y: []float64{0.5}}
	many := &data.Dataset{Features: []string{"x"}, X: []float64{1, 2}, Y: []float64{0, 1}, Classes: make([]string, 17)}
	nan := history(3)
	nan.Epochs[1].Loss = math.NaN()
	inf := history(3)
	inf.Epochs[1].Validation.Accuracy = math.Inf(1)
	failure := errors.New("no")
	weights := tensor.New(tensor.WithShape(2, 6), tensor.Of(tensor.Float64))
	bad := tensor.New(tensor.WithShape(1, 4), tensor.WithBacking([]float64{0, math.NaN(), 0, 0}))
	of := func(_ *plot.Figure, err error) error { return err }
	for name, c := range map[string]struct{ err, want error }{
		"nil history":         {of(plot.LearningCurves(nil)), plot.ErrEmpty},
		"empty history":       {of(plot.LearningCurves(&models.History{})), plot.ErrEmpty},
		"no scores":           {of(plot.ScoreCurve(&models.History{})), plot.ErrEmpty},
		"nil scores":          {of(plot.ScoreCurve(nil)), plot.ErrEmpty},
		"NaN loss":            {of(plot.LearningCurves(nan)), plot.ErrNotFinite},
		"infinite accuracy":   {of(plot.LearningCurves(inf)), plot.ErrNotFinite},
		"no counts":           {of(plot.ConfusionMatrix(nil, nil)), plot.ErrEmpty},
		"zero counts":         {of(plot.ConfusionMatrix([][]int{{0}}, nil)), plot.ErrEmpty},
		"ragged counts":       {of(plot.ConfusionMatrix([][]int{{1, 2}, {3}}, nil)), plot.ErrShape},
		"negative count":      {of(plot.ConfusionMatrix([][]int{{-1}}, nil)), plot.ErrShape},
		"class names":         {of(plot.ConfusionMatrix([][]int{{1}}, []string{"a", "b"})), plot.ErrShape},
		"ROC of nothing":      {of(plot.ROC(nil, nil)), plot.ErrEmpty},
		"ROC of one class":    {of(plot.ROC(one, [][]float64{{0}, {1}})), plot.ErrOneClass},
		"ROC of regression":   {of(plot.ROC(regression, [][]float64{{0}})), plot.ErrLabel},
		"ROC, rows":           {of(plot.ROC(two, [][]float64{{0}})), plot.ErrLength},
		"ROC, columns":        {of(plot.ROC(two, [][]float64{{0, 1, 2}, {0, 1, 2}, {0, 1, 2}})), plot.ErrShape},
		"ROC, ragged":         {of(plot.ROC(two, [][]float64{{0}, {1}, {}})), plot.ErrShape},
		"ROC, empty rows":     {of(plot.ROC(two, [][]float64{{}, {}, {}})), plot.ErrShape},
		"ROC, NaN":            {of(plot.ROC(two, [][]float64{{0}, {1}, {math.NaN()}})), plot.ErrNotFinite},
		"boundary, nil":       {of(plot.DecisionBoundary(nil, two)), plot.ErrEmpty},
		"boundary, features":  {of(plot.DecisionBoundary(half{}, one)), plot.ErrFeatures},
		"boundary, no class":  {of(plot.DecisionBoundary(half{}, regression)), plot.ErrLabel},
		"boundary, the model": {of(plot.DecisionBoundary(half{failure}, two)), failure},
		"ROC, classes":        {of(plot.ROC(many, nil)), plot.ErrSize},
		"many classes":        {of(plot.ConfusionMatrix(make([][]int, 61), nil)), plot.ErrSize},
		"many weights":        {of(plot.Weights(tensor.New(tensor.WithShape(70, 1024), tensor.Of(tensor.Float32)), 32, 32)), plot.ErrSize},
		"weights of int":      {of(plot.Weights(tensor.New(tensor.WithShape(1, 4), tensor.Of(tensor.Int)), 2, 2)), plot.ErrShape},
		"no weights":          {of(plot.Weights(nil, 2, 2)), plot.ErrEmpty},
		"weights, shape":      {of(plot.Weights(weights, 2, 2)), plot.ErrShape},
		"weights, no rows":    {of(plot.Weights(weights, 0, 0)), plot.ErrShape},
		"weights, overflow":   {of(plot.Weights(weights, math.MaxInt/2+1, math.MaxInt/2+1)), plot.ErrShape},
		"weights, NaN":        {of(plot.Weights(bad, 2, 2)), plot.ErrNotFinite},
		"zero Figure, SVG":    {(*plot.Figure)(nil).WriteSVG(io.Discard), plot.ErrEmpty},
		"zero Figure, PNG":    {new(plot.Figure).WritePNG(io.Discard), plot.ErrEmpty},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
}

// Every figure is the same bytes each time, made anew or not.
func TestDeterministic(t *testing.T) {
	var first []byte
	for range 2 {
		f := must(plot.DecisionBoundary(half{}, square()))(t)
		for range 2 {
			var b bytes.Buffer
			if err := errors.Join(f.WriteSVG(&b), f.WritePNG(&b)); err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = b.Bytes()
			} else if !bytes.Equal(first, b.Bytes()) {
				t.Fatal("not the same picture")
			}
		}
	}
}
