// Moons shows what logistic regression cannot do and one hidden layer can: two
// half circles that reach into each other.
package main

import (
	"context"
	"flag"
	"fmt"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/optim"
)

func main() {
	noise := flag.Float64("noise", 0.2, "the standard deviation of the noise")
	seed := flag.Uint64("seed", 1, "the seed of the data, the weights and the batches")
	flag.Parse()
	moons := example.Must(data.Moons(1000, *noise, *seed))
	train, test, err := moons.Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: *seed})
	example.Check(err)

	line := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	_, err = line.Fit(context.Background(), train, models.FitOptions{})
	example.Check(err)
	curve := &models.Deep{
		Layers: []models.Layer{
			models.Dense{Units: 16, Activation: models.Tanh},
			models.Dense{Units: 1, Activation: models.Sigmoid},
		},
		Standardize: true, Seed: *seed,
	}
	_, err = curve.Fit(context.Background(), train, models.FitOptions{Epochs: 100, Rule: optim.Adam{Rate: 0.02}})
	example.Check(err)

	sketch(moons, curve)
	fmt.Printf("logistic regression, held out: %.4f\n", example.Must(line.Evaluate(test)).Accuracy)
	fmt.Printf("held-out accuracy %.4f\n", example.Must(curve.Evaluate(test)).Accuracy)
}

// sketch draws the decision of the network over the plane, with the range of the
// data.
func sketch(d *data.Dataset, m *models.Deep) {
	const columns, lines = 60, 20
	var grid [][]float64
	for i := range lines {
		for k := range columns {
			grid = append(grid, []float64{-1.6 + 4.2*float64(k)/(columns-1), 1.5 - 2.5*float64(i)/(lines-1)})
		}
	}
	points := example.Must(data.New(grid, nil, data.Classification))
	points.Features = d.Features
	for i, p := range example.Must(m.PredictProba(points)) {
		fmt.Print([]string{" ", "·", "+", "#"}[min(int(p[0]*4), 3)])
		if (i+1)%columns == 0 {
			fmt.Println()
		}
	}
}
