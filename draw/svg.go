package draw

import (
	"fmt"
	"io"
	"math"
	"strings"

	svg "github.com/ajstarks/svgo"
)

// The measures of a picture, in pixels.
const (
	margin      = 20
	corner      = 12 // of the box of a map
	pairing     = 4  // from the middle of an arrow to its forward and its reverse line
	headLength  = 9
	captionStep = 22
	leastWidth  = 420
)

// sheet has the colours: dark ink on white, or the other way round where the
// reader's screen is dark, and one red for what goes backwards. Its names are
// prefixed because a picture may stand in a page with others.
const sheet = `
.adjoint-paper{fill:#ffffff}
.adjoint-map{fill:#e8f0fe;stroke:#1f2937;stroke-width:1.5}
.adjoint-leaf{fill:#ffffff;stroke:#1f2937;stroke-width:1.5}
.adjoint-gap{fill:none;stroke:#1f2937;stroke-width:1.5;stroke-dasharray:1,4}
.adjoint-frame{fill:none;stroke:#1f2937;stroke-width:1;stroke-dasharray:1,4}
.adjoint-line{fill:none;stroke:#1f2937;stroke-width:1.5}
.adjoint-reverse{fill:none;stroke:#b22222;stroke-width:1.5;stroke-dasharray:5,3}
.adjoint-bracket{fill:none;stroke:#1f2937;stroke-width:1.2}
.adjoint-red-bracket{fill:none;stroke:#b22222;stroke-width:1.2}
.adjoint-head{fill:#1f2937}
.adjoint-red-head{fill:#b22222}
.adjoint-text{fill:#1f2937;font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}
.adjoint-red{fill:#b22222;font-family:Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif}
.adjoint-middle{text-anchor:middle}
.adjoint-mono{font-family:'Liberation Mono','DejaVu Sans Mono',Menlo,Consolas,monospace}
@media (prefers-color-scheme: dark){
.adjoint-paper,.adjoint-leaf{fill:#0d1117}
.adjoint-map{fill:#1d2b45}
.adjoint-map,.adjoint-leaf,.adjoint-gap,.adjoint-frame,.adjoint-line,.adjoint-bracket{stroke:#d7dde5}
.adjoint-head,.adjoint-text{fill:#d7dde5}
.adjoint-reverse,.adjoint-red-bracket{stroke:#ff8a80}
.adjoint-red-head,.adjoint-red{fill:#ff8a80}
}
`

// WriteSVG draws the diagram. The picture follows the reader's choice of a light
// or a dark screen. A page can find its parts: each box is a group of class adjoint-box
// with the attribute data-node, the ID of its node, and each line one of class
// adjoint-forward or adjoint-back with data-node, the ID of the map that reads the value,
// and data-input, which of its inputs that is.
func (d *Diagram) WriteSVG(w io.Writer) error {
	out := &failing{w: w}
	p := &picture{SVG: svg.New(out)}
	panels, width, height := d.panels()
	caption := wrap(d.Caption, float64(width))
	if len(caption) > 0 {
		height += captionStep*len(caption) + 12
	}
	width, height = width+2*margin, height+2*margin
	p.Startview(width, height, 0, 0, width, height)
	p.Title("forward and reverse arrows of a formula")
	p.Style("text/css", sheet)
	p.Def()
	p.arrowhead("adjoint-forward", "adjoint-head")
	p.arrowhead("adjoint-back", "adjoint-red-head")
	p.DefEnd()
	p.Rect(0, 0, width, height, class("paper"))
	for _, part := range panels {
		p.panel(part, width)
	}
	for i, c := range caption {
		p.text(margin, float64(height-margin-(len(caption)-1-i)*captionStep), c, nameSize, "red")
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

// A picture is a layout on paper.
type picture struct {
	*svg.SVG
	*layout
	dx, dy float64 // from the left edge to the first column, from the upper one to the first row
}

func (p *picture) box(i int) {
	b, s := p.d.boxes[i], p.slots[i]
	cx, cy := s.x+p.dx, s.y+p.dy
	p.group("box", b.node, -1)
	defer p.Gend()
	x, y, w, h := round(cx-s.w/2), round(cy-s.up), round(s.w), round(s.up+s.down)
	switch b.kind {
	case gapBox:
		p.Roundrect(x, y, w, h, corner, corner, class("gap"))
	case mapBox:
		p.Roundrect(x, y, w, h, corner, corner, class("map"))
	case leafBox:
		p.Rect(x, y, w, h, class("leaf"))
	}
	detail := blockOf(b.detail)
	top := cy - (titleSize+5+detail.h)/2
	p.text(cx, top+titleSize-2, b.title, titleSize, "text adjoint-middle")
	p.block(cx, top+titleSize+5, detail, "text", "bracket")
}

// block writes lines, centred at x, from the height y down; those of a matrix in
// brackets.
func (p *picture) block(x, y float64, b block, ink, bracket string) {
	if b.matrix {
		ink += " adjoint-mono"
		left, right, low := x-b.w/2, x+b.w/2, y+b.h-1
		p.Path(fmt.Sprintf("M%.0f,%.0f H%.0f V%.0f H%.0f", left+4, y, left, low, left+4), class(bracket))
		p.Path(fmt.Sprintf("M%.0f,%.0f H%.0f V%.0f H%.0f", right-4, y, right, low, right-4), class(bracket))
	}
	for i, s := range b.lines {
		p.text(x, y+lineStep*float64(i)+11, s, detailSize, ink+" adjoint-middle")
	}
}

// arrow draws a forward line and, if there is one, the reverse line under it.
func (p *picture) arrow(i int, a arrow) {
	offset := 0.0
	if a.both {
		offset = pairing
	}
	reader := p.d.boxes[a.to].node
	p.group("forward", reader, a.input)
	p.Path(p.line(i, -offset, false), class("line"), `marker-end="url(#adjoint-forward)"`)
	p.Gend()
	if !a.both {
		return
	}
	p.group("back", reader, a.input)
	defer p.Gend()
	p.Path(p.line(i, offset, true), class("reverse"), `marker-end="url(#adjoint-back)"`)
	for _, k := range p.routes[i] {
		s := p.slots[k]
		if !s.labelled {
			continue
		}
		x, y := s.x+p.dx, s.y+p.dy+lineRoom
		if a.label != "" {
			p.text(x, y+nameSize-1, a.label, nameSize, "red adjoint-middle")
			y += nameSize + 4
		}
		p.block(x, y, blockOf(a.detail), "red", "red-bracket")
	}
}

// group begins the group of a box, or of the line to an input of a map.
func (p *picture) group(name string, node, input int) {
	attributes := []string{class(name), fmt.Sprintf(`data-node="%d"`, node)}
	if input >= 0 {
		attributes = append(attributes, fmt.Sprintf(`data-input="%d"`, input))
	}
	p.Group(attributes...)
}

// arrowhead defines the head of a line, which begins where the line ends.
func (p *picture) arrowhead(id, name string) {
	p.Marker(id, 0, 4, headLength, 8, "orient=\"auto\"", "markerUnits=\"userSpaceOnUse\"")
	p.Path("M0,0.5 L9,4 L0,7.5 Z", class(name[len("adjoint-"):]))
	p.MarkerEnd()
}

// text writes a line.
func (p *picture) text(x, y float64, s string, size int, name string) {
	p.Text(round(x), round(y), s, class(name), fmt.Sprintf(`font-size="%d" xml:space="preserve"`, size))
}

func class(name string) string { return `class="adjoint-` + name + `"` }

func round(v float64) int { return int(math.Round(v)) }

// wrap breaks compositions into lines no wider than width, after a ∘ or a +.
func wrap(captions []string, width float64) (lines []string) {
	for _, c := range captions {
		line := ""
		for _, part := range strings.SplitAfter(strings.ReplaceAll(c, " + ", " +\u00a0"), "∘") {
			for _, term := range strings.SplitAfter(part, "+\u00a0") {
				term = strings.ReplaceAll(term, "\u00a0", " ")
				if line != "" && wide(line+term, nameSize) > width {
					lines, line = append(lines, line), "    "
				}
				line += term
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// String returns the diagram as SVG.
func (d *Diagram) String() string {
	var b strings.Builder
	_ = d.WriteSVG(&b) // a Builder does not fail
	return b.String()
}
