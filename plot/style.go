package plot

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"
	"unicode"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// ink is the colour of text and axes, and faint is that of grids.
var (
	ink   = color.NRGBA{0x1f, 0x29, 0x37, 0xff}
	faint = color.NRGBA{0xd8, 0xdc, 0xe2, 0xff}
	grey  = color.NRGBA{0x6b, 0x72, 0x80, 0xff}
	paper = color.NRGBA{0xff, 0xff, 0xff, 0xff}
)

// cellInk, cellPaper and cellGrey are ink, paper and grey on a ground that is light on every
// screen: a shade apart from those, by which the style sheet for dark ones tells them.
var (
	cellInk   = color.NRGBA{0x1f, 0x29, 0x38, 0xff}
	cellPaper = color.NRGBA{0xfe, 0xfe, 0xfe, 0xff}
	cellGrey  = color.NRGBA{0x6b, 0x72, 0x81, 0xff}
)

// rowInk is the palette's blue for points that let others shine through. On a dark screen
// it would be too faint.
var rowInk = color.NRGBA{0x00, 0x72, 0xb2, 0x80}

// darkColours are the others on a dark screen.
var darkColours = [][2]color.NRGBA{
	{paper, {0x0d, 0x11, 0x17, 0xff}},
	{ink, {0xd7, 0xdd, 0xe5, 0xff}},
	{faint, {0x30, 0x36, 0x3d, 0xff}},
	{grey, {0x9a, 0xa4, 0xb2, 0xff}},
	{rowInk, {0x56, 0xb4, 0xe9, 0xff}},
}

// hex is a colour as it is in the SVG of gonum/plot, which rounds down what is transparent.
func hex(c color.NRGBA) string {
	r, g, b, a := c.RGBA()
	part := func(v uint32) int { return int(float64(v) * (255 / float64(a))) }
	return fmt.Sprintf("#%02X%02X%02X", part(r), part(g), part(b))
}

// palette is that of M. Okabe and K. Ito, Color Universal Design (2008), without black,
// and without yellow, which is too light for lines on white.
var palette = []color.NRGBA{
	{0x00, 0x72, 0xb2, 0xff}, // blue
	{0xd5, 0x5e, 0x00, 0xff}, // vermillion
	{0x00, 0x9e, 0x73, 0xff}, // bluish green
	{0xcc, 0x79, 0xa7, 0xff}, // reddish purple
	{0xe6, 0x9f, 0x00, 0xff}, // orange
	{0x56, 0xb4, 0xe9, 0xff}, // sky blue
}

// dashes and glyphs distinguish lines and points in addition to colours.
var (
	dashes = [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}}
	glyphs = []draw.GlyphDrawer{draw.CircleGlyph{}, draw.TriangleGlyph{}, draw.SquareGlyph{}, draw.CrossGlyph{}, draw.PlusGlyph{}, draw.RingGlyph{}}
)

// canvas returns an empty plot in the style of this package.
func canvas(title, x, y string) *panel {
	p := &panel{Plot: gplot.New(), key: gplot.NewLegend()}
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = 8
	style(&p.Title.TextStyle, 14)
	style(&p.key.TextStyle, 11)
	for _, a := range []*gplot.Axis{&p.X, &p.Y} {
		style(&a.Label.TextStyle, 12)
		style(&a.Tick.Label, 11)
		a.Color, a.Tick.Color = ink, ink
		a.Label.Padding = 4
		a.Padding = 0
		a.Tick.Marker = shortTicks{}
	}
	p.key.ThumbnailWidth = 24
	p.key.Padding = 2
	p.key.Top, p.key.Left = true, true
	return p
}

func style(s *text.Style, size float64) {
	s.Font.Typeface, s.Font.Variant = "Liberation", "Sans"
	s.Font.Size = vg.Points(size)
	s.Color = ink
}

// grid draws faint lines at the ticks of p.
func grid(p *panel) {
	g := plotter.NewGrid()
	g.Horizontal.Color, g.Vertical.Color = faint, faint
	p.Add(g)
}

// line adds a line with its entry in the key; the i-th has colour and dashes
// of its own.
func line(p *panel, i int, name string, points plotter.XYs) error {
	l, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	l.Color = palette[i%len(palette)]
	l.Width = 1.75
	l.Dashes = dashes[i/len(palette)%len(dashes)]
	if len(points) == 1 {
		s, err := plotter.NewScatter(points)
		if err != nil {
			return err
		}
		s.Color, s.Shape, s.Radius = l.Color, draw.CircleGlyph{}, 3
		p.Add(s)
	}
	p.Add(l)
	if name != "" {
		p.entry(name, l)
	}
	return nil
}

// inkOn returns the colour of text on a cell of a colour: dark or white, whichever has the
// larger contrast by WCAG 2.2 (relative luminance).
func inkOn(ground color.NRGBA) color.NRGBA {
	if contrast(cellInk, ground) >= contrast(cellPaper, ground) {
		return cellInk
	}
	return cellPaper
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a)+0.05, luminance(b)+0.05
	return max(x, y) / min(x, y)
}

func luminance(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// labels returns texts at points, centred.
func labels(points plotter.XYs, texts []string, size float64, colour func(i int) color.Color) *plotter.Labels {
	l := &plotter.Labels{XYs: points, Labels: texts}
	for i := range texts {
		s := text.Style{XAlign: text.XCenter, YAlign: text.YCenter, Handler: gplot.DefaultTextHandler}
		style(&s, size)
		s.Color = colour(i)
		l.TextStyle = append(l.TextStyle, s)
	}
	return l
}

// wholeTicks marks epochs: whole numbers that are 1, 2 or 5 times a power of ten apart.
type wholeTicks struct{}

func (wholeTicks) Ticks(from, to float64) []gplot.Tick {
	const most = 7
	step := math.Pow(10, math.Floor(math.Log10(max(1, (to-from)/most))))
	for _, m := range []float64{1, 2, 5, 10} {
		if (to-from)/(m*step) <= most {
			step *= m
			break
		}
	}
	var ticks []gplot.Tick
	for x := math.Ceil(from/step) * step; x <= to; x += step {
		ticks = append(ticks, gplot.Tick{Value: x, Label: strconv.FormatFloat(x, 'f', -1, 64)})
	}
	return ticks
}

// shortTicks are those of gonum/plot, with numbers of seven digits and more in powers of
// ten: 2.5e+06 where it has 2500000.00.
type shortTicks struct{}

func (shortTicks) Ticks(from, to float64) []gplot.Tick {
	marks := gplot.DefaultTicks{}.Ticks(from, to)
	if max(-from, to) < 1e6 {
		return marks
	}
	for i, t := range marks {
		if v, err := strconv.ParseFloat(t.Label, 64); err == nil {
			marks[i].Label = strconv.FormatFloat(v, 'g', -1, 64)
		}
	}
	return marks
}

// ticks mark an axis at so many equal steps.
func ticks(from, to float64, steps int) gplot.ConstantTicks {
	var t gplot.ConstantTicks
	for i := range steps + 1 {
		v := from + (to-from)*float64(i)/float64(steps)
		t = append(t, gplot.Tick{Value: v, Label: strconv.FormatFloat(math.Round(v*1e6)/1e6, 'g', -1, 64)})
	}
	return t
}

// shorten cuts a name to n letters. Letters that XML does not allow become �.
func shorten(s string, n int) string {
	r := []rune(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xfffe || r == 0xffff {
			return unicode.ReplacementChar
		}
		return r
	}, s))
	if len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return string(r)
}

// finite returns an error if v cannot be drawn.
func finite(what string, at int, v float64) error {
	if math.Abs(v) <= 1e300 {
		return nil
	}
	return fmt.Errorf("plot: %s %d is %g: %w", what, at, v, ErrNotFinite)
}

// blend returns a mixture of white, at part 0, and c, at part 1.
func blend(c color.NRGBA, part float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(math.Round(255 + (float64(v)-255)*part)) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}
