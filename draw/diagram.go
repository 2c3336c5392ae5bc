package draw

import (
	"adjoint/graph"
)

// A Diagram is the picture of a formula: its maps from the examples on the left to
// the cost on the right, joined by forward arrows, and beside each the arrow of the
// reverse derivative. The arguments of a map come in from the left, the first on
// top where that leaves the fewest crossings.
type Diagram struct {
	Caption []string // a composition for each parameter

	boxes  []box
	arrows []arrow
	depth  int // layers
	steps  []step
}

// A box is a map, a leaf, or a gap in place of maps that are left out.
type box struct {
	node          int // its ID; -1 of a gap, and inside an op
	title, detail string
	kind          kind
	layer         int  // 0 is on the left
	spine         bool // on the longest row of maps, which is drawn straight
}

type kind int

const (
	mapBox kind = iota
	leafBox
	gapBox
)

// An arrow leads from a value to a map that reads it. If it is in both directions
// a reverse derivative, with its name and lines under it, leads back.
type arrow struct {
	from, to      int // boxes
	input         int // of the map that reads the value
	label, detail string
	both          bool
}

// Options say what to draw.
type Options struct {
	// Wrt are the nodes whose reverse derivative is drawn; nil is the parameters.
	Wrt []*graph.Node

	// Maps is the largest number of maps that are drawn: of a deeper formula the
	// middle is left out, by whole layers where there are any. 0 is 40.
	Maps int

	// Detail is what stands under the name of a node, in one or more lines; nil
	// is the shape. Lines in brackets, as "[1 2]" or "⎡1⎤" above "⎣2⎦", are a
	// matrix.
	Detail func(n *graph.Node) string

	// Cotangent is what stands under the name of the reverse arrow from n to its
	// input k, as Detail does; nil is nothing.
	Cotangent func(n *graph.Node, k int) string
}

// Of returns the diagram of j. It depends on the formula only. The error
// is that of j or of a node of Wrt.
func Of(j *graph.Node, o Options) (*Diagram, error) {
	if err := j.Err(); err != nil {
		return nil, err
	}
	j = graph.InPrediction(j)[0]
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
		o.Detail = shapeOf
	}
	if o.Cotangent == nil {
		o.Cotangent = noCotangent
	}
	p := &painter{
		Diagram: &Diagram{}, naming: namingOf(j, o.Wrt), options: o,
		at: map[*graph.Node]int{}, skipped: map[[2]int]bool{},
	}
	p.Caption = p.captions()
	p.paint(fold(j, o.Maps))
	p.layers()
	p.unfold(graph.Cone(j), p.Diagram, map[*graph.Node]bool{})
	return p.Diagram, nil
}

func shapeOf(n *graph.Node) string             { return n.Shape().String() }
func noCotangent(*graph.Node, int) (no string) { return "" }

// A painter makes the boxes and arrows of a formula.
type painter struct {
	*Diagram
	naming
	options Options
	at      map[*graph.Node]int // the box of a node
	skipped map[[2]int]bool     // arrows into, out of and within what is left out
	nested  bool                // in a map inside an op, whose nodes have no ID on the page
}

// paint paints what a fold has left.
func (p *painter) paint(f folded) {
	gap := -1
	for _, n := range f.nodes {
		switch {
		case f.out[n]:
			if gap < 0 {
				gap = p.add(n, box{node: -1, title: "…", kind: gapBox, spine: true})
			}
			p.at[n] = gap
		case len(n.Inputs()) == 0:
			p.add(n, box{node: p.id(n), title: p.box(n), detail: p.options.Detail(n), kind: leafBox, spine: f.spine[n]})
		default:
			p.add(n, box{node: p.id(n), title: p.box(n), detail: p.options.Detail(n), spine: f.spine[n]})
		}
		for k := range n.Inputs() {
			p.arrow(n, k, gap)
		}
	}
}

// id is by what a page finds a node; -1 is nothing.
func (p *painter) id(n *graph.Node) int {
	if p.nested {
		return -1
	}
	return n.ID()
}

// add adds the box of a node.
func (p *painter) add(n *graph.Node, b box) int {
	p.at[n] = len(p.boxes)
	p.boxes = append(p.boxes, b)
	return p.at[n]
}

// arrow draws the arrow from input k of n, if that is drawn. What is left out has
// one arrow for each box it is joined to.
func (p *painter) arrow(n *graph.Node, k, gap int) {
	x := n.In(k)
	from, drawn := p.at[x]
	to := p.at[n]
	if !drawn {
		return
	}
	if from == gap || to == gap {
		if from == to || p.skipped[[2]int{from, to}] {
			return
		}
		p.skipped[[2]int{from, to}] = true
	}
	a := arrow{from: from, to: to, input: k, both: p.moves(x)}
	if a.both {
		a.label, a.detail = p.reverse(n, k), p.options.Cotangent(n, k)
	}
	p.arrows = append(p.arrows, a)
}

// layers puts every box as far to the right as what reads it allows. A parameter
// stands before the first map that reads it.
func (p *painter) layers() {
	readers := make([][]int, len(p.boxes))
	for _, a := range p.arrows {
		readers[a.from] = append(readers[a.from], a.to)
	}
	height := make([]int, len(p.boxes)) // 1 is the cost
	var measure func(b int) int
	measure = func(b int) int {
		if height[b] == 0 {
			for _, r := range readers[b] {
				height[b] = max(height[b], measure(r))
			}
			height[b]++
			p.depth = max(p.depth, height[b])
		}
		return height[b]
	}
	for b := range p.boxes {
		measure(b)
	}
	for b := range p.boxes {
		p.boxes[b].layer = p.depth - height[b]
	}
}
