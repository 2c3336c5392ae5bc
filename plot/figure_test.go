package plot

import (
	"errors"
	"image/color"
	"io"
	"math"
	"strings"
	"testing"

	gplot "gonum.org/v1/plot"
)

// What makes gonum/plot panic is an error.
func TestPanicIsAnError(t *testing.T) {
	p := gplot.New()
	p.Y.Scale, p.Y.Min, p.Y.Max = gplot.LogScale{}, -1, 1
	f := figure("a logarithm of numbers below 0", &panel{Plot: p})
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
