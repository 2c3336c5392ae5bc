// Trace sends one example through the network 2-2-1 and prints the forward
// values, then each cotangent on its way back, with its formula and its numbers; with
// -svg, the same as a picture. Put a formula of your own in the place of the network:
// draw.Trace takes any.
package main

import (
	"flag"
	"fmt"

	"adjoint/draw"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/store"

	"gorgonia.org/tensor"
)

func main() {
	svg := flag.String("svg", "", "write the picture of it to this file")
	flag.Parse()

	g := graph.New()
	x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
	w1, b1 := g.Param("w[1]", example.Matrix(2, 2, 0.5, -0.25, 0.1, 0.75)), g.Param("b[1]", example.Matrix(2, 1, 0.1, -0.2))
	w2, b2 := g.Param("w[2]", example.Matrix(1, 2, 1, -1.5)), g.Param("b[2]", example.Matrix(1, 1, 0.3))
	u1 := ops.MatMul(w1, x).Named("u[1]")
	z1 := ops.Bias(b1, u1).Named("z[1]")
	a1 := ops.Tanh(z1).Named("a[1]")
	u2 := ops.MatMul(w2, a1).Named("u[2]")
	z2 := ops.Bias(b2, u2).Named("z[2]")
	a2 := ops.Sigmoid(z2).Named("a[2]")
	l := ops.LogLoss(a2, y).Named("L")

	trace := example.Must(draw.Trace(l, map[*graph.Node]*tensor.Dense{
		x: example.Matrix(2, 1, 1, -2),
		y: example.Matrix(1, 1, 1),
	}))
	fmt.Print(trace)
	if *svg != "" {
		example.Check(store.Write(*svg, trace.Diagram.WriteSVG))
	}
}
