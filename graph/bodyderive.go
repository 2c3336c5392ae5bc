package graph

import (
	"fmt"
	"slices"
)

// The derivatives of a loop over a Body F, (s, x…) ↦ (f, e…), whose first value f is the next
// state and whose others the loop only emits, are loops over Bodies again. Each is made once.

// Adjoint returns the step of the adjoint of a loop over b, and what is left to be computed for
// all times at once:
//
//	loop  (μ, s, x…, ζ…) ↦ (r_sF(ζ + μ), ε…)
//	rest  (μ, s, x…, ζ…, ε…) ↦ r_xF(ζ + μ)…
//
// where μ is added to the cotangent of f. The values ε are those that loop computes on its way
// and rest reads; rest has one cotangent for each input but the state, nil for zero.
func (b *Body) Adjoint() (loop, rest *Body) {
	loop = b.derive("adjoint", b.adjoint)
	return loop, loop.derived["rest"]
}

func (b *Body) adjoint() *Body {
	ζ, μ := b.inputs("ζ", b.out), b.input("μ", b.out[0].shape)
	λ := slices.Clone(ζ)
	λ[0] = Add(ζ[0], μ)
	r := pullAll(b.out, λ, b.in)
	if r[0] == nil {
		r[0] = zero(μ)
	}
	loop := &Body{g: b.g, in: slices.Concat([]*Node{μ}, b.in, ζ)}
	emitted := loop.between(r[0], r[1:])
	loop.out = append([]*Node{r[0]}, emitted...)
	ε, sub := b.inputs("ε", emitted), map[*Node]*Node{}
	for i, n := range emitted {
		sub[n] = ε[i]
	}
	loop.derive("rest", func() *Body {
		return &Body{g: b.g, in: slices.Concat(loop.in, ε), out: substitute(r[1:], 0, sub)}
	})
	return loop
}

// between returns the values that state, the next one, is computed by and which others read, as
// far as they need the state and a loop can emit them.
func (b *Body) between(state *Node, others []*Node) []*Node {
	if others = nonzero(others); len(others) == 0 || !state.emits() {
		return nil
	}
	var carried, inside perNode[bool]
	*carried.at(b.in[0]) = true
	for _, n := range cone(append(others, state), nil) {
		for _, x := range n.in {
			*carried.at(n) = *carried.at(n) || carried.get(x)
		}
	}
	for _, n := range cone([]*Node{state}, nil) {
		*inside.at(n) = n.op != nil && carried.get(n) && n.emits()
	}
	found := b.g.reach(others, func(n *Node, visit func(*Node)) {
		if !inside.get(n) {
			for _, x := range n.in {
				visit(x)
			}
		}
	})
	return slices.DeleteFunc(found, func(n *Node) bool { return !inside.get(n) })
}

// emits reports whether n has examples and, besides, rows whose number is known, so that a
// loop can put it beside its state.
func (n *Node) emits() bool {
	d := n.shape.Dims()
	return n.shape.Rank() > 0 && n.shape.examplesLast() && !slices.ContainsFunc(d[:len(d)-1], Symbolic)
}

// Emitting returns a Body that emits, after what b does, those of some nodes that b computes from
// its state and does not emit; or nil if there are none, or if b is to be computed again.
func (b *Body) Emitting(nodes []*Node) *Body {
	needed, name := map[*Node]bool{b.in[0]: true}, "emitting"
	var emitted []*Node
	for _, n := range b.nodes() {
		needed[n] = needed[n] || slices.ContainsFunc(n.in, func(x *Node) bool { return needed[x] })
		if n.op != nil && needed[n] && n.emits() && slices.Contains(nodes, n) && !slices.Contains(b.out[1:], n) {
			emitted = append(emitted, n)
			name += fmt.Sprintf(" %d", n.id)
		}
	}
	if len(emitted) == 0 || !b.out[0].emits() || b.again {
		return nil
	}
	return b.derive(name, func() *Body {
		e := &Body{g: b.g, in: b.in, out: slices.Concat(b.out, emitted)}
		e.derive("state", b.State)
		return e
	})
}

// EmitsAllOf reports whether the values of b are those of o, and may be others after them.
func (b *Body) EmitsAllOf(o *Body) bool {
	return len(b.out) >= len(o.out) && slices.Equal(b.in, o.in) && slices.Equal(b.out[:len(o.out)], o.out)
}

// State returns the Body of b's first value alone.
func (b *Body) State() *Body {
	if len(b.out) == 1 {
		return b
	}
	return b.derive("state", func() *Body { return &Body{g: b.g, in: b.in, out: b.out[:1]} })
}

// Differential returns (s, x…, ξ…) ↦ dF(ξ)… for tangents of the inputs that move.
func (b *Body) Differential(moving ...int) *Body {
	return b.derive("d"+IntsOf(moving...).String(), func() *Body {
		var wrt []*Node
		for _, i := range moving {
			wrt = append(wrt, b.in[i])
		}
		ξ := b.inputs("ξ", wrt)
		return &Body{g: b.g, in: slices.Concat(b.in, ξ), out: push(b.out, wrt, ξ)}
	})
}

// Tangent returns the step of the differential of a loop over b, (σ, s, x…) ↦ d_sf(σ) or, if it
// is driven by what moves besides, (σ, s, x…, u) ↦ d_sf(σ) + u.
func (b *Body) Tangent(driven bool) *Body {
	return b.derive(fmt.Sprint("tangent", driven), func() *Body {
		σ := b.input("σ", b.out[0].shape)
		in, d := slices.Concat([]*Node{σ}, b.in), push(b.out[:1], b.in[:1], []*Node{σ})[0]
		if driven {
			u := b.input("u", b.out[0].shape)
			in, d = append(in, u), plus(d, u)
		}
		if d == nil {
			d = zero(σ)
		}
		return &Body{g: b.g, in: in, out: []*Node{d}}
	})
}
