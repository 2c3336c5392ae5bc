package models_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/prepare"

	"github.com/google/go-cmp/cmp"
)

// Rows of a file, prepared, train to the bits of the same rows in memory: batches and the full batch, with and without a
// scaler, also of rows that are shuffled by windows.
func TestRowsOfAFileTrainToTheSameBits(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 5))
	var text strings.Builder
	text.WriteString("a,b,town,y\n")
	for range 2000 {
		a, b := rng.NormFloat64(), 5+3*rng.NormFloat64()
		town := []string{"Ulm", "Bonn", "Aachen"}[rng.IntN(3)]
		fmt.Fprintf(&text, "%.4f,%.4f,%s,%t\n", a, b, town, a+0.3*b+float64(len(town)) > 6+rng.NormFloat64())
	}
	dir := t.TempDir()
	csv, path := filepath.Join(dir, "table.csv"), filepath.Join(dir, "rows")
	if err := os.WriteFile(csv, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := (data.Stream{Files: []string{csv}}).Convert(path); err != nil {
		t.Fatal(err)
	}
	inFile, err := data.OpenRows(path)
	if err != nil {
		t.Fatal(err)
	}
	defer inFile.Close()
	inMemory, err := data.Open(csv, data.CSV{})
	if err != nil {
		t.Fatal(err)
	}
	layers := []models.Layer{models.Dense{Units: 4, Activation: models.ReLU}, models.Dense{Units: 1, Activation: models.Sigmoid}}
	for name, c := range map[string]func() (models.Model, models.FitOptions){
		"L-BFGS in parts": func() (models.Model, models.FitOptions) {
			return &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}}, models.FitOptions{Parts: 3}
		},
		"L-BFGS": func() (models.Model, models.FitOptions) {
			return &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}, Standardize: true}, models.FitOptions{}
		},
		"batches": func() (models.Model, models.FitOptions) {
			return &models.Deep{Layers: layers, Prepare: &prepare.Columns{}, Standardize: true}, models.FitOptions{Epochs: 2}
		},
		"windows, validation": func() (models.Model, models.FitOptions) {
			return &models.Deep{Layers: layers, Prepare: &prepare.Columns{}, Float32: true}, models.FitOptions{Epochs: 2, Window: 300, ValidationSplit: 0.1}
		},
	} {
		m, o := c()
		if _, err := m.Fit(context.Background(), inFile, o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		n, o := c()
		if _, err := n.Fit(context.Background(), inMemory, o); err != nil {
			t.Fatal(err)
		}
		got, err := m.PredictProba(inFile)
		if err != nil {
			t.Fatal(err)
		}
		want, err := n.PredictProba(inMemory)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: other bits\n%.1000s", name, diff)
		}
	}
}
