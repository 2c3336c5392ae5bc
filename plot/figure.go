package plot

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A Figure is a finished picture: one plot, or several side by side.
type Figure struct {
	Title string // what the picture shows, as a text alternative

	plots         []*gplot.Plot
	width, height vg.Length // of each plot
}

// The size of a plot, in points.
const (
	plotWidth  = 5 * vg.Inch
	plotHeight = 3.5 * vg.Inch
	pngDPI     = 144
)

func figure(title string, plots ...*gplot.Plot) *Figure {
	return &Figure{Title: title, plots: plots, width: plotWidth, height: plotHeight}
}

// svgText corrects the SVG of gonum/plot. It names only one font, which few telephones
// have, calls PNG images JPEG, and draws images in the proportions of their pixels, not
// of the rectangle that they fill.
var svgText = strings.NewReplacer(
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
	"data:image/jpg;", "data:image/png;",
	"<image ", `<image preserveAspectRatio="none" `,
)

// WriteSVG writes the figure as an SVG document.
func (f *Figure) WriteSVG(w io.Writer) error {
	var c *vgsvg.Canvas
	err := f.draw(func(width, height vg.Length) vg.CanvasSizer {
		c = vgsvg.New(width, height)
		return c
	})
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return err
	}
	_, err = svgText.WriteString(w, b.String())
	return err
}

// WritePNG writes the figure as a PNG image, with two pixels for each point.
func (f *Figure) WritePNG(w io.Writer) error {
	var c *vgimg.Canvas
	err := f.draw(func(width, height vg.Length) vg.CanvasSizer {
		c = vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(pngDPI))
		return c
	})
	if err != nil {
		return err
	}
	_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// draw draws the plots in a row. gonum/plot panics if it cannot draw something, such as
// an axis that is too short for its numbers; draw returns an error.
func (f *Figure) draw(on func(width, height vg.Length) vg.CanvasSizer) (err error) {
	if f == nil || len(f.plots) == 0 {
		return fmt.Errorf("plot: a Figure that no function of this package made: %w", ErrEmpty)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("plot: %s: %v: %w", f.Title, p, ErrShape)
		}
	}()
	whole := draw.New(on(f.width*vg.Length(len(f.plots)), f.height))
	whole.SetColor(color.White)
	whole.Fill(whole.Rectangle.Path())
	area := draw.Crop(whole, 8, -16, 8, -8)
	tiles := draw.Tiles{Rows: 1, Cols: len(f.plots), PadX: 14}
	for i, canvas := range gplot.Align([][]*gplot.Plot{f.plots}, tiles, area)[0] {
		f.plots[i].Draw(canvas)
	}
	return nil
}
