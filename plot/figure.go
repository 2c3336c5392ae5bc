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

	panels        []*panel
	width, height vg.Length // of each panel, without its key
}

// A panel is a plot and its key, which stands to the right of it: over the plot it
// would cover what is drawn there.
type panel struct {
	*gplot.Plot
	key     gplot.Legend
	entries int // of the key
}

// entry adds a line to the key.
func (p *panel) entry(name string, sign gplot.Thumbnailer) {
	p.key.Add(name, sign)
	p.entries++
}

// keyGap is between a plot and its key, keyTop above the key.
const (
	keyGap = 10
	keyTop = 40
)

// keyWidth is what the key takes up beside the plot.
func (p *panel) keyWidth() vg.Length {
	if p.entries == 0 {
		return 0
	}
	return p.key.Rectangle(draw.Canvas{}).Size().X + keyGap
}

// The size of a plot, in points.
const (
	plotWidth  = 5 * vg.Inch
	plotHeight = 3.5 * vg.Inch
	pngDPI     = 144
)

func figure(title string, panels ...*panel) *Figure {
	return &Figure{Title: title, panels: panels, width: plotWidth, height: plotHeight}
}

// svgText corrects the SVG of gonum/plot. It names only one font, which few telephones
// have, calls PNG images JPEG, and draws images in the proportions of their pixels, not
// of the rectangle that they fill.
var svgText = strings.NewReplacer(
	"font-family:Liberation Sans;", "font-family:'Liberation Sans',Arial,Helvetica,sans-serif;",
	"data:image/jpg;", "data:image/png;",
	"<image ", `<image preserveAspectRatio="none" `,
)

// darkSheet turns white paper and dark ink round where the reader's screen is dark.
// The colours of data stay.
var darkSheet = func() string {
	var b strings.Builder
	b.WriteString("<style>@media (prefers-color-scheme: dark){")
	for _, c := range darkColours {
		for _, what := range []string{"fill", "stroke"} {
			fmt.Fprintf(&b, `[style*="%s:%s"]{%s:%s !important}`, what, hex(c[0]), what, hex(c[1]))
		}
	}
	b.WriteString("}</style>\n")
	return b.String()
}()

// WriteSVG writes the figure as an SVG document, which follows the reader's choice
// of a light or a dark screen. Images and the cells of a matrix stay as they are.
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
	_, err = io.WriteString(w, strings.Replace(svgText.Replace(b.String()), "<g ", darkSheet+"<g ", 1))
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

// draw draws the panels in a row. gonum/plot panics on what it cannot draw, such
// as an axis too short for its numbers; that is an error here.
func (f *Figure) draw(on func(width, height vg.Length) vg.CanvasSizer) (err error) {
	if f == nil || len(f.panels) == 0 {
		return fmt.Errorf("plot: a Figure that no function of this package made: %w", ErrEmpty)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("plot: %s: %v: %w", f.Title, p, ErrShape)
		}
	}()
	const gap = 14
	width := vg.Length(len(f.panels)-1) * gap
	for _, p := range f.panels {
		width += f.width + p.keyWidth()
	}
	whole := draw.New(on(width, f.height))
	whole.SetColor(color.White)
	whole.Fill(whole.Rectangle.Path())
	x := vg.Length(0)
	for _, p := range f.panels {
		p.Draw(draw.Crop(whole, x+8, x+f.width-width-16, 8, -8))
		x += f.width + p.keyWidth()
		if p.entries > 0 {
			p.key.Draw(draw.Crop(whole, x-p.keyWidth()-8, x-width-8, 8, -keyTop))
		}
		x += gap
	}
	return nil
}
