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
)

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
func canvas(title, x, y string) *gplot.Plot {
	p := gplot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = title, x, y
	p.Title.Padding = 8
	style(&p.Title.TextStyle, 14)
	style(&p.Legend.TextStyle, 11)
	for _, a := range []*gplot.Axis{&p.X, &p.Y} {
		style(&a.Label.TextStyle, 12)
		style(&a.Tick.Label, 11)
		a.Color, a.Tick.Color = ink, ink
		a.Label.Padding = 4
		a.Padding = 0
	}
	p.Legend.ThumbnailWidth = 24
	p.Legend.Padding = 2
	p.Legend.XOffs = -6
	return p
}

func style(s *text.Style, size float64) {
	s.Font.Typeface, s.Font.Variant = "Liberation", "Sans"
	s.Font.Size = vg.Points(size)
	s.Color = ink
}

// grid draws faint lines at the ticks of p.
func grid(p *gplot.Plot) {
	g := plotter.NewGrid()
	g.Horizontal.Color, g.Vertical.Color = faint, faint
	p.Add(g)
}

// line adds a line with its entry in the legend. Its colour and dashes depend on i.
func line(p *gplot.Plot, i int, name string, points plotter.XYs) error {
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
		p.Legend.Add(name, l)
	}
	return nil
}

// backdrop is a white rectangle under the legend on the right, which hides points and
// lines. It uses only the size of Legend.Rectangle, whose position is wrong for a legend
// on the right.
type backdrop struct{}

func (backdrop) Plot(c draw.Canvas, p *gplot.Plot) {
	const room = 4
	size := p.Legend.Rectangle(c).Size()
	right, bottom := c.Max.X+p.Legend.XOffs+room, c.Min.Y+p.Legend.YOffs-room
	if p.Legend.Top {
		bottom = c.Max.Y + p.Legend.YOffs - size.Y - room
	}
	r := vg.Rectangle{Min: vg.Point{X: right - size.X - 2*room, Y: bottom}, Max: vg.Point{X: right, Y: bottom + size.Y + 2*room}}
	c.SetColor(color.White)
	c.Fill(r.Path())
}

// inkOn returns the colour of text on a colour: dark or white, whichever has the larger
// contrast by WCAG 2.2 (relative luminance).
func inkOn(paper color.NRGBA) color.NRGBA {
	white := color.NRGBA{0xff, 0xff, 0xff, 0xff}
	if contrast(ink, paper) >= contrast(white, paper) {
		return ink
	}
	return white
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

// fifths mark an axis from 0 to 1.
func fifths() gplot.ConstantTicks {
	var ticks gplot.ConstantTicks
	for i := range 6 {
		v := float64(i) / 5
		ticks = append(ticks, gplot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', 1, 64)})
	}
	return ticks
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
