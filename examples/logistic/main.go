// Logistic trains logistic regression as the document's section 1 has it: a graph
// of φ, ψ, σ and L, moved by descent w := w − r₁J(α).
package main

import (
	"flag"
	"fmt"
	"log"
	"math"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
)

func main() {
	log.SetFlags(0)
	path := flag.String("csv", "", "a CSV file with the label last (default: the bundled breast cancer data)")
	rate := flag.Float64("rate", 0.1, "the learning rate α")
	steps := flag.Int("steps", 2000, "the number of descent steps")
	flag.Parse()
	train, test := load(*path)

	g := graph.New()
	n := len(train.Features)
	x, y := g.Input("x", n, graph.Batch), g.Input("y", 1, graph.Batch)
	w, b := g.Param("w", matrix(1, n)), g.Param("b", matrix(1, 1))
	u := ops.MatMul(w, x)            // u = φ(w, x) = wx
	z := ops.Bias(b, u)              // z = ψ(b, u) = u + b
	a := ops.Sigmoid(z)              // a = σ(z)
	j := ops.Mean(ops.LogLoss(a, y)) // J = (1/N) Σ L(a, y)
	fmt.Println("dJ/dw =", graph.Composition(j, w))
	fmt.Println("dJ/db =", graph.Composition(j, b))

	alpha := g.Const(*rate) // the learning rate is a cotangent of J
	move := graph.VJP(j, alpha, w, b)
	hand := ops.Div(ops.MatMul(ops.Sub(a, y), ops.T(x)), g.BatchSize()) // (a − y)xᵀ/N
	p := must(graph.Compile(j, a, move[0], move[1], hand, graph.Gradient(j, w)[0]))
	feed(p, x, y, train)
	for i := 0; i <= *steps; i++ {
		check(p.Run())
		if i%max(*steps/10, 1) == 0 {
			fmt.Printf("step %5d  cost %.6f\n", i, value(p, j)[0])
		}
		descend(w, value(p, move[0]))
		descend(b, value(p, move[1]))
	}
	worst := 0.0
	for i, d := range value(p, graph.Gradient(j, w)[0]) {
		worst = math.Max(worst, math.Abs(d-value(p, hand)[i]))
	}
	fmt.Printf("largest difference between the graph's gradient and (a-y)x'/N: %.1e\n", worst)
	fmt.Printf("training accuracy %.4f\n", accuracy(p, a, x, y, train))
	fmt.Printf("held-out accuracy %.4f\n", accuracy(p, a, x, y, test))
}

// descend is w := w − r₁J(α).
func descend(w *graph.Node, move []float64) {
	for i, d := range move {
		w.Value().Float64s()[i] -= d
	}
}

// load returns four fifths of the rows to train on and a fifth to test on, scaled
// by what the training rows say.
func load(path string) (train, test *data.Dataset) {
	d := data.BreastCancer()
	if path != "" {
		d = must(data.Open(path, data.CSV{}))
	}
	if len(d.Classes) != 2 {
		log.Fatalf("%s: want two classes, have %d", d.Source, len(d.Classes))
	}
	train, test, err := d.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	check(err)
	scaler := must(data.FitScaler(train))
	return must(scaler.Transform(train)), must(scaler.Transform(test))
}
