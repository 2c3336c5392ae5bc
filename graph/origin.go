package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gorgonia.org/tensor"
)

// RunChecked is Run, and says where NaN and infinities come from. If an entry of an output is
// not finite, its error wraps ErrNotFinite and names the first node that led to it and whose
// inputs are finite: which op of which values, the r that appended it and, after
// Graph.NoteLines, the line that made it. It finds that node by computing the formula again,
// op by op, all values kept.
//
// A constant may be infinite on purpose, as that of a mask; the first node that is not finite
// because of it is named.
func (p *Program) RunChecked() error {
	if err := p.Run(); err != nil {
		return err
	}
	i := slices.IndexFunc(p.plan.output, func(v *tensor.Dense) bool { return notFinite(v) >= 0 })
	if i < 0 {
		return nil
	}
	values, err := p.allValues()
	if err != nil {
		return fmt.Errorf("output %d is %w; where that began: %w", i, ErrNotFinite, err)
	}
	if n := p.code.g.origin(p.code.roots, values); n != nil {
		return report(n, values)
	}
	return fmt.Errorf("output %d is %w by the kernel of %v; op by op it is finite", i, ErrNotFinite, p.code.by(p.code.roots[i]).op)
}

// allValues computes what p computes from what p was fed, each node by its own kernel.
func (p *Program) allValues() (values perNode[*tensor.Dense], err error) {
	nodes := p.code.g.cone(p.code.roots)
	c, err := Options{NoFuse: true, NoStable: true}.compileIn(p.code.g, nodes, nil)
	if err != nil {
		return values, err
	}
	q, err := programOf(c)
	if err != nil {
		return values, err
	}
	for i, x := range p.code.inputs {
		if err := q.Lend(x, p.in[i].value); err != nil {
			return values, err
		}
	}
	if err := q.Run(); err != nil {
		return values, err
	}
	for i, v := range q.plan.output {
		*values.at(nodes[i]) = v
	}
	return values, nil
}

// origin returns the oldest node that is not finite and leads to a root by such nodes, or nil.
func (g *Graph) origin(roots []*Node, values perNode[*tensor.Dense]) (first *Node) {
	g.reach(roots, func(n *Node, visit func(*Node)) {
		if len(n.in) == 0 && !n.isFed() && n.kind != Param && n.kind != State || notFinite(values.get(n)) < 0 {
			return
		}
		first = n
		for _, x := range n.in {
			visit(x)
		}
	})
	return first
}

// notFinite returns the position, row by row, of the first entry that is NaN or infinite, or −1.
func notFinite(v *tensor.Dense) int {
	return slices.IndexFunc(Values[float64](v), func(e float64) bool { return math.IsNaN(e - e) })
}

// report describes the node at which values cease to be finite.
func report(n *Node, values perNode[*tensor.Dense]) error {
	v := values.get(n)
	at := notFinite(v)
	what := fmt.Sprintf("%g%s", Values[float64](v)[at], entry(at, v))
	if len(n.in) == 0 {
		return fmt.Errorf("%v %s of shape %v is %s: %w", n.kind, n.Label(), n.shape, what, ErrNotFinite)
	}
	inputs := make([]string, len(n.in))
	for i, x := range n.in {
		inputs[i] = x.Label() + " = " + near(values.get(x), at, v)
	}
	made := describe(n.op, n.in)
	if n.name != "" {
		made = n.name + " = " + made
	}
	if n.reverseOf != nil {
		made += fmt.Sprintf(", in r%v of %s,", n.reverseOf.op, n.reverseOf.Label())
	}
	return fmt.Errorf("%s%s is %s, where %s: %w", n.madeAt(), made, what, strings.Join(inputs, ", "), ErrNotFinite)
}

// entry names the entry of v at a position, row by row; that of a number needs no name.
func entry(at int, v *tensor.Dense) string {
	index := slices.Clone([]int(v.Shape()))
	if len(index) == 0 {
		return ""
	}
	for i, d := range slices.Backward(index) {
		index[i], at = at%d, at/d
	}
	return fmt.Sprintf(" at %v", ShapeOf(index...))
}

// near shows what an op read of x for the entry of y at a position: the same entry, where
// there is one, and else all entries, or of many the smallest and the largest.
func near(x *tensor.Dense, at int, y *tensor.Dense) string {
	const few = 6
	switch v := Values[float64](x); {
	case slices.Equal(x.Shape(), y.Shape()):
		return fmt.Sprintf("%g%s", v[at], entry(at, x))
	case len(v) == 1:
		return fmt.Sprintf("%g", v[0])
	case len(v) <= few:
		return fmt.Sprintf("%.4g", v)
	default:
		return fmt.Sprintf("%.4g … %.4g", slices.Min(v), slices.Max(v))
	}
}
