// Penguins tells species apart by a table as people have it: columns of text, gaps, measures in mm and in g. What is
// learned of the training rows to fill gaps and encode text is part of the model: of the file that -save writes, of what
// examples/serve serves and of the ONNX file. -csv FILE reads a table of your own, with the label in the column -label.
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
	"adjoint/prepare"
)

func main() {
	files := example.FileFlags()
	path := flag.String("csv", "", "a table in place of the penguins")
	label := flag.String("label", "species", "the column of the label in it")
	epochs := flag.Int("epochs", 60, "the number of epochs")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()

	table := data.Penguins()
	if *path != "" {
		table = example.Must(data.Open(*path, data.CSV{Label: data.Name(*label), Missing: data.KeepMissing}))
	}
	fmt.Println(table.Describe())
	train, test, err := table.Split(data.SplitOptions{Test: 0.25, Stratify: true, Seed: 1})
	example.Check(err)

	columns := &prepare.Columns{
		Numbers: []prepare.Step{prepare.Impute{By: prepare.Median}},
		Texts:   []prepare.Step{prepare.OneHot{MinCount: 5, Unknown: prepare.AsRare}},
	}
	line := &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: columns, Standardize: true}
	_, err = line.Fit(ctx, train, models.FitOptions{})
	example.Check(err)
	fmt.Print(line.Preparer())
	fmt.Printf("\nlogistic regression, held out: %.4f\n", example.Must(line.Evaluate(test)).Accuracy)

	network := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 16, Activation: models.ReLU},
			models.Dense{Units: len(table.Classes), Activation: models.Softmax},
		},
		Prepare: columns, Standardize: true,
	}
	m, history := files.Fit(ctx, network, train, models.FitOptions{Epochs: *epochs})
	files.Write("Penguins, 16-3", m, history, test)
	fmt.Printf("held-out accuracy %.4f\n", example.Must(m.Evaluate(test)).Accuracy)
}
