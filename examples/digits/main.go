// Digits reads handwritten digits: 8×8 pixels, one hidden layer of 32, softmax
// over ten classes. Ctrl-C ends the training early; -save, -load, -onnx and -report
// keep and show what came of it, the report with what each hidden unit looks for.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/plot"
)

func main() {
	files := example.FileFlags()
	epochs := flag.Int("epochs", 60, "the number of epochs")
	seed := flag.Uint64("seed", 1, "the seed of the split, the weights and the batches")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: *seed})
	example.Check(err)

	network := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 32, Activation: models.ReLU},
			models.Dense{Units: 10, Activation: models.Softmax},
		},
		Standardize: true, Penalty: models.L2, Lambda: 1, Seed: *seed,
	}
	m, history := files.Fit(ctx, network, train, models.FitOptions{Epochs: *epochs})
	if history != nil && len(history.Epochs) > 0 {
		fmt.Printf("%d epochs, %d steps, cost %.4f\n", len(history.Epochs), history.Steps, history.Last().Loss)
	}

	scores := example.Must(m.Evaluate(test))
	fmt.Println("\nwhat was read (columns) for each digit (rows)")
	for digit, row := range scores.Confusion {
		fmt.Printf("%3d %4d\n", digit, row)
	}
	fmt.Printf("macro F1 %.4f, AUC %.4f, log-loss %.4f\n", scores.F1, scores.AUC, scores.LogLoss)
	weights := example.Must(m.Formula()).Params[0].Value()
	files.Write("Handwritten digits, 64-32-10", m, history, test, example.Must(plot.Weights(weights, 8, 8)))
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
}
