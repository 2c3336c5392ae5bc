package ops_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"adjoint/graph"
	"adjoint/ops"
)

// Every op says what it is, by a name and arguments that no other op has, and so
// do all ops that occur in its first and second derivatives. Only functions of the
// user's have no name.
func TestEveryOpDescribesItself(t *testing.T) {
	opOf := map[string]graph.Op{}
	for _, r := range table() {
		if strings.HasPrefix(r.Name, "Pointwise") || strings.HasPrefix(r.Name, "Entrywise") {
			continue
		}
		for _, dims := range shapesOf(r) {
			for _, n := range withDerivatives(t, r, dims) {
				checkDescription(t, n.Op(), opOf)
			}
		}
	}
	if len(opOf) < 100 {
		t.Errorf("only %d descriptions: are the derivatives missing?", len(opOf))
	}
}

func checkDescription(t *testing.T, op graph.Op, opOf map[string]graph.Op) {
	t.Helper()
	d, ok := op.(graph.Describer)
	if !ok {
		if typ := fmt.Sprintf("%T", op); opOf[typ] == nil {
			opOf[typ] = op // said once
			t.Errorf(`%T %v does not describe itself: add to its file Describe() graph.Description { return named("Constructor", parameters…) }`, op, op)
		}
		return
	}
	description := d.Describe()
	for _, c := range description.Name {
		if c > 127 {
			t.Errorf("%T %v: name %q is not ASCII", op, op, description.Name)
		}
	}
	if description.Name == "" {
		t.Errorf("%T %v has no name: Describe, or the is of a Pointwise, says by which call it is made", op, op)
	}
	key := fmt.Sprint(description)
	if other, known := opOf[key]; known && other != op {
		t.Errorf("%T %v and %T %v are both %s", op, op, other, other, key)
	}
	opOf[key] = op
	for _, a := range description.Args {
		switch a.(type) {
		case float64, int, []int, string, graph.Shape, *graph.Body:
		default:
			t.Errorf("%s has an argument of type %T", key, a)
		}
	}
}

// withDerivatives returns the nodes of F(x), of its reverse derivative and of the
// reverse derivative of that.
func withDerivatives(t *testing.T, r row, dims [][]int) []*node {
	t.Helper()
	g := graph.New()
	var x []*node
	for _, d := range dims {
		x = append(x, g.Input("x", d...))
	}
	y := r.F(x...)
	all := []*node{y}
	first := graph.VJP(y, g.Input("ζ", y.Shape().Dims()...), x...)
	for _, r := range first {
		if r.Err() == nil {
			all = append(all, r)
			all = append(all, graph.VJP(r, g.Input("ζ", r.Shape().Dims()...), x...)...)
		}
	}
	all = slices.DeleteFunc(all, func(n *node) bool { return n.Err() != nil })
	return cone(all)
}

// cone returns the values of ops from which nodes are computed, themselves included.
func cone(nodes []*node) []*node {
	seen := map[*node]bool{}
	var applied []*node
	for len(nodes) > 0 {
		n := nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
		if !seen[n] && n.Op() != nil {
			seen[n] = true
			applied = append(applied, n)
			nodes = append(nodes, n.Inputs()...)
		}
	}
	return applied
}

// An op of a user's has no name unless its Family gives it one.
func TestDescribeUsersOps(t *testing.T) {
	x := graph.New().Input("x", 3)
	mine := &ops.Pointwise{Name: "mine", G: func(z float64) float64 { return z }}
	if d := mine.Of(x).Op().(graph.Describer).Describe(); d.Name != "" {
		t.Errorf("a user's Pointwise describes itself as %v", d)
	}
}
