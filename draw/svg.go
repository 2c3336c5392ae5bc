package draw

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	svg "github.com/ajstarks/svgo"
)

// The measures of an SVG picture, in pixels. A box is larger if it has more than one
// short line under the name.
const (
	boxWidth    = 92
	boxHeight   = 46
	columnGap   = 40
	rowGap      = 38
	margin      = 24
	arrowRoom   = 60 // under the row of maps, for the reverse arrows
	captionStep = 22
	detailStep  = 15 // from line to line
	letterWidth = 7  // of a detail, on average
)

// The colours: dark for forward arrows and boxes, red for reverse arrows.
const (
	ink     = "#1f2937"
	paper   = "#ffffff"
	mapFill = "#e8f0fe"
	red     = "#b22222"
	font    = "font-family:Helvetica,Arial,'DejaVu Sans',sans-serif"
)

// WriteSVG draws the diagram.
func (d *Diagram) WriteSVG(w io.Writer) error {
	out := &failing{w: w}
	p := newPicture(svg.New(out), d)
	width := max(2*margin+d.columns*p.columnWidth, 420)
	for _, c := range d.Caption {
		width = max(width, 2*margin+8*utf8.RuneCountInString(c))
	}
	height := 2*margin + p.above*p.rowHeight + p.boxHeight + p.arrowRoom + captionStep*len(d.Caption)
	p.Startview(width, height, 0, 0, width, height)
	p.Title("forward and reverse arrows of a formula")
	p.Rect(0, 0, width, height, "fill:"+paper)
	p.Def()
	p.arrowhead("forward", ink)
	p.arrowhead("reverse", red)
	p.DefEnd()
	for _, a := range d.arrows {
		p.arrow(a)
	}
	for _, b := range d.boxes {
		p.box(b)
	}
	for i, c := range d.Caption {
		y := height - margin - (len(d.Caption)-1-i)*captionStep
		p.Text(margin, y, c, "font-size:15px;fill:"+red+";"+font)
	}
	p.End()
	return out.err
}

// failing keeps the first error of a writer, because svgo ignores errors.
type failing struct {
	w   io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	if f.err == nil {
		_, f.err = f.w.Write(b)
	}
	return len(b), nil
}

type picture struct {
	*svg.SVG
	d     *Diagram
	above int // rows above the maps

	boxWidth, boxHeight, columnWidth, rowHeight, arrowRoom int
}

// newPicture measures what has to be drawn.
func newPicture(s *svg.SVG, d *Diagram) *picture {
	p := &picture{SVG: s, d: d}
	lines, longest := 1, 0
	for _, b := range d.boxes {
		p.above = max(p.above, b.above)
		n, l := measure(b.detail)
		lines, longest = max(lines, n), max(longest, l)
	}
	notes, longestNote := 0, 0 // under reverse arrows
	for _, a := range d.arrows {
		n, l := measure(a.detail)
		notes, longestNote = max(notes, n), max(longestNote, l)
	}
	p.boxWidth = max(boxWidth, longest*letterWidth+10)
	p.boxHeight = boxHeight + (lines-1)*detailStep
	p.columnWidth = max(p.boxWidth+columnGap, longestNote*letterWidth+36)
	p.rowHeight = p.boxHeight + rowGap + notes*detailStep
	p.arrowRoom = arrowRoom + notes*detailStep
	return p
}

// measure returns the number of lines of a text, and the letters of the longest.
func measure(text string) (lines, longest int) {
	if text == "" {
		return 0, 0
	}
	for line := range strings.Lines(text) {
		lines, longest = lines+1, max(longest, utf8.RuneCountInString(line))
	}
	return lines, longest
}

// centre returns the middle of a box.
func (p *picture) centre(b box) (x, y float64) {
	x = margin + (float64(b.column)+0.5)*float64(p.columnWidth)
	return x, margin + float64((p.above-b.above)*p.rowHeight) + float64(p.boxHeight)/2
}

func (p *picture) box(b box) {
	cx, cy := p.centre(b)
	w, h := p.boxWidth, p.boxHeight
	x, y := int(cx)-w/2, int(cy)-h/2
	switch b.kind {
	case mapBox:
		p.Roundrect(x, y, w, h, boxHeight/2, boxHeight/2, "stroke-width:1.5;stroke:"+ink+";fill:"+mapFill)
	case leafBox:
		p.Rect(x, y, w, h, "stroke-width:1.5;stroke:"+ink+";fill:"+paper)
	}
	size := 17
	if n := utf8.RuneCountInString(b.title); n > 9 {
		size = max(9, 17*9/n)
	}
	style := ";text-anchor:middle;fill:" + ink + ";" + font
	if b.detail == "" {
		p.Text(int(cx), int(cy)+5, b.title, fmt.Sprintf("font-size:%dpx", size)+style)
		return
	}
	p.Text(int(cx), y+21, b.title, fmt.Sprintf("font-size:%dpx", size)+style)
	p.lines(int(cx), y+38, b.detail, style)
}

// lines writes a detail.
func (p *picture) lines(x, y int, text, style string) {
	for line := range strings.Lines(text) {
		p.Text(x, y, strings.TrimSuffix(line, "\n"), "font-size:13px"+style)
		y += detailStep
	}
}

// arrow draws a forward arrow as a straight line, and a reverse arrow beside it: under
// the row of maps, or to the right of an arrow from above.
func (p *picture) arrow(a arrow) {
	from, to := p.d.boxes[a.from], p.d.boxes[a.to]
	x1, y1 := p.centre(from)
	x2, y2 := p.centre(to)
	half := float64(p.boxHeight) / 2
	switch {
	case a.reverse && from.column != to.column && from.above == 0 && to.above == 0:
		x1, x2 = x1-12, x2+12
		y1, y2 = y1+half, y2+half
		mid, low := (x1+x2)/2, y1+34
		p.path(fmt.Sprintf("M%.0f,%.0f Q%.0f,%.0f %.0f,%.0f", x1, y1, mid, low+14, x2, y2+4), true)
		p.label(mid, low+7, "middle", a)
	case a.reverse:
		p.path(line(x1+14, y1-half, x2+14, y2+half+4), true)
		lines, _ := measure(a.detail)
		p.label(x1+20, (y1+y2)/2+4-float64(lines*detailStep)/2, "start", a)
	case from.above > 0:
		p.path(line(x1-8, y1+half, x2-8, y2-half-4), false)
	default:
		gap := math.Copysign(float64(p.boxWidth)/2, x2-x1)
		p.path(line(x1+gap, y1, x2-gap-math.Copysign(4, gap), y2), false)
	}
}

func line(x1, y1, x2, y2 float64) string {
	return fmt.Sprintf("M%.0f,%.0f L%.0f,%.0f", x1, y1, x2, y2)
}

func (p *picture) path(d string, reverse bool) {
	colour, head, dash := ink, "forward", ""
	if reverse {
		colour, head, dash = red, "reverse", ";stroke-dasharray:5,3"
	}
	p.Path(d, "fill:none;stroke-width:1.5;stroke:"+colour+dash+";marker-end:url(#"+head+")")
}

func (p *picture) label(x, y float64, anchor string, a arrow) {
	style := ";fill:" + red + ";text-anchor:" + anchor + ";" + font
	if a.label != "" {
		p.Text(int(x), int(y), a.label, "font-size:15px"+style)
	}
	p.lines(int(x), int(y)+detailStep, a.detail, style)
}

func (p *picture) arrowhead(id, colour string) {
	p.Marker(id, 7, 4, 9, 8, "orient=\"auto\"", "markerUnits=\"userSpaceOnUse\"")
	p.Path("M0,0 L9,4 L0,8 Z", "fill:"+colour)
	p.MarkerEnd()
}

// String returns the diagram as SVG.
func (d *Diagram) String() string {
	var b strings.Builder
	_ = d.WriteSVG(&b) // a Builder does not fail
	return b.String()
}
