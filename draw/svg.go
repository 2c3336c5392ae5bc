package draw

import (
	"fmt"
	"io"
	"math"
	"strings"

	svg "github.com/ajstarks/svgo"
)

// The measures of an SVG picture, in pixels.
const (
	columnWidth = 132
	boxWidth    = 92
	boxHeight   = 46
	rowHeight   = 84
	margin      = 24
	arrowRoom   = 64 // under the row of maps, for the reverse arrows
	captionStep = 22
)

// The colours: dark ink, one red for what goes backwards.
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
	p := &picture{SVG: svg.New(out), d: d}
	for _, b := range d.boxes {
		p.above = max(p.above, b.above)
	}
	width := max(2*margin+d.columns*columnWidth, 420)
	for _, c := range d.Caption {
		width = max(width, 2*margin+8*len([]rune(c)))
	}
	height := 2*margin + (p.above+1)*rowHeight + arrowRoom + captionStep*len(d.Caption)
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
		p.Text(margin, y, c, "font-size:14px;fill:"+red+";"+font)
	}
	p.End()
	return out.err
}

// failing keeps the first error of a writer, which svgo does not look at.
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
}

// centre returns the middle of a box.
func (p *picture) centre(b box) (x, y float64) {
	return margin + (float64(b.column)+0.5)*columnWidth, margin + float64(p.above-b.above)*rowHeight + boxHeight/2
}

func (p *picture) box(b box) {
	cx, cy := p.centre(b)
	x, y := int(cx)-boxWidth/2, int(cy)-boxHeight/2
	switch b.kind {
	case mapBox:
		p.Roundrect(x, y, boxWidth, boxHeight, boxHeight/2, boxHeight/2, "stroke-width:1.5;stroke:"+ink+";fill:"+mapFill)
	case leafBox:
		p.Rect(x, y, boxWidth, boxHeight, "stroke-width:1.5;stroke:"+ink+";fill:"+paper)
	}
	size := 17
	if n := len([]rune(b.title)); n > 9 {
		size = max(9, 17*9/n)
	}
	style := ";text-anchor:middle;fill:" + ink + ";" + font
	if b.detail == "" {
		p.Text(int(cx), int(cy)+5, b.title, fmt.Sprintf("font-size:%dpx", size)+style)
		return
	}
	p.Text(int(cx), int(cy)-1, b.title, fmt.Sprintf("font-size:%dpx", size)+style)
	p.Text(int(cx), int(cy)+15, b.detail, "font-size:11px"+style)
}

// arrow draws a forward arrow straight, and a reverse one beside it: under the
// row of maps, or to the right of the arrow that comes from above.
func (p *picture) arrow(a arrow) {
	from, to := p.d.boxes[a.from], p.d.boxes[a.to]
	x1, y1 := p.centre(from)
	x2, y2 := p.centre(to)
	switch {
	case a.reverse && from.column != to.column && from.above == 0 && to.above == 0:
		x1, x2 = x1-12, x2+12
		y1, y2 = y1+boxHeight/2, y2+boxHeight/2
		mid, low := (x1+x2)/2, y1+34
		p.path(fmt.Sprintf("M%.0f,%.0f Q%.0f,%.0f %.0f,%.0f", x1, y1, mid, low+14, x2, y2+4), true)
		p.label(mid, low+6, "middle", a.label)
	case a.reverse:
		p.path(line(x1+14, y1-boxHeight/2, x2+14, y2+boxHeight/2+4), true)
		p.label(x1+20, (y1+y2)/2+4, "start", a.label)
	case from.above > 0:
		p.path(line(x1-8, y1+boxHeight/2, x2-8, y2-boxHeight/2-4), false)
	default:
		gap := math.Copysign(boxWidth/2, x2-x1)
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

func (p *picture) label(x, y float64, anchor, text string) {
	if text != "" {
		p.Text(int(x), int(y), text, "font-size:13px;fill:"+red+";text-anchor:"+anchor+";"+font)
	}
}

func (p *picture) arrowhead(id, colour string) {
	p.Marker(id, 7, 4, 9, 8, "orient=\"auto\"", "markerUnits=\"userSpaceOnUse\"")
	p.Path("M0,0 L9,4 L0,8 Z", "fill:"+colour)
	p.MarkerEnd()
}

// String is the SVG text.
func (d *Diagram) String() string {
	var b strings.Builder
	_ = d.WriteSVG(&b) // a Builder does not fail
	return b.String()
}
