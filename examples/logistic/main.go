// Logistic trains logistic regression as the document's section 1 has it: a graph
// of φ, ψ, σ and L, moved by descent w := w − r₁J(α).
package main

import (
	"flag"
	"fmt"
	"log"
	"math"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
)

func main() {
	set := example.Flags(0)
	rate := flag.Float64("rate", 0.1, "the learning rate α")
	steps := flag.Int("steps", 2000, "the number of descent steps")
	flag.Parse()
	train, test := split(set.Load())

	g, n := graph.New(), len(train.Features)
	x, y := g.Input("x", n, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", example.Zeros(1, n)), g.Param("b", example.Zeros(1, 1))
	u := ops.MatMul(w, x)            // u = φ(w, x) = wx
	z := ops.Bias(b, u)              // z = ψ(b, u) = u + b
	a := ops.Sigmoid(z)              // a = σ(z)
	j := ops.Mean(ops.LogLoss(a, y)) // J = (1/N) Σ L(a, y)
	fmt.Println("dJ/dw =", graph.Composition(j, w))
	fmt.Println("dJ/db =", graph.Composition(j, b))

	alpha := g.Const(*rate) // the learning rate is a cotangent of J
	move := graph.VJP(j, alpha, w, b)
	dw := graph.Gradient(j, w)[0]
	hand := ops.Div(ops.MatMul(ops.Sub(a, y), ops.T(x)), g.BatchSize()) // (a − y)xᵀ/N
	p := example.Must(graph.Compile(j, a, move[0], move[1], dw, hand))
	example.Feed(p, x, y, train)
	for i := 0; i <= *steps; i++ {
		example.Check(p.Run())
		if i%max(*steps/10, 1) == 0 {
			fmt.Printf("step %5d  cost %.6f\n", i, example.Values(p, j)[0])
		}
		descend(w, example.Values(p, move[0]))
		descend(b, example.Values(p, move[1]))
	}
	worst := 0.0
	for i, d := range example.Values(p, dw) {
		worst = math.Max(worst, math.Abs(d-example.Values(p, hand)[i]))
	}
	fmt.Printf("largest difference between the graph's gradient and (a-y)x'/N: %.1e\n", worst)
	for _, part := range []struct {
		name string
		rows *data.Dataset
	}{{"training", train}, {"held-out", test}} {
		example.Feed(p, x, y, part.rows)
		example.Check(p.Run())
		fmt.Printf("%s accuracy %.4f\n", part.name, example.Accuracy(example.Values(p, a), part.rows.Y))
	}
}

// descend is w := w − r₁J(α).
func descend(w *graph.Node, move []float64) {
	for i, d := range move {
		w.Value().Float64s()[i] -= d
	}
}

// split returns four fifths of the rows to train on and a fifth to test on, scaled
// by what the training rows say.
func split(d *data.Dataset) (train, test *data.Dataset) {
	if len(d.Classes) != 2 {
		log.Fatalf("%s: want two classes, have %d", d.Source, len(d.Classes))
	}
	train, test, err := d.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	example.Check(err)
	scaler := example.Must(data.FitScaler(train))
	return example.Must(scaler.Transform(train)), example.Must(scaler.Transform(test))
}
