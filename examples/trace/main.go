// Trace sends one example through the network 2-2-1 and prints the forward
// values, then each cotangent on its way back, with its formula and its numbers; with
// -svg, the same as a picture.
package main

import (
	"flag"
	"fmt"
	"slices"
	"strings"

	"adjoint/draw"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/store"
)

func main() {
	svg := flag.String("svg", "", "write the picture of it to this file")
	flag.Parse()

	g := graph.New()
	x := g.Constant("x", example.Matrix(2, 1, 1, -2))
	y := g.Constant("y", example.Matrix(1, 1, 1))
	w1, b1 := g.Param("w[1]", example.Matrix(2, 2, 0.5, -0.25, 0.1, 0.75)), g.Param("b[1]", example.Matrix(2, 1, 0.1, -0.2))
	w2, b2 := g.Param("w[2]", example.Matrix(1, 2, 1, -1.5)), g.Param("b[2]", example.Matrix(1, 1, 0.3))
	u1 := ops.MatMul(w1, x).Named("u[1]")
	z1 := ops.Bias(b1, u1).Named("z[1]")
	a1 := ops.Tanh(z1).Named("a[1]")
	u2 := ops.MatMul(w2, a1).Named("u[2]")
	z2 := ops.Bias(b2, u2).Named("z[2]")
	a2 := ops.Sigmoid(z2).Named("a[2]")
	l := ops.LogLoss(a2, y).Named("L")

	// A cotangent is the reverse derivative with respect to the value it is at.
	path := []*graph.Node{a2, z2, u2, b2, w2, a1, z1, u1, b1, w1}
	formulas := []string{
		"rL(1) = -y/a + (1-y)/(1-a)", "δ[2] = rG[2] = a(1-a)*rL", "rψ[2] = δ[2]", "r₁ψ[2] = δ[2]", "r₁φ[2] = δ[2]·a[1]ᵀ",
		"rφ[2] = w[2]ᵀ·δ[2]", "δ[1] = rG[1] = (1-a²)*rφ[2]", "rψ[1] = δ[1]", "r₁ψ[1] = δ[1]", "r₁φ[1] = δ[1]·xᵀ",
	}
	back := graph.VJP(l, g.Const(1, 1, 1), path...)
	forward := []*graph.Node{x, u1, z1, a1, u2, z2, a2, l}
	p := example.Must(graph.Compile(append(append([]*graph.Node{y}, forward...), back...)...))
	example.Check(p.Run())

	fmt.Println("forward")
	for _, n := range forward {
		fmt.Printf("  %-6s %-16s %s\n", n.Name(), short(n), numbers(p, n))
	}
	fmt.Println("\nbackward")
	for i, n := range path {
		fmt.Printf("  at %-6s %-28s %s\n", n.Name(), formulas[i], numbers(p, back[i]))
	}
	fmt.Println("\ndL/dw[1] =", graph.Composition(l, w1))
	if *svg != "" {
		d := example.Must(draw.Of(l, draw.Options{
			Detail:    func(n *graph.Node) string { return example.Lines(example.Must(p.Value(n))) },
			Cotangent: func(n *graph.Node) string { return example.Lines(example.Must(p.Value(back[slices.Index(path, n)]))) },
		}))
		example.Check(store.Write(*svg, d.WriteSVG))
	}
}

// short prints the map that makes a value: "φ(w[1], x)".
func short(n *graph.Node) string {
	if n.Op() == nil {
		return ""
	}
	var in []string
	for _, x := range n.Inputs() {
		in = append(in, x.Name())
	}
	return n.Op().String() + "(" + strings.Join(in, ", ") + ")"
}

func numbers(p *graph.Program, n *graph.Node) string {
	return fmt.Sprintf("%8.4f", example.Values(p, n))
}
