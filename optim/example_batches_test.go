package optim_test

import (
	"fmt"
	"log"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// Softmax regression on a table, in batches of 32 rows: each batch is gathered into
// columns right where the Optimizer reads it.
func Example() {
	d := data.Iris()
	g := graph.New()
	x, y := g.Input("x", 4, graph.Batch), g.Input("y", 3, graph.Batch)
	w, b := g.Param("w", graph.Tensor(make([]float64, 12), 3, 4)), g.Param("b", graph.Tensor(make([]float64, 3), 3, 1))
	j := ops.Mean(ops.CrossEntropyFromLogits(ops.Bias(b, ops.MatMul(w, x)), y))
	opt, err := optim.Minimize(j, optim.Adam{Rate: 0.05})
	must(err)
	batches, err := d.Batches(32, 1)
	must(err)
	for epoch := range 40 {
		mean := 0.0
		for _, rows := range batches.Epoch(epoch) {
			must(opt.FeedBy(x, len(rows), func(v *tensor.Dense) error { return d.Gather(v.Float64s(), rows) }))
			must(opt.FeedBy(y, len(rows), func(v *tensor.Dense) error { return d.GatherOneHot(v.Float64s(), rows) }))
			loss, err := opt.StepLoss()
			must(err)
			mean += loss * float64(len(rows)) / float64(d.Rows())
		}
		if epoch%13 == 0 {
			fmt.Printf("epoch %2d: loss %.2f\n", epoch+1, mean)
		}
	}
	// Output:
	// epoch  1: loss 1.09
	// epoch 14: loss 0.31
	// epoch 27: loss 0.21
	// epoch 40: loss 0.17
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
