package plot

import (
	"errors"
	"image/color"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
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
// the colours that are turned round are those of the picture. The cells of a matrix and
// what is written in them stay as they are.
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
	matrix, err := ConfusionMatrix([][]int{{1, 0}, {0, 1}}, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	for f, least := range map[*Figure]int{loss: 3, matrix: 2} {
		var b strings.Builder
		if err := f.WriteSVG(&b); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), "prefers-color-scheme: dark") {
			t.Errorf("%s does not follow the screen", f.Title)
		}
		for _, c := range []color.NRGBA{paper, ink} {
			if strings.Count(b.String(), "fill:"+hex(c)) < least {
				t.Errorf("%s: nothing has the colour %s", f.Title, hex(c))
			}
		}
		_, plane, _ := strings.Cut(b.String(), "<g ")
		if f == matrix {
			cells := regexp.MustCompile(`style="fill:(#\w+)" />`).FindAllStringSubmatch(plane, -1)
			counts := regexp.MustCompile(`fill:(#\w+)">\d<`).FindAllStringSubmatch(plane, -1)
			if len(cells) != 2+4 || len(counts) != 4 {
				t.Fatalf("%d grounds and cells, %d counts", len(cells), len(counts))
			}
			for _, m := range append(cells[2:], counts...) {
				if slices.ContainsFunc(darkColours, func(c [2]color.NRGBA) bool { return hex(c[0]) == m[1] }) {
					t.Errorf("a part of a cell is turned round: %s", m[0])
				}
			}
		}
	}
}

// Points that let others shine through are lighter on a dark screen, and still seen.
func TestRowsOnADarkScreen(t *testing.T) {
	d, err := data.New([][]float64{{1}, {2}}, []float64{1, 2}, data.Regression)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Residuals(d, []float64{1, 3})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := f.WriteSVG(&b); err != nil {
		t.Fatal(err)
	}
	_, plane, _ := strings.Cut(b.String(), "<g ")
	points := regexp.MustCompile(`fill:(#\w+);fill-opacity:0.5`).FindAllStringSubmatch(plane, -1)
	if len(points) != 2+1 {
		t.Fatalf("%d points of two rows and the key", len(points))
	}
	for _, p := range points {
		at := slices.IndexFunc(darkColours, func(c [2]color.NRGBA) bool { return hex(c[0]) == p[1] })
		if at < 0 {
			t.Fatalf("%s stays on a dark screen", p[1])
		}
		ground, half := darkColours[0][1], darkColours[at][1]
		half = color.NRGBA{half.R/2 + ground.R/2, half.G/2 + ground.G/2, half.B/2 + ground.B/2, 0xff}
		if contrast(half, ground) < 2.5 {
			t.Errorf("%v on %v has a contrast of %g", half, ground, contrast(half, ground))
		}
	}
}
