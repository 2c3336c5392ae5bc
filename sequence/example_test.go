package sequence_test

import (
	"fmt"
	"log"

	"adjoint/graph"
	"adjoint/ops"
	"adjoint/sequence"
)

// A recurrent net of one unit remembers half of what it was, h' = x + h/2. Its gradient in x is
// backpropagation through time: the first time counts for a quarter of the last state.
func ExampleCell_Over() {
	g := graph.New()
	one := func(name string, v float64) *graph.Node { return g.Param(name, graph.Tensor([]float64{v}, 1, 1)) }
	x := g.Input("x", 1, graph.Extent("T"), graph.Batch)
	cell := sequence.RNN(one("w", 1), one("u", 0.5), one("b", 0), func(z *graph.Node) *graph.Node { return ops.Scale(1, z) })
	states := cell.Over(x, sequence.Options{})
	last := ops.Sum(cell.Final(states, sequence.Options{}))
	p, err := graph.Compile(states, graph.Gradient(last, x)[0])
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Feed(x, graph.Tensor([]float64{1, 1, 1}, 1, 3, 1)); err != nil {
		log.Fatal(err)
	}
	if err := p.Run(); err != nil {
		log.Fatal(err)
	}
	values, err := p.Values()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(values[0].Data(), values[1].Data())
	// Output:
	// [1 1.5 1.75] [0.25 0.5 1]
}
