package draw_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"adjoint/draw"
	"adjoint/graph"

	gplot "gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
)

// A rectangle is what a box or a text takes up.
type rectangle struct {
	name                     string
	left, right, top, bottom float64
}

func (r rectangle) meets(o rectangle) bool {
	return r.left < o.right && o.left < r.right && r.top < o.bottom && o.top < r.bottom
}

func (r rectangle) within(o rectangle) bool {
	return r.left >= o.left && r.right <= o.right && r.top >= o.top && r.bottom <= o.bottom
}

// shrunk is r without its edge.
func (r rectangle) shrunk(by float64) rectangle {
	return rectangle{r.name, r.left + by, r.right - by, r.top + by, r.bottom - by}
}

func (r *rectangle) holds(p [2]float64) bool {
	return p[0] > r.left && p[0] < r.right && p[1] > r.top && p[1] < r.bottom
}

// A drawing is what an SVG picture has in it, read from its text.
type drawing struct {
	paper        rectangle
	frames       []rectangle // of steps
	boxes, texts []rectangle
	smallest     float64 // font size
	lines        [][][2]float64
}

// read reads a picture. Texts are as wide as in Liberation Sans, which has the
// widths of Helvetica and Arial, or Liberation Mono, by the fonts' own tables.
func read(t *testing.T, picture string) drawing {
	t.Helper()
	d := drawing{smallest: math.Inf(1)}
	x := xml.NewDecoder(strings.NewReader(picture))
	var text map[string]string
	for {
		token, err := x.Token()
		if errors.Is(err, io.EOF) {
			return d
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			a := map[string]string{}
			for _, attribute := range e.Attr {
				a[attribute.Name.Local] = attribute.Value
			}
			text = nil
			switch class := a["class"]; {
			case e.Name.Local == "rect" && class == "adjoint-paper":
				d.paper = rect(t, a)
			case e.Name.Local == "rect" && class == "adjoint-frame":
				d.frames = append(d.frames, rect(t, a))
			case e.Name.Local == "rect":
				d.boxes = append(d.boxes, rect(t, a))
			case e.Name.Local == "path" && a["marker-end"] != "":
				d.lines = append(d.lines, flatten(t, a["d"]))
			case e.Name.Local == "text":
				text = a
			}
		case xml.CharData:
			if text != nil {
				d.texts = append(d.texts, d.measure(t, text, string(e)))
				text = nil
			}
		}
	}
}

func rect(t *testing.T, a map[string]string) rectangle {
	x, y := number(t, a["x"]), number(t, a["y"])
	return rectangle{a["class"], x, x + number(t, a["width"]), y, y + number(t, a["height"])}
}

func (d *drawing) measure(t *testing.T, a map[string]string, s string) rectangle {
	size := number(t, a["font-size"])
	d.smallest = min(d.smallest, size)
	f := font.Font{Typeface: "Liberation", Variant: "Sans", Size: font.Length(size)}
	if strings.Contains(a["class"], "mono") {
		f.Variant = "Mono"
	}
	w, _, _ := gplot.DefaultTextHandler.Box(s, f)
	x, y := number(t, a["x"]), number(t, a["y"])
	if strings.Contains(a["class"], "middle") {
		x -= float64(w) / 2
	}
	return rectangle{s, x, x + float64(w), y - 0.72*size, y + 0.15*size}
}

var command = regexp.MustCompile(`([MLC])([^MLC]*)`)

// flatten turns a path into a row of points.
func flatten(t *testing.T, path string) (points [][2]float64) {
	for _, m := range command.FindAllStringSubmatch(path, -1) {
		var v [][2]float64
		for _, pair := range strings.Fields(m[2]) {
			x, y, _ := strings.Cut(pair, ",")
			v = append(v, [2]float64{number(t, x), number(t, y)})
		}
		from := v[0]
		if len(points) > 0 {
			from = points[len(points)-1]
		}
		if m[1] == "C" {
			v = [][2]float64{from, v[0], v[1], v[2]}
		} else { // a straight line, as a curve
			v = [][2]float64{from, from, v[0], v[0]}
		}
		for i := range 33 {
			s := float64(i) / 32
			var p [2]float64
			for k := range p {
				p[k] = (1-s)*(1-s)*(1-s)*v[0][k] + 3*s*(1-s)*(1-s)*v[1][k] + 3*s*s*(1-s)*v[2][k] + s*s*s*v[3][k]
			}
			points = append(points, p)
		}
	}
	return points
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// faults says what is wrong with the drawing: lines behind boxes or through texts,
// texts on each other or across the edge of a box, what leaves the paper, arrows
// that end nowhere, small letters.
func (d drawing) faults() (faults []string) {
	say := func(format string, a ...any) { faults = append(faults, fmt.Sprintf(format, a...)) }
	if d.smallest < 12 {
		say("letters of %g pixels", d.smallest)
	}
	for i, s := range d.texts {
		if !s.within(d.paper) {
			say("%q leaves the paper", s.name)
		}
		for _, o := range d.texts[:i] {
			if s.meets(o) {
				say("%q lies on %q", s.name, o.name)
			}
		}
		for _, b := range d.boxes {
			if s.meets(b) && !s.within(b) {
				say("%q lies across the edge of a box", s.name)
			}
		}
	}
	for i, b := range d.boxes {
		for _, o := range d.boxes[:i] {
			if b.meets(o) {
				say("two boxes lie on each other")
			}
		}
	}
	for i, f := range d.frames {
		for _, r := range slices.Concat(d.boxes, d.texts, d.frames[:i]) {
			if r.meets(f) && !r.within(f) {
				say("%q lies across the edge of a frame", r.name)
			}
		}
	}
	var obstacles []rectangle
	for _, r := range slices.Concat(d.boxes, d.texts) {
		obstacles = append(obstacles, r.shrunk(1))
	}
	for _, line := range d.lines {
		for _, p := range line {
			if !d.paper.holds(p) {
				say("a line leaves the paper at %v", p)
			}
			for i := range obstacles {
				if obstacles[i].holds(p) {
					say("a line runs through %q at %v", obstacles[i].name, p)
				}
			}
		}
	}
	return faults
}

// No line of any picture runs behind a box or through a text, no text lies on
// another, and all letters can be read.
func TestGeometry(t *testing.T) {
	for name := range odd {
		j := build(name)
		if err := j.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for what, o := range map[string]draw.Options{
			"shapes": {}, "numbers": numbers, "folded": {Maps: 5}, "all values": {Wrt: graph.Cone(j)}, "no reverse": {Wrt: []*graph.Node{}},
		} {
			d := read(t, write(t, j, o, (*draw.Diagram).WriteSVG))
			for _, fault := range d.faults() {
				t.Errorf("%s, %s: %s", name, what, fault)
				break
			}
			if len(d.boxes) == 0 || len(d.lines) == 0 && name != "leaf" {
				t.Errorf("%s, %s: %d boxes and %d lines were read", name, what, len(d.boxes), len(d.lines))
			}
		}
	}
}

// Every line ends, and begins, at the edge of a box: a reverse one where the forward
// one begins.
func TestLinesJoinBoxes(t *testing.T) {
	for name := range odd {
		d := read(t, write(t, build(name), draw.Options{}, (*draw.Diagram).WriteSVG))
		for _, line := range d.lines {
			for _, p := range [][2]float64{line[0], line[len(line)-1]} {
				touches := false
				for _, b := range d.boxes {
					near := math.Min(math.Abs(p[0]-b.left), math.Abs(p[0]-b.right))
					touches = touches || near <= 10 && p[1] > b.top && p[1] < b.bottom
				}
				if !touches {
					t.Errorf("%s: a line ends at %v, at no box", name, p)
				}
			}
		}
	}
}

// Each step of a line leads somewhere: the head at the end of one that does not may point
// anywhere.
func TestHeadsHaveDirections(t *testing.T) {
	lines := regexp.MustCompile(`(?s)<path d="([^"]*)"[^>]*marker-end`)
	for name := range odd {
		found := lines.FindAllStringSubmatch(write(t, build(name), draw.Options{}, (*draw.Diagram).WriteSVG), -1)
		if len(found) == 0 && name != "leaf" {
			t.Errorf("%s: no lines were found", name)
		}
		for _, line := range found {
			at := ""
			for _, step := range command.FindAllString(line[1], -1) {
				points := strings.Fields(step[1:])
				if end := points[len(points)-1]; end == at {
					t.Errorf("%s: a step of no length at %s: %s", name, at, line[1])
				} else {
					at = end
				}
			}
		}
	}
}

// What the test of geometry calls a fault, by pictures that have it.
func TestFaultsAreSeen(t *testing.T) {
	const head = `<svg><rect class="adjoint-paper" x="0" y="0" width="100" height="100"/><rect class="adjoint-map" x="40" y="40" width="20" height="20"/>`
	for fault, part := range map[string]string{
		"runs through": `<path marker-end="x" d="M10,50 L90,50"/>`,
		"at [":         `<path marker-end="x" d="M10,10 C10,90 90,90 90,10 L90,20"/><text class="" x="30" y="72" font-size="14">word</text>`,
		"lies on":      `<text class="" x="3" y="20" font-size="14">word</text><text class="" x="20" y="22" font-size="14">word</text>`,
		"edge":         `<text class="" x="30" y="50" font-size="14">word</text>`,
		"leaves":       `<text class="" x="90" y="20" font-size="14">word</text>`,
		"letters":      `<text class="" x="3" y="20" font-size="11">word</text>`,
		"of a frame":   `<rect class="adjoint-frame" x="50" y="30" width="40" height="40"/>`,
		"two boxes":    `<rect class="adjoint-leaf" x="50" y="50" width="20" height="20"/>`,
	} {
		if f := strings.Join(read(t, head+part+"</svg>").faults(), "; "); !strings.Contains(f, fault) {
			t.Errorf("%s: not seen in %s: %s", fault, part, f)
		}
	}
	if f := read(t, head+`<path marker-end="x" d="M10,10 L90,20"/></svg>`).faults(); f != nil {
		t.Errorf("a sound picture: %v", f)
	}
}
