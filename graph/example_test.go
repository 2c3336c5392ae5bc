package graph_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// Examples that lie in rows, as in a table, are taken where they lie.
func ExampleProgram_Lend() {
	g := graph.New()
	x := g.Input("x", 2, graph.Batch)
	w := g.Param("w", tensor.New(tensor.WithShape(1, 2), tensor.WithBacking([]float64{1, 10})))
	z := ops.MatMul(w, x)
	p, err := graph.Compile(z)
	if err != nil {
		log.Fatal(err)
	}
	rows := tensor.New(tensor.WithShape(3, 2), tensor.WithBacking([]float64{1, 2, 3, 4, 5, 6}))
	if err := rows.T(); err != nil { // no entry moves
		log.Fatal(err)
	}
	if err := p.Lend(x, rows); err != nil {
		log.Fatal(err)
	}
	if err := p.Run(); err != nil {
		log.Fatal(err)
	}
	v, err := p.Value(z)
	fmt.Println(v, err)
	// Output: R[21  43  65] <nil>
}
