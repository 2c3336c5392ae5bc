package graph

import (
	"fmt"
	"strings"
)

// String prints the formula of n, such as "mean(L(σ(ψ(b, φ(w, x))), y))". A value
// that is used more than once is written once, after "where":
//
//	⊙(%3, %3) where %3 = σ(z)
func (n *Node) String() string {
	if err := n.Err(); err != nil {
		return "⊥(" + err.Error() + ")"
	}
	uses := map[*Node]int{}
	nodes := cone([]*Node{n}, nil)
	for _, m := range nodes {
		for _, x := range m.in {
			uses[x]++
		}
	}
	var b strings.Builder
	writeFormula(&b, n, uses)
	sep := " where "
	for _, m := range nodes {
		if m != n && uses[m] > 1 && len(m.in) > 0 {
			fmt.Fprintf(&b, "%s%%%d = ", sep, m.id)
			writeFormula(&b, m, uses)
			sep = ", "
		}
	}
	return b.String()
}

// writeFormula writes op(x…) with the inputs that are used once written out.
func writeFormula(b *strings.Builder, n *Node, uses map[*Node]int) {
	if n.op == nil || len(n.in) == 0 {
		b.WriteString(n.leafLabel())
		return
	}
	b.WriteString(n.op.String())
	b.WriteByte('(')
	for i, x := range n.in {
		if i > 0 {
			b.WriteString(", ")
		}
		if uses[x] > 1 && len(x.in) > 0 {
			fmt.Fprintf(b, "%%%d", x.id)
		} else {
			writeFormula(b, x, uses)
		}
	}
	b.WriteByte(')')
}

// leafLabel prints a node without inputs.
func (n *Node) leafLabel() string {
	if n.op != nil {
		return n.op.String()
	}
	return n.Label()
}

// ref prints n as an input: a leaf by its name, any other node as %id.
func (n *Node) ref() string {
	if len(n.in) == 0 {
		return n.leafLabel()
	}
	return fmt.Sprintf("%%%d", n.number())
}

// line prints n, which an op computes from the operands, as one line of a listing:
// "%4 z = ψ(b, %3)  (1, N)".
func (n *Node) line(op Op, reads []operand) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%%%d", n.number())
	if n.op == nil {
		return fmt.Sprintf("%s %s = %s  %v", b.String(), n.Label(), n.kind, n.shape)
	}
	if n.name != "" {
		b.WriteString(" " + n.name)
	}
	b.WriteString(" = " + op.String())
	if len(reads) > 0 {
		refs := make([]string, len(reads))
		for i, x := range reads {
			refs[i] = x.String()
		}
		b.WriteString("(" + strings.Join(refs, ", ") + ")")
	}
	fmt.Fprintf(&b, "  %v", n.shape)
	if n.reverseOf != nil {
		fmt.Fprintf(&b, "  by r%v of %%%d", n.reverseOf.op, n.reverseOf.number())
	}
	return b.String()
}

// String returns the kind as a listing shows it.
func (k Kind) String() string {
	return [...]string{"op", "input", "param", "constant", "examples", "state", "random", "argument"}[k]
}

// String lists the nodes, one a line, inputs first, with the shape of each and,
// for a node of a derivative, the node whose r appended it.
func (g *Graph) String() string {
	var b strings.Builder
	for n := range g.from(0, g.Len()) {
		if n.kind != standIn {
			reads := make([]operand, len(n.in))
			for i, x := range n.in {
				reads[i] = operand{x, x}
			}
			b.WriteString(n.line(n.op, reads) + "\n")
		}
	}
	return b.String()
}

// String lists what a Run does, one value a line, with the slot that each is
// kept in. Values are numbered as in the graph that was compiled. Those marked "once"
// depend on no input and no parameter and are computed when N becomes known. Ops in one
// bracket are computed together: pointwise ones a tile of their entries at a time,
// others by one kernel. Values marked "block" are computed for some examples at a time,
// in slots of their own; those marked "sum" are what that adds up to, and those marked "kept"
// are of all examples. Whether there are any depends on N. After a loop, those marked "step" are
// what each of its steps computes, again in slots of their own, from inputs that are named in the
// order of the loop's; those marked "once" among them are computed once a Run.
func (p *Program) String() string {
	var b strings.Builder
	c, at := p.code, sizes(nil)
	if p.plan != nil {
		c, at = p.plan.code, p.plan.at
	}
	inputs := p.in
	for _, x := range c.leaves {
		b.WriteString(x.leafLine())
		if x.isFed() {
			if inputs[0].lent != nil {
				b.WriteString("  lent")
			}
			inputs = inputs[1:]
		}
		b.WriteString("\n")
	}
	c.list(&b, "run", at)
	return b.String()
}

// leafLine prints a leaf as one line of a Program.
func (n *Node) leafLine() string { return fmt.Sprintf("%-6s %s  %v", n.kind, n.Label(), n.shape) }

// list writes what is computed in blocks, and of what size these are.
func (b *blocked) list(to *strings.Builder, at sizes, outer *code) {
	b.inner.list(to, "block", at)
	for i, y := range b.results() {
		what := "sum"
		if i >= len(b.sums) {
			what = "kept"
		}
		fmt.Fprintf(to, "%-6s %s, %d of %s a block  %v  slot %d\n", what, y.ref(), b.size(at), ExtentString(b.symbol), y.shape, outer.slotOf.get(y))
	}
}

// list writes what code computes, and when.
func (c *code) list(b *strings.Builder, when string, at sizes) {
	write := func(when string, n *Node) {
		fmt.Fprintf(b, "%-6s %s  slot %d\n", when, n.line(c.by(n).op, c.operands(n)), c.slotOf.get(n))
	}
	steps := func(n *Node) {
		if l := c.loopOf.get(n); l != nil {
			l.list(b, l.each(), l.within(at))
		}
	}
	for _, n := range c.once {
		write("once", n)
		steps(n)
	}
	for _, group := range c.groups() {
		if c.inBlock(group) {
			c.block.list(b, at, c)
			continue
		}
		for i, n := range group {
			switch {
			case len(group) == 1:
				write(when, n)
			case i == 0:
				write(fmt.Sprintf("%-5s⎡", when), n)
			case i < len(group)-1:
				write("     ⎢", n)
			default:
				write("     ⎣", n)
			}
		}
		steps(group[len(group)-1])
	}
}
