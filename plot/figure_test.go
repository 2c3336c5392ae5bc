package plot

import (
	"errors"
	"image/color"
	"io"
	"math"
	"strings"
	"testing"

	"adjoint/models"

	gplot "gonum.org/v1/plot"
)

// What makes gonum/plot panic is an error.
func TestPanicIsAnError(t *testing.T) {
	p := gplot.New()
	p.Y.Scale, p.Y.Min, p.Y.Max = gplot.LogScale{}, -1, 1
	f := figure("a logarithm of numbers below 0", p)
	for _, err := range []error{f.WriteSVG(io.Discard), f.WritePNG(io.Discard)} {
		if !errors.Is(err, ErrShape) || !strings.Contains(err.Error(), "a logarithm of numbers below 0: Values must be greater than 0") {
			t.Error(err)
		}
	}
}

// The published contrasts of WCAG 2.2, and those of every text here: at least 4.5,
// or 3.5 where it lies on a colour between.
func TestContrast(t *testing.T) {
	white, black, grey77 := color.NRGBA{255, 255, 255, 255}, color.NRGBA{0, 0, 0, 255}, color.NRGBA{0x77, 0x77, 0x77, 255}
	if c := contrast(white, black); math.Abs(c-21) > 1e-12 {
		t.Errorf("white on black %g, want 21", c)
	}
	if c := contrast(white, grey77); math.Abs(c-4.48) > 0.005 {
		t.Errorf("white on #777 %g, want 4.48", c)
	}
	if contrast(ink, white) < 4.5 || contrast(grey, white) < 4.5 {
		t.Error("text on white is too faint")
	}
	for part := range 101 {
		paper := blend(palette[0], float64(part)/100)
		if c := contrast(inkOn(paper), paper); c < 3.5 {
			t.Errorf("text on %d%% of %v has a contrast of %g", part, palette[0], c)
		}
	}
}

// A curve that ends in the corner of the legend makes the axis longer; one that
// does not leaves it.
func TestRoomForTheLegend(t *testing.T) {
	history := func(end float64) *models.History {
		h := &models.History{}
		for n := 1; n <= 10; n++ {
			loss := 1 / float64(n)
			if n == 10 {
				loss = end
			}
			h.Epochs = append(h.Epochs, models.Epoch{Number: n, Loss: loss, Train: &models.Scores{Accuracy: 1 - loss, Confusion: [][]int{{1}}}})
		}
		return h
	}
	for end, want := range map[float64][2]float64{0.1: {1, 0}, 1: {1.4, -0.3555555555555555}} {
		loss, err := LossCurve(history(end))
		if err != nil {
			t.Fatal(err)
		}
		score, err := ScoreCurve(history(end))
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]float64{loss.plots[0].Y.Max, score.plots[0].Y.Min}; math.Abs(got[0]-want[0]) > 1e-12 || math.Abs(got[1]-want[1]) > 1e-12 {
			t.Errorf("a last loss of %g: axes end at %v, want %v", end, got, want)
		}
	}
}
