// Keras is the document's listing 3.3: the network 10-32-8-1 with models, trained
// by Adam for 150 epochs of batches of 32, as Keras does. Ctrl-C ends the training
// early; -save, -load, -onnx and -report keep and show what came of it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/progress"
)

func main() {
	set, files := example.Flags(10), example.FileFlags()
	epochs := flag.Int("epochs", 150, "the number of epochs")
	seed := flag.Uint64("seed", 1, "the seed of the split, the weights and the batches")
	quiet := flag.Bool("quiet", false, "do not show the epochs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	d := set.Load()
	if len(d.Classes) != 2 {
		log.Fatalf("%s: want two classes, have %d", d.Source, len(d.Classes))
	}
	train, test, err := d.Split(data.SplitOptions{Test: 0.15, Seed: *seed})
	example.Check(err)

	network := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 32, Activation: models.ReLU, Init: models.HeNormal},
			models.Dense{Units: 8, Activation: models.ReLU, Init: models.HeNormal},
			models.Dense{Units: 1, Activation: models.Sigmoid, Init: models.HeNormal},
		},
		Standardize: true, Float32: true, Seed: *seed,
	}
	options := models.FitOptions{Epochs: *epochs, Batch: 32, ValidationSplit: 0.17}
	if !*quiet {
		options.Progress = progress.Bar(os.Stdout)
	}
	m, history := files.Fit(ctx, network, train, options)

	scores := example.Must(m.Evaluate(test))
	fmt.Printf("Test Loss: %.4f\nTest Accuracy: %.4f\n", scores.Loss, scores.Accuracy)
	files.Write("10-32-8-1, by Adam in batches of 32", m, history, test)
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
}
