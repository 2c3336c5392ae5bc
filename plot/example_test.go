package plot_test

import (
	"bytes"
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

// How well a house price is predicted from its size.
func ExampleRegression() {
	d, err := data.New([][]float64{{50}, {80}, {120}, {160}}, []float64{100, 165, 235, 320}, data.Regression)
	if err != nil {
		log.Fatal(err)
	}
	predicted := []float64{102, 161, 240, 318} // or what Predict of a model says
	figure, err := plot.Regression(d, predicted)
	if err != nil {
		log.Fatal(err)
	}
	var picture bytes.Buffer // or a file
	if err := figure.WriteSVG(&picture); err != nil {
		log.Fatal(err)
	}
	fmt.Println(figure.Title)
	// Output: Predictions and residuals
}

// The counts of a confusion matrix, as models.Scores has them.
func ExampleConfusionMatrix() {
	figure, err := plot.ConfusionMatrix([][]int{{50, 2}, {3, 45}}, []string{"benign", "malignant"})
	if err != nil {
		log.Fatal(err)
	}
	var picture bytes.Buffer
	if err := figure.WritePNG(&picture); err != nil {
		log.Fatal(err)
	}
	fmt.Println(figure.Title)
	// Output: Confusion matrix
}

// The digits, as a sheet of pictures with their labels.
func ExampleContactSheet() {
	figure, err := plot.ContactSheet(data.Digits(), []int{0, 1, 2, 3})
	if err != nil {
		log.Fatal(err)
	}
	var picture bytes.Buffer // or a file
	if err := figure.WritePNG(&picture); err != nil {
		log.Fatal(err)
	}
	fmt.Println(figure.Title)
	// Output: 4 of 1797 pictures
}
