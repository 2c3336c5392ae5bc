package draw

import (
	"strings"

	"adjoint/graph"
)

// application prints the map that makes n applied to its inputs, as the document
// writes it: "φ(w, x)", "a − y".
func (m naming) application(n *graph.Node, argument func(*graph.Node) string) string {
	var in []string
	for _, x := range n.Inputs() {
		in = append(in, argument(x))
	}
	op := n.Op().String()
	if form, ok := infix[op]; ok && len(in) == 2 && op != "φ" {
		return in[0] + form.sign + in[1]
	}
	return shortNumbers(op) + "(" + strings.Join(in, ", ") + ")"
}

// infix are the ops that are written between their arguments, and how tightly they
// bind.
var infix = map[string]struct {
	sign string
	bind int
}{
	"+": {" + ", 1}, "−": {" − ", 1}, "⊙": {"⊙", 2}, "⊘": {"⊘", 2}, "φ": {"·", 3},
}

// expression prints r, a formula in ζ and in values of the traced formula, which
// it names: "w[2]ᵀ·ζ".
func (t *Tracing) expression(r, ζ *graph.Node) string {
	const most = 100
	given := map[*graph.Node]string{}
	for _, n := range t.nodes {
		given[n] = t.node(n)
	}
	given[ζ] = "ζ"
	s, _ := t.write(r, given)
	if letters := []rune(s); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return s
}

// write prints n and says how tightly its outermost sign binds; 4 is a name.
func (t *Tracing) write(n *graph.Node, given map[*graph.Node]string) (s string, bind int) {
	const name = 4
	if s, ok := given[n]; ok {
		return s, name
	}
	op := n.Op()
	if op == nil || len(n.Inputs()) == 0 {
		return shortNumbers(n.String()), name
	}
	inner := func(x *graph.Node, least int) string {
		s, bind := t.write(x, given)
		if bind < least {
			return "(" + s + ")"
		}
		return s
	}
	sign := op.String()
	switch form, ok := infix[sign]; {
	case ok && len(n.Inputs()) == 2:
		return inner(n.In(0), form.bind) + form.sign + inner(n.In(1), form.bind+1), form.bind
	case sign == "ᵀ":
		return inner(n.In(0), name) + sign, name
	case len(n.Inputs()) == 1 && strings.ContainsAny(sign, "+−"): // an affine map: "1−", "2+3·"
		return shortNumbers(sign) + inner(n.In(0), 3), 1
	case len(n.Inputs()) == 1 && strings.HasSuffix(sign, "·"):
		return shortNumbers(sign) + inner(n.In(0), 3), 2
	}
	return t.application(n, func(x *graph.Node) string { return inner(x, 0) }), name
}
