// Digits reads handwritten digits: 8×8 pixels, one hidden layer of 32, softmax
// over ten classes.
package main

import (
	"context"
	"flag"
	"fmt"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
)

func main() {
	epochs := flag.Int("epochs", 60, "the number of epochs")
	seed := flag.Uint64("seed", 1, "the seed of the split, the weights and the batches")
	flag.Parse()
	train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: *seed})
	example.Check(err)

	m := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 32, Activation: models.ReLU},
			models.Dense{Units: 10, Activation: models.Softmax},
		},
		Standardize: true, Penalty: models.L2, Lambda: 1, Seed: *seed,
	}
	fmt.Print(example.Must(m.Summary(len(train.Features))))
	history, err := m.Fit(context.Background(), train, models.FitOptions{Epochs: *epochs})
	example.Check(err)
	fmt.Printf("%d epochs, %d steps, cost %.4f\n", len(history.Epochs), history.Steps, history.Last().Loss)

	scores := example.Must(m.Evaluate(test))
	fmt.Println("\nwhat was read (columns) for each digit (rows)")
	for digit, row := range scores.Confusion {
		fmt.Printf("%3d %4d\n", digit, row)
	}
	fmt.Printf("macro F1 %.4f, AUC %.4f, log-loss %.4f\n", scores.F1, scores.AUC, scores.LogLoss)
	fmt.Printf("held-out accuracy %.4f\n", scores.Accuracy)
}
