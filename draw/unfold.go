package draw

import (
	"cmp"
	"strings"

	"adjoint/graph"
)

// Some ops have a map inside, as a scan has the step that it takes at each time. It is drawn too,
// under the formula: such a box unfolds.

// maxSteps is the number of maps inside that are drawn.
const maxSteps = 4

// A step is a map inside an op, of which one value is drawn.
type step struct {
	title   string
	diagram *Diagram
}

// unfold draws the maps inside the ops of nodes, those inside these too, unless they are there already.
func (p *painter) unfold(nodes []*graph.Node, into *Diagram, drawn map[*graph.Node]bool) {
	for _, n := range nodes {
		body := bodyOf(n)
		if body == nil {
			continue
		}
		for _, y := range body.Outputs() {
			if y == nil || drawn[y] {
				continue
			}
			inside := graph.Cone(y)
			for _, x := range inside {
				drawn[x] = drawn[x] || len(x.Inputs()) > 0
			}
			if len(into.steps) < maxSteps {
				q := p.inside(n, body, y)
				q.paint(fold(y, p.options.Maps))
				q.layers()
				into.steps = append(into.steps, step{p.stepTitle(n, body, q), q.Diagram})
				q.unfold(inside, into, drawn)
			}
		}
	}
}

// bodyOf returns the map inside the op of n that has the inputs of n, nil if there is none.
func bodyOf(n *graph.Node) *graph.Body {
	if op, ok := n.Op().(graph.Describer); ok {
		for _, a := range op.Describe().Args {
			if b, ok := a.(*graph.Body); ok && len(b.Inputs()) == len(n.Inputs()) {
				return b
			}
		}
	}
	return nil
}

// inside returns the painter of the value y of the map inside n. Its inputs have the names of those of
// n, but the first, the state, that of n; a value has the name of the state, or of the map that makes it, with
// a prime.
func (p *painter) inside(n *graph.Node, body *graph.Body, y *graph.Node) *painter {
	q := &painter{Diagram: &Diagram{}, options: p.options, at: map[*graph.Node]int{}, skipped: map[[2]int]bool{}, nested: true}
	q.options.Detail, q.options.Cotangent = shapeOf, noCotangent
	names := map[*graph.Node]string{}
	var wrt []*graph.Node
	for i, x := range body.Inputs() {
		if i == 0 {
			names[x] = cut(cmp.Or(n.Name(), "s"))
		} else {
			names[x] = p.node(n.In(i))
		}
		if p.moves(n.In(i)) || i == 0 && p.moves(n) {
			wrt = append(wrt, x)
		}
	}
	if y == body.Outputs()[0] {
		names[y] = names[body.Inputs()[0]] + "′"
	}
	q.naming = namingOf(y, wrt)
	q.given = names
	return q
}

// stepTitle says what a step is: "s = scan, at each time: (s, x, w) ↦ s′".
func (p *painter) stepTitle(n *graph.Node, body *graph.Body, q *painter) string {
	var in []string
	for _, x := range body.Inputs() {
		in = append(in, q.node(x))
	}
	return p.box(n) + ", at each time: (" + strings.Join(in, ", ") + ") ↦ " + q.node(q.j)
}
