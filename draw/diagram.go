package draw

import (
	"fmt"
	"slices"

	"adjoint/graph"
)

// A Diagram is the picture of a formula: its maps in a row, from the input to the cost,
// joined by forward arrows, and under them the arrows of the reverse derivative. The
// other inputs of a map, such as parameters or labels, are above it.
type Diagram struct {
	Caption []string // a composition for each parameter
	boxes   []box
	arrows  []arrow
	columns int
}

// A box is a map, a leaf, or a gap in place of maps that are left out.
type box struct {
	title, detail string
	kind          kind
	column        int
	above         int // the height above the row of maps, which is at 0
}

type kind int

const (
	mapBox kind = iota
	leafBox
	gapBox
)

// An arrow goes forward, or is a reverse derivative.
type arrow struct {
	from, to int // boxes
	label    string
	detail   string // lines under the label
	reverse  bool
}

// Options say what to draw.
type Options struct {
	// Wrt are the nodes whose reverse derivative is drawn; nil is the parameters.
	Wrt []*graph.Node

	// Maps is the largest number of maps that are drawn. The middle of a longer row
	// is left out, by whole layers if there are layers. 0 is 40.
	Maps int

	// Detail returns the text under the name of a node, in one or more lines; nil
	// is the shape. Cotangent returns the text under the name of the reverse arrow
	// that leads to a node; nil is no text.
	Detail, Cotangent func(n *graph.Node) string
}

// maxCaption is the number of compositions that are written under a diagram.
const maxCaption = 6

// Of returns the diagram of j. The error is that of j or of a node of Wrt.
func Of(j *graph.Node, o Options) (*Diagram, error) {
	if err := j.Err(); err != nil {
		return nil, err
	}
	if o.Wrt == nil {
		o.Wrt = graph.Params(j)
	}
	for _, w := range o.Wrt {
		if err := w.Err(); err != nil {
			return nil, err
		}
	}
	if o.Maps <= 0 {
		o.Maps = 40
	}
	if o.Detail == nil {
		o.Detail = func(n *graph.Node) string { return n.Shape().String() }
	}
	if o.Cotangent == nil {
		o.Cotangent = func(*graph.Node) string { return "" }
	}
	p := &painter{Diagram: &Diagram{}, at: map[*graph.Node]int{}, options: o}
	for _, w := range o.Wrt {
		p.notes = append(p.notes, graph.NotationOf(j, w))
		p.Caption = append(p.Caption, fmt.Sprintf("∂%s/∂%s = %s", name(j, "J"), name(w, "w"), graph.Composition(j, w)))
	}
	if len(p.notes) == 0 {
		p.notes = []graph.Notation{graph.NotationOf(j, j)}
	}
	if n := len(p.Caption); n > maxCaption {
		p.Caption = append(p.Caption[:maxCaption], fmt.Sprintf("… and %d more", n-maxCaption))
	}
	p.paint(fold(spine(j), o.Maps))
	return p.Diagram, nil
}

// spine returns the longest row of maps that ends in j, from its leaf on. Of equally
// long rows it prefers that of the examples.
func spine(j *graph.Node) []*graph.Node {
	depth := map[*graph.Node]int{}
	for _, n := range graph.Cone(j) {
		for _, x := range n.Inputs() {
			depth[n] = max(depth[n], depth[x]+1)
		}
	}
	row := []*graph.Node{j}
	for n := j; len(n.Inputs()) > 0; row = append(row, n) {
		next := n.In(0)
		for _, x := range n.Inputs() {
			if depth[x] > depth[next] || depth[x] == depth[next] && rank(x) > rank(next) {
				next = x
			}
		}
		n = next
	}
	slices.Reverse(row)
	return row
}

// rank orders leaves: inputs are the highest, then constants, then parameters.
func rank(n *graph.Node) int {
	switch n.Kind() {
	case graph.Input:
		return 2
	case graph.Param:
		return 0
	}
	return 1
}

// fold leaves out the middle of a row that is too long. It returns the first node that
// is left out, and the last, gap, which stays in the row for all of them.
func fold(row []*graph.Node, most int) (short []*graph.Node, first, gap *graph.Node) {
	if len(row) <= most+1 {
		return row, nil, nil
	}
	head := (most + 1) / 2
	tail := len(row) - (most - head)
	// A layer begins with the map that the row begins with.
	begins := func(i int) bool { return row[i].Op() == row[1].Op() }
	for h := head; h > 1; h-- {
		if begins(h) {
			head = h
			break
		}
	}
	for t := tail; t < len(row); t++ {
		if begins(t) {
			tail = t
			break
		}
	}
	return append(append([]*graph.Node(nil), row[:head]...), row[tail-1:]...), row[head], row[tail-1]
}

// A painter makes the boxes and arrows of a row of nodes.
type painter struct {
	*Diagram
	at    map[*graph.Node]int // the box of a node
	notes []graph.Notation

	options Options
}

// paint paints a row. The node gap in it stands for all nodes from first to gap.
func (p *painter) paint(row []*graph.Node, first, gap *graph.Node) {
	p.columns = len(row)
	for i, n := range row {
		switch {
		case n == gap:
			p.add(n, box{title: "…", kind: gapBox, column: i})
			p.at[first] = p.at[gap]
			p.both(first, slices.Index(first.Inputs(), row[i-1]))
		case len(n.Inputs()) == 0:
			p.leaf(n, i, 0)
		default:
			p.add(n, p.mapOf(n, i))
			above := 0
			for k, x := range n.Inputs() {
				if _, drawn := p.at[x]; !drawn {
					above++
					p.leaf(x, i, above)
				}
				p.both(n, k)
			}
		}
	}
}

// add adds the box of a node.
func (p *painter) add(n *graph.Node, b box) {
	p.at[n] = len(p.boxes)
	p.boxes = append(p.boxes, b)
}

// both draws the arrow from input k of n and, if the input depends on a node of
// wrt, the reverse one.
func (p *painter) both(n *graph.Node, k int) {
	x := n.In(k)
	p.arrows = append(p.arrows, arrow{from: p.at[x], to: p.at[n]})
	for _, a := range p.notes {
		if a.DependsOn(x) {
			p.arrows = append(p.arrows, arrow{p.at[n], p.at[x], a.Reverse(n, k), p.options.Cotangent(x), true})
			return
		}
	}
}

func (p *painter) mapOf(n *graph.Node, column int) box {
	title := p.notes[0].Op(n)
	if n.Name() != "" && n.Name() != title {
		title = n.Name() + " = " + title
	}
	return box{title: title, detail: p.options.Detail(n), column: column}
}

// leaf adds the box of a leaf, or of an expression that is not in the row.
func (p *painter) leaf(n *graph.Node, column, above int) {
	text := []rune(n.String())
	if len(text) > 12 { // more would have to be small to fit
		text = append(text[:11], '…')
	}
	p.add(n, box{string(text), p.options.Detail(n), leafBox, column, above})
}

func name(n *graph.Node, otherwise string) string {
	if n.Name() != "" {
		return n.Name()
	}
	return otherwise
}
