package optest

import (
	"fmt"
	"math"

	"adjoint/graph"
)

// mistakes are derivations of a gradient with one mistake in each.
type mistakes struct {
	*sweep
	hand, off []float64 // the hand-derived gradient, and how far it is off
	factors   factors
	tolerance float64
}

// explained reports whether a wrong gradient is the hand-derived one.
func (m mistakes) explained(gradient []float64) bool {
	return largest(differenceOf(m.hand, gradient)) <= 1e-3*largest(m.off) && alike(m.hand, gradient, m.tolerance)
}

// scaled looks for an edge whose part of the gradient has a factor too many: 0 is a
// path that is lost.
func (m mistakes) scaled() string {
	for _, e := range m.edges {
		part, err := m.push(e.x(), e.out, nil)
		if err != nil || m.isSumOfOne(e.x()) {
			continue
		}
		c, ok := ratio(m.off, part, m.tolerance)
		if !ok {
			continue
		}
		c++
		name := m.factors.name(c)
		if math.Abs(c) < 1e-6 {
			name = "lost"
		} else if name == "" {
			continue
		}
		gradient := sumOf(m.gradient, times(c-1, part))
		if !m.explained(gradient) {
			continue
		}
		through := m.short(e.x())
		switch penalty := m.penalises(e.x()); {
		case penalty && name == "lost":
			return fmt.Sprintf("the penalty is forgotten: the term %s of the cost has a gradient too", through)
		case penalty:
			return fmt.Sprintf("in the gradient of the penalty %s, %s", through, name)
		case name == "lost":
			return fmt.Sprintf("a path is lost: the cost depends on %s through %s too, argument %d of %s", nameOf(m.w), through, e.i+1, m.names.Op(e.y))
		default:
			return fmt.Sprintf("along the path through %s, argument %d of %s, %s", through, e.i+1, m.names.Op(e.y), name)
		}
	}
	return ""
}

// isSumOfOne reports whether x is a sum of which one term depends on w, so that the
// edge to that term says more.
func (m mistakes) isSumOfOne(x *graph.Node) bool {
	terms := 0
	for _, e := range m.edges {
		if e.y == x {
			terms++
		}
	}
	return x != m.w && x.Op().String() == "+" && terms == 1
}

// penalises reports whether x is a term that acts on w alone, up to a sum of such.
func (m mistakes) penalises(x *graph.Node) bool {
	if x.Shape() != (graph.Shape{}) {
		return false
	}
	for _, n := range graph.Cone(x) {
		if n == m.w || !m.names.DependsOn(n) || n.Op().String() == "+" {
			continue
		}
		for _, leaf := range graph.Cone(n) {
			if leaf != m.w && (leaf.Kind() == graph.Input || leaf.Kind() == graph.Param) {
				return false
			}
		}
	}
	return true
}
