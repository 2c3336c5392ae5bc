package graph

import (
	"fmt"
	"slices"
)

// JVP appends to the graph the differential of y, as a function of the nodes
// wrt, applied to the tangents ξ, one node for each of wrt and of its shape; a
// nil tangent is zero. The result dy(ξ) has the shape of y. Elsewhere:
// Jacobian-vector product, pushforward.
func JVP(y *Node, wrt, ξ []*Node) *Node {
	return jvp([]*Node{y}, wrt, ξ)[0]
}

// HVP appends the Hessian of the scalar j applied to v: the differential of its
// gradient, one node for each node of wrt, of its shape.
func HVP(j *Node, wrt, v []*Node) []*Node {
	return jvp(Gradient(j, wrt...), wrt, v)
}

// Jacobian appends one VJP for each entry of y, row by row: result i is ry(eᵢ),
// of the shape of x, the derivative of entry i of y with respect to x (Lemma
// 2.4). The shape of y has no symbols. ops.Jacobian is that as one node.
func Jacobian(y, x *Node) []*Node {
	if err := firstError([]*Node{y, x}); err != nil {
		return failedAll(y, err, 1)
	}
	if y.shape.Symbolic() {
		return failedAll(y, fmt.Errorf("%s: Jacobian of %s of shape %v: %w", caller(), y.Label(), y.shape, ErrShape), 1)
	}
	rows := make([]*Node, y.shape.size())
	for i := range rows {
		rows[i] = VJP(y, y.g.apply(basis{i, y.shape}, nil), x)[0]
	}
	return rows
}

// jvp is JVP of several nodes in one sweep.
func jvp(y, wrt, ξ []*Node) []*Node {
	if err := checkJVP(y, wrt, ξ); err != nil {
		return failedAll(y[0], err, len(y))
	}
	d := make([]*Node, len(y))
	eachForm(y, wrt, func(y, x []*Node, at []int) {
		tangents := make([]*Node, len(at))
		for k, i := range at {
			tangents[k] = ξ[i]
		}
		for i, t := range push(y, x, tangents) {
			d[i] = plus(d[i], t)
		}
	})
	for i := range d {
		if d[i] == nil {
			d[i] = zero(y[i])
		}
	}
	return d
}

// push carries tangents from the nodes wrt to the nodes y, first to last, by the
// chain rule d(g∘f)_x(ξ) = dg_f(x)(df_x(ξ)). A nil result is zero.
func push(y, wrt, ξ []*Node) []*Node {
	g, top := y[0].g, 0
	for _, n := range y {
		top = max(top, n.id)
	}
	span := dependents(g, top, wrt)
	tangent := make([]*Node, len(span.active))
	for i, x := range wrt {
		if span.has(x) {
			tangent[x.id-span.low] = plus(tangent[x.id-span.low], ξ[i])
		}
	}
	needed := span.leadingTo(g, y)
	for i, needs := range needed {
		if !needs {
			continue
		}
		n := g.node(span.low + i)
		ξ, moving := make([]*Node, len(n.in)), false
		for i, x := range n.in {
			if span.has(x) {
				ξ[i] = tangent[x.id-span.low]
				moving = moving || ξ[i] != nil
			}
		}
		if moving {
			tangent[n.id-span.low] = plus(tangent[n.id-span.low], n.differential(ξ))
		}
	}
	d := make([]*Node, len(y))
	for i, n := range y {
		if span.has(n) {
			d[i] = tangent[n.id-span.low]
		}
	}
	return d
}

// differential is dF_x(ξ) for y = F(x): what the op states, F itself where that is linear
// or, because rF_x is linear in ζ and the adjoint of the adjoint is dF_x, the reverse of
// its reverse.
func (n *Node) differential(ξ []*Node) *Node {
	switch op := n.op.(type) {
	case Differentialer:
		d := op.Differential(n, ξ...)
		if d != nil && d.err == nil && d.shape != n.shape {
			return fail(n.g, "d%v: tangent of shape %v, its value has %v: %w", n.op, d.shape, n.shape, ErrShape)
		}
		return d
	case LinearMap:
		return n.at(op.Linear(), ξ)
	}
	return n.reverseTwice(ξ)
}

// at is F with the tangents ξ in place of some inputs, all of them if none is named.
func (n *Node) at(inputs []int, ξ []*Node) *Node {
	in, moving := slices.Clone(n.in), false
	for i := range in {
		switch {
		case len(inputs) > 0 && !slices.Contains(inputs, i):
		case ξ[i] == nil:
			in[i] = zero(in[i])
		default:
			in[i], moving = ξ[i], true
		}
	}
	if !moving {
		return nil
	}
	return Apply(n.op, in...)
}

// reverseTwice is the reverse of rF_x, applied to ξ.
func (n *Node) reverseTwice(ξ []*Node) *Node {
	ζ := n.g.standIn("ζ", n.shape)
	var d *Node
	for i, r := range n.reverse(ζ) {
		switch {
		case r == nil || ξ[i] == nil:
		case r.err != nil:
			return r
		default:
			d = plus(d, pull(r, ξ[i], []*Node{ζ})[0])
		}
	}
	if d != nil && d.err == nil && dependents(n.g, d.id, []*Node{ζ}).has(d) {
		return fail(n.g, "d%v: derived from r%v: %w", n.op, n.op, ErrNotLinear)
	}
	return d
}

func zero(like *Node) *Node { return like.g.Const(0, like.shape.Dims()...) }

func checkJVP(y, wrt, ξ []*Node) error {
	if err := firstError(append(append([]*Node(nil), y...), wrt...)); err != nil {
		return err
	}
	if len(wrt) != len(ξ) {
		return fmt.Errorf("%s: %d tangents for %d nodes: %w", caller(), len(ξ), len(wrt), ErrShape)
	}
	if err := refuseConstants(wrt); err != nil {
		return err
	}
	for i, x := range wrt {
		switch {
		case x.g != y[0].g || ξ[i] != nil && ξ[i].err == nil && ξ[i].g != x.g:
			return fmt.Errorf("%s: differential of %s: %w", caller(), y[0].Label(), ErrGraph)
		case ξ[i] == nil:
		case ξ[i].err != nil:
			return ξ[i].err
		case ξ[i].shape != x.shape:
			return fmt.Errorf("%s: tangent %s has shape %v, %s has %v: %w", caller(), ξ[i].Label(), ξ[i].shape, x.Label(), x.shape, ErrShape)
		}
	}
	return nil
}
