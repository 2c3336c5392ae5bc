package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"

	"adjoint/data"
	"adjoint/models"
	"adjoint/store"
)

func ExampleSave() {
	folder, err := os.MkdirTemp("", "")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "flowers.safetensors")

	m := &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true}
	_, err = m.Fit(context.Background(), data.Iris(), models.FitOptions{})
	check(err)
	check(store.Save(path, m))

	loaded, err := store.Load(path)
	check(err)
	scores, err := loaded.Evaluate(data.Iris())
	check(err)
	fmt.Printf("%T of %q: accuracy %.3f\n", loaded, loaded.Classes(), scores.Accuracy)
	// Output: *models.Logistic of ["setosa" "versicolor" "virginica"]: accuracy 0.973
}

// A program that can be stopped at any time, and goes on where it was when it is
// started again.
func ExampleCheckpoint() {
	folder, err := os.MkdirTemp("", "")
	check(err)
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "run.safetensors")

	program := func(epochs int) {
		m := &models.Deep{Standardize: true, Layers: []models.Layer{
			models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 3, Activation: models.Softmax},
		}}
		o := models.FitOptions{Epochs: epochs, Callbacks: []models.Callback{&store.Checkpoint{Path: path, Every: 5}}}
		h, err := store.Resume(context.Background(), path, m, data.Iris(), o)
		if errors.Is(err, fs.ErrNotExist) {
			fmt.Println("a new training")
			h, err = m.Fit(context.Background(), data.Iris(), o)
		}
		check(err)
		fmt.Println(len(h.Epochs), "epochs")
	}
	program(10)
	program(20)
	// Output:
	// a new training
	// 10 epochs
	// 20 epochs
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
