package graph

import "runtime"

// Calls are the innermost ones that made a node; 0 where there are fewer.
type calls [8]uintptr

// NoteLines makes g remember the line that makes each node from now on, which RunChecked
// then names, and returns g. It takes about half a microsecond for each:
//
//	g := graph.New().NoteLines()
func (g *Graph) NoteLines() *Graph {
	if g.calls == nil {
		g.calls = map[*Node]calls{}
	}
	return g
}

// note remembers who made n, if g does.
func (g *Graph) note(n *Node) {
	if g.calls == nil {
		return
	}
	var c calls
	runtime.Callers(3, c[:])
	g.calls[n] = c
}

// madeAt returns the line that made n or, if a rule did, the value whose r that is: "main.go:12: ".
// It is "" where no line is known.
func (n *Node) madeAt() string {
	for n.reverseOf != nil {
		n = n.reverseOf
	}
	n = n.original()
	c, ok := n.g.calls[n]
	if !ok {
		return ""
	}
	if line := lineOf(c[:]); line != "" {
		return line + ": "
	}
	return ""
}
