// Gorgonia prints the gradients of one logistic regression side by side: those of
// this library, those of gorgonia for the same formula, and the ones that one
// derives by hand, (a − y)xᵀ/N and Σ(a − y)/N.
package main

import (
	"flag"
	"fmt"
	"math"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

func main() {
	set := example.Flags(10)
	flag.Parse()
	train := set.Load()
	train = example.Must(example.Must(data.FitScaler(train)).Transform(train))

	g, n := graph.New(), len(train.Features)
	x, y := g.Input("x", n, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", weights(n)), g.Param("b", example.Zeros(1, 1))
	a := ops.Sigmoid(ops.Bias(b, ops.MatMul(w, x)))
	j := ops.Mean(ops.LogLoss(a, y))
	fmt.Println("J =", j)

	ours := graph.Gradient(j, w, b)
	delta := ops.Div(ops.Sub(a, y), g.BatchSize()) // (a − y)/N
	hand := []*graph.Node{ops.MatMul(delta, ops.T(x)), ops.SumTo(delta, b.Shape())}

	columns, labels := example.Columns(train)
	p := example.Must(graph.Compile(append(ours, hand...)...))
	example.Check(p.Feed(x, columns))
	example.Check(p.Feed(y, labels))
	example.Check(p.Run())
	feeds := map[*graph.Node]*tensor.Dense{x: columns, y: labels}
	theirs := example.Must(interop.Gradient(feeds, j, w, b))

	fmt.Printf("\n%-28s %14s %14s %14s\n", "gradient by", "by hand", "adjoint", "gorgonia")
	worst := [2]float64{}
	for k := range theirs {
		byHand, byUs := example.Values(p, hand[k]), example.Values(p, ours[k])
		for i, h := range byHand {
			name := "b"
			if k == 0 {
				name = "w of " + train.Features[i]
			}
			fmt.Printf("%-28s %14.10f %14.10f %14.10f\n", name, h, byUs[i], theirs[k][i])
			worst[0] = math.Max(worst[0], math.Abs(byUs[i]-h))
			worst[1] = math.Max(worst[1], math.Abs(theirs[k][i]-h))
		}
	}
	fmt.Printf("%-43s %14.1e %14.1e\n", "largest difference from the hand-derived", worst[0], worst[1])
}

// weights returns a row of n numbers to take the gradients at.
func weights(n int) *tensor.Dense {
	w := example.Zeros(1, n)
	for i := range n {
		w.Float64s()[i] = math.Sin(float64(i))
	}
	return w
}
