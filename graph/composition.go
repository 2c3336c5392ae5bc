package graph

import (
	"fmt"
	"strings"
)

// maxPaths is the number of paths that Composition writes out.
const maxPaths = 8

// Composition writes the reverse derivative of j with respect to w as the
// document does, a composition of the reverse derivatives along the path from w
// to j:
//
//	r₁φ∘rψ∘rσ∘rL∘rmean
//
// An argument of an op is named by its number where the document names it: rᵢF
// is the derivative in argument i where w itself is that argument and not the
// last one, or where several arguments depend on w; otherwise it is rF. Ops that
// occur more than once are numbered by layer, as in rφ[2]. Several paths are
// joined by +; if there are many, the first few are written out and the rest
// counted. If j does not depend on w the composition is 0.
func Composition(j, w *Node) string {
	if err := firstError([]*Node{j, w}); err != nil {
		return "⊥(" + err.Error() + ")"
	}
	if j == w {
		return "1"
	}
	c := composer{Notation: NotationOf(j, w)}
	if !c.DependsOn(j) {
		return "0"
	}
	c.walk(j, nil)
	text := strings.Join(c.paths, " + ")
	if rest := c.count(j) - float64(len(c.paths)); rest > 0 {
		text += fmt.Sprintf(" + … (%.0f more)", rest)
	}
	return text
}

// A Notation names the maps on the paths from w to j, and their reverse
// derivatives, as Composition does.
type Notation struct {
	w     *Node
	span  span
	layer map[*Node]int
}

// NotationOf returns the Notation of the paths from w to j, neither of which
// failed to build.
func NotationOf(j, w *Node) Notation {
	a := Notation{w: w, layer: layers(j)}
	if j.g == w.g && j.id >= w.id {
		a.span = dependents(j.g, j.id, []*Node{w})
	}
	return a
}

// DependsOn reports whether n is w or is computed from it, on the way to j.
func (a Notation) DependsOn(n *Node) bool { return a.span.has(n) }

// Op prints the op of n with its layer: "φ[2]".
func (a Notation) Op(n *Node) string {
	if l := a.layer[n]; l > 0 {
		return fmt.Sprintf("%v[%d]", n.op, l)
	}
	return n.op.String()
}

// Reverse prints the reverse derivative of n's op in argument i: "r₁φ[2]".
func (a Notation) Reverse(n *Node, i int) string {
	moving := 0
	for _, x := range n.in {
		if a.DependsOn(x) {
			moving++
		}
	}
	if moving > 1 || n.in[i] == a.w && i < len(n.in)-1 {
		return "r" + subscript(i+1) + a.Op(n)
	}
	return "r" + a.Op(n)
}

// A composer writes paths out.
type composer struct {
	Notation
	paths []string
}

// A trail is the part of a path that has been walked, from a node up to j.
type trail struct {
	step string
	rest *trail
}

func (t *trail) String() string {
	var steps []string
	for ; t != nil; t = t.rest {
		steps = append(steps, t.step)
	}
	return strings.Join(steps, "∘")
}

// walk writes the paths from w to n; after is what follows n on the way to j.
func (c *composer) walk(n *Node, after *trail) {
	if n == c.w {
		c.paths = append(c.paths, after.String())
		return
	}
	for i, x := range n.in {
		if len(c.paths) == maxPaths {
			return
		}
		if c.DependsOn(x) {
			c.walk(x, &trail{c.Reverse(n, i), after})
		}
	}
}

// count returns the number of paths from w to j, as a float64 because it can be
// exponential in the number of nodes.
func (c *composer) count(j *Node) float64 {
	paths := make([]float64, len(c.span.active))
	paths[c.w.id-c.span.low] = 1
	for n := range j.g.from(c.span.low, j.id+1) {
		for _, x := range n.in {
			if n != c.w && c.span.has(x) {
				paths[n.id-c.span.low] += paths[x.id-c.span.low]
			}
		}
	}
	return paths[j.id-c.span.low]
}

// layers numbers the nodes on which j depends among those of the same op; 0 if
// there is only one.
func layers(j *Node) map[*Node]int {
	nodes, total, seen := cone([]*Node{j}, nil), map[string]int{}, map[string]int{}
	for _, n := range nodes {
		if n.op != nil {
			total[n.op.String()]++
		}
	}
	layer := map[*Node]int{}
	for _, n := range nodes {
		if n.op != nil && total[n.op.String()] > 1 {
			seen[n.op.String()]++
			layer[n] = seen[n.op.String()]
		}
	}
	return layer
}

// subscript prints i in subscript digits.
func subscript(i int) string {
	const zero = '₀'
	var s string
	for ; i > 0; i /= 10 {
		s = string(zero+rune(i%10)) + s
	}
	return s
}
