package plot_test

import (
	"bytes"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/plot"
)

// half is the classifier of the half plane x0 + x1 > 0.
type half struct{ err error }

func (h half) PredictProba(d *data.Dataset) ([][]float64, error) {
	out := make([][]float64, d.Rows())
	for i := range out {
		out[i] = []float64{1 / (1 + math.Exp(-9*(d.Row(i)[0]+d.Row(i)[1])))}
	}
	return out, h.err
}

// even is the classifier that does not know.
type even struct{}

func (even) PredictProba(d *data.Dataset) ([][]float64, error) {
	return slices.Repeat([][]float64{{0.5}}, d.Rows()), nil
}

func square() *data.Dataset {
	return &data.Dataset{Features: []string{"x0", "x1"}, X: []float64{-1, -1, 1, 1, -1, 0.5}, Y: []float64{0, 1, 0}, Classes: []string{"below", "above"}}
}

// Above the line it is the colour of the second class, and under it of the first.
func TestDecisionBoundary(t *testing.T) {
	f := must(plot.DecisionBoundary(half{}, square()))(t)
	wantTexts(t, f, "x0", "x1", "below", "above")
	var b bytes.Buffer
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `<image preserveAspectRatio="none" `) {
		t.Error("no image that fills its place")
	}
	b.Reset()
	if err := f.WritePNG(&b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	at := func(x, y float64) (r, b uint32) {
		c := img.Bounds()
		r, _, b, _ = img.At(int(x*float64(c.Dx())), int(y*float64(c.Dy()))).RGBA()
		return r, b
	}
	if r, b := at(0.3, 0.75); r >= b {
		t.Error("the first class is not blue")
	}
	if r, b := at(0.7, 0.3); r <= b {
		t.Error("the second class is not vermillion")
	}
}
