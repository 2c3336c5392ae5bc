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

// On a dark screen text has a contrast of 4.5 and lines of data of 3 (WCAG 2.2), and
// the colours that are turned round are those of the picture; figures whose ground is
// coloured stay as they are.
func TestDarkScreen(t *testing.T) {
	dark := darkColours[0][1]
	for _, c := range darkColours[1:] {
		if c[0] != faint && contrast(c[1], dark) < 4.5 {
			t.Errorf("%v on %v has a contrast of %g", c[1], dark, contrast(c[1], dark))
		}
	}
	for _, c := range palette {
		if contrast(c, dark) < 3 {
			t.Errorf("%v on %v has a contrast of %g", c, dark, contrast(c, dark))
		}
	}
	loss, err := LossCurve(&models.History{Epochs: []models.Epoch{{Number: 1, Loss: 2}, {Number: 2, Loss: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	matrix, err := ConfusionMatrix([][]int{{1, 0}, {0, 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for f, follows := range map[*Figure]bool{loss: true, matrix: false} {
		var b strings.Builder
		if err := f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "prefers-color-scheme: dark") != follows {
			t.Errorf("%s: follows the screen: %v", f.Title, !follows)
		}
		for _, c := range []color.NRGBA{paper, ink} {
			if follows && strings.Count(b.String(), "fill:"+hex(c)) < 3 {
				t.Errorf("%s: nothing has the colour %s", f.Title, hex(c))
			}
		}
	}
}
