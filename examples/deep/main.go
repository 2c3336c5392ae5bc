// Deep is the document's listing 3.2: a network of any number of layers, each
// G(ψ(b, φ(w, a))), in an open loop, trained by descent on the whole batch with
// the penalty λ/(2N)·Σw².
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"
)

func main() {
	set := example.Flags(10)
	steps := flag.Int("steps", 3000, "the number of descent steps")
	flag.Parse()
	d := set.Load()
	if len(d.Classes) != 2 {
		log.Fatalf("%s: want two classes, have %d", d.Source, len(d.Classes))
	}
	train, test, err := d.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: 1})
	example.Check(err)
	scaler := example.Must(data.FitScaler(train))
	train, test = example.Must(scaler.Transform(train)), example.Must(scaler.Transform(test))

	nodes := []int{len(d.Features), 32, 8, 1}
	random := rand.New(rand.NewPCG(1, 2))
	g := graph.New()
	x, y := g.Input("x", nodes[0], graph.Batch), g.Input("y", 1, graph.Batch)
	a := x // a[0] = x
	var weights, params []*graph.Node
	for l := 1; l < len(nodes); l++ {
		w := g.Param(fmt.Sprint("w", l), example.Zeros(nodes[l], nodes[l-1]))
		b := g.Param(fmt.Sprint("b", l), example.Zeros(nodes[l], 1))
		for i := range w.Value().Float64s() { // He et al.
			w.Value().Float64s()[i] = random.NormFloat64() * math.Sqrt(2/float64(nodes[l-1]))
		}
		u := ops.MatMul(w, a) // u[l] = φ(w[l], a[l-1])
		z := ops.Bias(b, u)   // z[l] = ψ(b[l], u[l])
		if a = ops.ReLU(z); l == len(nodes)-1 {
			a = ops.Sigmoid(z) // a[l] = G(z[l])
		}
		weights, params = append(weights, w), append(params, w, b)
	}
	j := ops.Add(ops.Mean(ops.LogLoss(a, y)), ops.L2Penalty(0.01, float64(train.Rows()), weights...))
	fmt.Println("dL/dw1 =", graph.Composition(ops.LogLoss(a, y), params[0]))

	descent := example.Must(optim.Minimize(j, optim.SGD{Rate: 0.1}, params...))
	columns, labels := example.Columns(train)
	example.Check(descent.Feed(x, columns))
	example.Check(descent.Feed(y, labels))
	for i := range *steps {
		cost := example.Must(descent.StepLoss())
		if i%max(*steps/10, 1) == 0 {
			fmt.Printf("cost after iteration %5d: %.6f\n", i, cost)
		}
	}

	p := example.Must(graph.Compile(a))
	for _, part := range []struct {
		name string
		rows *data.Dataset
	}{{"training", train}, {"held-out", test}} {
		columns, _ := example.Columns(part.rows)
		example.Check(p.Feed(x, columns))
		example.Check(p.Run())
		fmt.Printf("%s accuracy %.4f\n", part.name, example.Accuracy(example.Values(p, a), part.rows.Y))
	}
}
