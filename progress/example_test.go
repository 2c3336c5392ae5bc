package progress_test

import (
	"context"
	"log"
	"os"

	"adjoint/data"
	"adjoint/models"
	"adjoint/progress"
)

// Where nobody is looking, as in the output of a test, Bar writes a line an epoch;
// on a terminal it draws a bar in their place.
func ExampleBar() {
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Softmax}}, Standardize: true}
	_, err := m.Fit(context.Background(), data.Iris(), models.FitOptions{Epochs: 3, Progress: progress.Bar(os.Stderr)})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
}
