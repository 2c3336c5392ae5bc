// Lenet reads handwritten digits with convolutions and pools: those of data.Digits, 8×8 pixels, or with
// -idx DIR the files of MNIST in a folder, 28×28, which are shifted and turned a little in training. Ctrl-C ends that
// early; -save, -load, -onnx and -report keep and show what came of it, the report with digits and, beside each, what of
// it the class depends on, filters and activations. With -serve it then answers what digit a picture is:
//
//	go run ./examples/lenet -serve 127.0.0.1:8080
//	curl -H 'Content-Type: image/png' --data-binary @seven.png http://127.0.0.1:8080/predict
package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"os/signal"
	"time"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/serve"
)

func main() {
	files := example.FileFlags()
	idx := flag.String("idx", "", "a folder with train-images-idx3-ubyte, t10k-labels-idx1-ubyte and the like, or the same with .gz")
	epochs := flag.Int("epochs", 30, "the number of epochs")
	seed := flag.Uint64("seed", 1, "the seed of the split, the weights and the batches")
	addr := flag.String("serve", "", "where to serve the model over HTTP at the end, until Ctrl-C: 127.0.0.1:8080")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	train, test := digits(*idx, *seed)
	_, side, _, err := train.Extents()
	example.Check(err)

	m, history := files.Fit(ctx, network(side, *seed), train, models.FitOptions{Epochs: *epochs, Batch: 64, Augment: changes(side)})
	if history != nil && len(history.Epochs) > 0 {
		fmt.Printf("%d epochs, %d steps, cost %.4f\n", len(history.Epochs), history.Steps, history.Last().Loss)
	}
	scores := example.Must(m.Evaluate(test))
	files.Write("Handwritten digits, LeNet", m, history, test, pictures(m, test)...)
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
	if *addr == "" {
		return
	}
	l := example.Must(net.Listen("tcp", *addr))
	fmt.Printf("curl -H 'Content-Type: image/png' --data-binary @digit.png http://%s/predict\n", l.Addr())
	h := serve.Handler(m, serve.Options{Images: &data.Images{Height: side, Width: side, Grey: true}})
	example.Check(serve.Run(ctx, serve.Server(*addr, h), l, 10*time.Second))
}

// network is LeNet (Y. LeCun et al. 1998) with ReLU and max pools, for digits of side×side
// pixels. Small ones have padded windows of 3×3.
func network(side int, seed uint64) *models.Deep {
	conv := models.Conv2D{Filters: 6, Size: ops.Both(5), Activation: models.ReLU}
	if side < 20 {
		conv.Size, conv.Same = ops.Both(3), true
	}
	more := conv
	more.Filters = 16
	return &models.Deep{Float32: true, Seed: seed, Layers: []models.Layer{
		models.Reshape{Shape: []int{1, side, side}},
		conv, models.MaxPool2D{}, more, models.MaxPool2D{},
		models.Flatten{},
		models.Dense{Units: 120, Activation: models.ReLU},
		models.Dense{Units: 84, Activation: models.ReLU},
		models.Dense{Units: 10, Activation: models.Softmax},
	}}
}
