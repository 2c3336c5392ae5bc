package graph

import (
	"cmp"
	"fmt"
	"slices"
)

// VJP appends to the graph the reverse derivative of y, as a function of the
// nodes wrt, applied to the cotangent ζ, a node of y's shape: one node ry(ζ) for
// each node of wrt, of its shape. Elsewhere: vector-Jacobian product, pullback.
//
// A node of wrt may depend on another; each result is the full derivative, what
// VJP would return for that node alone. The result for a node on which y does
// not depend is zero.
func VJP(y, ζ *Node, wrt ...*Node) []*Node {
	if err := checkVJP(y, ζ, wrt); err != nil {
		return failedAll(y, err, len(wrt))
	}
	r := make([]*Node, len(wrt))
	eachForm([]*Node{y}, wrt, func(y, x []*Node, at []int) {
		for k, c := range pull(y[0], ζ, x) {
			r[at[k]] = c
		}
	})
	for i, x := range wrt {
		if r[i] == nil {
			r[i] = zero(x)
		}
	}
	return r
}

// Gradient is VJP of a scalar applied to 1: ∇J = rJ(1), one node for each node of
// wrt, of its shape. The error of a J that is no scalar wraps ErrNotScalar.
func Gradient(j *Node, wrt ...*Node) []*Node {
	if j.Err() == nil && j.shape != (Shape{}) {
		return failedAll(j, fmt.Errorf("%s: gradient of %s of shape %v, which no ops.Mean or ops.Sum made a number (VJP takes a cotangent of any shape): %w", caller(), j.Label(), j.shape, ErrNotScalar), len(wrt))
	}
	return VJP(j, j.Graph().Const(1), wrt...)
}

// pull is backpropagation, by Proposition 2.3:
//
//	r(h∘g∘f)_x(ζ) = rf_x ∘ rg_f(x) ∘ rh_g(f(x)) (ζ)
//
// Nodes are visited last to first. Each hands its cotangent to the r of its op,
// which hands one to each input. Where a value is used twice, through the
// diagonal x ↦ (x, x), cotangents add, because the diagonal's reverse is
// (ζ₁, ζ₂) ↦ ζ₁ + ζ₂: that is all a graph adds to the Proposition. A nil result
// is zero.
func pull(y, ζ *Node, wrt []*Node) []*Node { return pullAll([]*Node{y}, []*Node{ζ}, wrt) }

// pullAll is pull of several values, whose results add up.
func pullAll(y, ζ, wrt []*Node) []*Node {
	g, top := y[0].g, 0
	for _, n := range y {
		top = max(top, n.id)
	}
	span := dependents(g, top, wrt)
	cotangent := make([]*Node, len(span.active))
	for i, n := range y {
		if span.has(n) {
			cotangent[n.id-span.low] = plus(cotangent[n.id-span.low], ζ[i])
		}
	}
	for id := top; id >= span.low; id-- {
		n := g.node(id)
		ζ := cotangent[id-span.low]
		if ζ == nil || !span.moves(n) {
			continue
		}
		for i, r := range n.reverse(ζ) {
			if x := n.in[i]; r != nil && span.has(x) {
				cotangent[x.id-span.low] = plus(cotangent[x.id-span.low], r)
			}
		}
	}
	r := make([]*Node, len(wrt))
	for i, x := range wrt {
		if span.has(x) {
			r[i] = cotangent[x.id-span.low]
		}
	}
	return r
}

// reverse applies the r of n's op, checks what its author returned, and records
// whose r made the new nodes.
func (n *Node) reverse(ζ *Node) []*Node {
	before := n.g.Len()
	r := n.op.Reverse(n, ζ)
	for id := before; id < n.g.Len(); id++ {
		if made := n.g.node(id); made.reverseOf == nil {
			made.reverseOf = n
		}
	}
	if r == nil {
		return nil
	}
	if len(r) != len(n.in) {
		return failedAll(n, fmt.Errorf("%s: r%v returned %d cotangents for %d inputs: %w", caller(), n.op, len(r), len(n.in), ErrShape), len(n.in))
	}
	for i, x := range n.in {
		if r[i] != nil && r[i].err == nil && r[i].shape != x.shape {
			r[i] = fail(n.g, "r%v: cotangent %d has shape %v, its input %s has %v: %w", n.op, i, r[i].shape, x.Label(), x.shape, ErrShape)
		}
	}
	return r
}

// A span is the part of a graph between the oldest node of a list and y: which
// of its nodes depend on the list. Both modes work there and nowhere else.
type span struct {
	low    int    // id of the oldest node
	active []bool // by id − low
}

// dependents returns the span from the oldest root to the node with id top.
func dependents(g *Graph, top int, roots []*Node) span {
	s := span{low: top + 1}
	for _, x := range roots {
		s.low = min(s.low, x.id)
	}
	s.active = make([]bool, top+1-s.low)
	for _, x := range roots {
		if x.id <= top {
			s.active[x.id-s.low] = true
		}
	}
	for i := range s.active {
		s.active[i] = s.active[i] || s.moves(g.node(s.low+i))
	}
	return s
}

// has reports whether n is one of the roots or depends on one.
func (s span) has(n *Node) bool {
	i := n.id - s.low
	return i >= 0 && i < len(s.active) && s.active[i]
}

// leadingTo reports, by id − low, which nodes of the span y is computed from.
func (s span) leadingTo(g *Graph, y []*Node) []bool {
	needed := make([]bool, len(s.active))
	for _, n := range y {
		if s.has(n) {
			needed[n.id-s.low] = true
		}
	}
	for i := len(needed) - 1; i >= 0; i-- {
		for _, x := range g.node(s.low + i).in {
			if needed[i] && s.has(x) {
				needed[x.id-s.low] = true
			}
		}
	}
	return needed
}

// moves reports whether an input of n is a root or depends on one.
func (s span) moves(n *Node) bool {
	for _, x := range n.in {
		if s.has(x) {
			return true
		}
	}
	return false
}

func checkVJP(y, ζ *Node, wrt []*Node) error {
	if err := cmp.Or(y.Err(), ζ.Err(), firstError(wrt)); err != nil {
		return err
	}
	if ζ.g != y.g || slices.ContainsFunc(wrt, func(x *Node) bool { return x.g != y.g }) {
		return fmt.Errorf("%s: derivative of %s: %w", caller(), y.Label(), ErrGraph)
	}
	if err := refuseConstants(wrt); err != nil {
		return err
	}
	if ζ.shape != y.shape {
		return fmt.Errorf("%s: cotangent %s has shape %v, %s has %v: %w", caller(), ζ.Label(), ζ.shape, y.Label(), y.shape, ErrShape)
	}
	return nil
}

// refuseConstants refuses a derivative with respect to a node that Const made:
// equal constants are one node, and ops may compute with the number instead.
func refuseConstants(wrt []*Node) error {
	for _, x := range wrt {
		if _, ok := x.op.(fill); ok {
			return fmt.Errorf("%s: with respect to the constant %v, which is no variable (Constant makes one): %w", caller(), x.op, ErrNoDerivative)
		}
	}
	return nil
}

func failedAll(y *Node, err error, n int) []*Node {
	r := make([]*Node, n)
	for i := range r {
		r[i] = failed(y.Graph(), err)
	}
	return r
}
