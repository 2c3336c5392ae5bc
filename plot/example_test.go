package plot_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"adjoint/data"
	"adjoint/models"
	"adjoint/plot"
)

// A training, drawn to a file.
func Example() {
	moons, err := data.Moons(100, 0.1, 1)
	if err != nil {
		log.Fatal(err)
	}
	m := &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 8, Activation: models.Tanh},
		models.Dense{Units: 1, Activation: models.Sigmoid},
	}, Seed: 1}
	history, err := m.Fit(context.Background(), moons, models.FitOptions{Epochs: 20, ValidationSplit: 0.2})
	if err != nil {
		log.Fatal(err)
	}
	figure, err := plot.LearningCurves(history)
	if err != nil {
		log.Fatal(err)
	}
	file, err := os.Create(filepath.Join(os.TempDir(), "curves.svg"))
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(file.Name())
	if err := figure.WriteSVG(file); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
	fmt.Println(figure.Title)
	// Output: Learning curves
}
