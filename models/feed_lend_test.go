package models_test

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// fitBytes returns the weights of logistic regression, and how many bytes were allocated to find them.
func fitBytes(d *data.Dataset) (weights []float64, bytes uint64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	m := models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-6}
	if _, err := m.Fit(context.Background(), d, models.FitOptions{}); err != nil {
		return nil, 0, err
	}
	runtime.ReadMemStats(&after)
	w, _, err := m.Coefficients()
	return w.Float64s(), after.TotalAlloc - before.TotalAlloc, err
}

// TestSearchesShareMemory asserts that the columns of a search lie in memory of a search before, and that searches at the
// same time do not: each finds what it finds alone.
func TestSearchesShareMemory(t *testing.T) {
	const n, rows = 50, 1000
	sets := make([]*data.Dataset, 4)
	alone := make([][]float64, len(sets))
	least := uint64(math.MaxUint64)
	for i := range sets {
		var err error
		if sets[i], err = data.Blobs(rows, data.Centers(2, n, uint64(i)), 20, uint64(i)); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			w, bytes, err := fitBytes(sets[i])
			if err != nil {
				t.Fatal(err)
			}
			alone[i], least = w, min(least, bytes)
		}
	}
	if columns := uint64(8 * n * rows); least > columns/2 {
		t.Errorf("a search takes %d bytes, its columns are %d", least, columns)
	}
	var all sync.WaitGroup
	for i, d := range sets {
		all.Go(func() {
			for range 3 {
				if w, _, err := fitBytes(d); err != nil || !slices.Equal(w, alone[i]) {
					t.Errorf("set %d: %v beside others, %v alone, %v", i, w[:2], alone[i][:2], err)
				}
			}
		})
	}
	all.Wait()
}
