package graph

// Stabilising rewrites a formula so that it keeps its accuracy, before VJP, JVP
// and Compile work on it. The literal log(σ(z)), or L(σ(z), y), is infinite or
// NaN as soon as σ(z) rounds to 0 or 1; as a function of z it is neither, and
// neither is any of its derivatives. Which forms are better is for the ops to
// say (Stabler); this pass knows none.

// stabilise returns the nodes that compute those of y in the stable form: a node
// itself if nothing is to be gained. Every node is visited once in the life of a graph.
func stabilise(y ...*Node) []*Node {
	for _, n := range cone(y, func(n *Node) bool { return n.stable != nil }) {
		m := n.with(func(x *Node) *Node { return x.stable })
		if op, ok := m.op.(Stabler); ok && m.err == nil {
			if s := op.Stable(m); s != nil {
				markBypassed(m, s)
				m = stabilise(s)[0]
			}
		}
		n.stable, m.stable = m, m
	}
	stable := make([]*Node, len(y))
	for i, n := range y {
		stable[i] = n.stable
	}
	return stable
}

// markBypassed records the nodes from which literal is computed but stable, its
// replacement, is not. It descends from both, newest node first, for as long as
// literal needs a node that stable does not.
func markBypassed(literal, stable *Node) {
	const byLiteral, byStable = 1, 2
	frontier := map[*Node]int{literal: byLiteral, stable: byStable}
	need := func(n *Node, by int) {
		if _, constant := n.op.(fill); !constant {
			frontier[n] |= by
		}
	}
	for {
		var newest *Node
		open := false
		for n, by := range frontier {
			open = open || by == byLiteral
			if newest == nil || n.id > newest.id {
				newest = n
			}
		}
		if !open {
			return
		}
		by := frontier[newest]
		delete(frontier, newest)
		if by == byLiteral && newest != literal {
			literal.g.bypassed[newest] = true
		}
		for _, x := range newest.in {
			need(x, by)
		}
	}
}

// readings calls f for the two ways of reading y as a function of wrt, with the
// positions in wrt of the nodes concerned: in the stable form, and, for a node
// that the stable form goes past, such as the a of L(a, y), in the literal one.
func readings(y, wrt []*Node, f func(y, wrt []*Node, at []int)) {
	form, wrtForm := stabilise(y...), stabilise(wrt...)
	var stable, literal []*Node
	var atStable, atLiteral []int
	for i, x := range wrt {
		s := wrtForm[i]
		if x.g.bypassed[x] || x.g.bypassed[s] {
			literal, atLiteral = append(literal, x), append(atLiteral, i)
		} else {
			stable, atStable = append(stable, s), append(atStable, i)
		}
	}
	if len(stable) > 0 {
		f(form, stable, atStable)
	}
	if len(literal) > 0 {
		f(y, literal, atLiteral)
	}
}
