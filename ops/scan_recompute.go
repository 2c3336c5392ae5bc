package ops

import "adjoint/graph"

// Recompute is f(x…), of which nothing but the value is kept for its derivative, which computes
// the rest again: graph.Recompute, where the rules are.
func Recompute(f func(x ...*Node) *Node, x ...*Node) *Node { return graph.Recompute(f, x...) }
