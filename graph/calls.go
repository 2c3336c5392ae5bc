package graph

import "runtime"

// Calls are the innermost ones that made a node; 0 where there are fewer.
type calls [8]uintptr

// note remembers who made n, if that is a formula as it was written: not an op that
// appends its derivative, and not the compiler.
func (g *Graph) note(n *Node) {
	if g.copied == nil && !g.inRule {
		n.calls = &g.calls.take(1)[0]
		runtime.Callers(3, n.calls[:])
	}
}

// madeAt returns the file and line that made n, or "" where none did or it is too far away.
func (n *Node) madeAt() string {
	if n.calls == nil {
		return ""
	}
	return lineOf(n.calls[:])
}
