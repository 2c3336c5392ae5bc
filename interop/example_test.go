package interop_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/interop"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/gorgonia"
)

// A formula is built here, and differentiated and run by gorgonia.
func ExampleToGorgonia() {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", matrix(1, 2, 3, 4))
	j := ops.Mean(ops.Square(ops.MatMul(w, x)))

	f, err := interop.ToGorgonia(j, interop.Options{N: 1})
	if err != nil {
		log.Fatal(err)
	}
	if err := f.Feed(x, matrix(2, 1, 1, -1)); err != nil {
		log.Fatal(err)
	}
	d, err := gorgonia.Grad(f.Output, f.Node[w])
	if err != nil {
		log.Fatal(err)
	}
	machine := gorgonia.NewTapeMachine(f.Graph)
	defer machine.Close()
	if err := machine.RunAll(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(f.Output.Value(), d[0].Value().Data())
	// Output: 1 [-2 2]
}

// gorgonia's gradient of a formula, in one call.
func ExampleGradient() {
	g := graph.New()
	w := g.Param("w", vector(1, 2, 3))
	d, err := interop.Gradient(nil, ops.Sum(ops.Square(w)), w)
	fmt.Println(d, err)
	// Output: [[2 4 6]] <nil>
}

// gorgonia's solver moves our parameters.
func ExampleValueGrads() {
	w := graph.New().Param("w", vector(1, 2))
	o, err := optim.NewObjective(ops.Sum(ops.Square(w)))
	if err != nil {
		log.Fatal(err)
	}
	model, solver := interop.ValueGrads(o), gorgonia.NewVanillaSolver(gorgonia.WithLearnRate(0.25))
	for range 2 {
		if _, err := o.Gradient(); err != nil {
			log.Fatal(err)
		}
		if err := solver.Step(model); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(w.Value().Float64s())
	// Output: [0.25 0.5]
}

// Our rule moves a node of gorgonia's.
func ExampleSolver() {
	g := gorgonia.NewGraph()
	w := leaf(g, "w", vector(1, 2))
	j := gorgonia.Must(gorgonia.Sum(gorgonia.Must(gorgonia.Square(w))))
	if _, err := gorgonia.Grad(j, w); err != nil {
		log.Fatal(err)
	}
	machine := gorgonia.NewTapeMachine(g, gorgonia.BindDualValues(w))
	defer machine.Close()
	solver := &interop.Solver{Rule: optim.SGD{Rate: 0.25}}
	for range 2 {
		if err := machine.RunAll(); err != nil {
			log.Fatal(err)
		}
		if err := solver.Step(gorgonia.NodesToValueGrads(gorgonia.Nodes{w})); err != nil {
			log.Fatal(err)
		}
		machine.Reset()
	}
	fmt.Println(w.Value().Data())
	// Output: [0.25 0.5]
}
