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

// TestColumnsAreKept asserts that a training of all rows keeps its columns from one epoch to the next: a search between
// them, which takes memory of columns too, changes nothing.
func TestColumnsAreKept(t *testing.T) {
	other := must(data.Blobs(150, data.Centers(2, 4, 1), 20, 1))
	costs := func(between ...models.Callback) (costs []float64) {
		h := must(layer().Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 3, FullBatch: true, Callbacks: between}))
		for _, e := range h.Epochs {
			costs = append(costs, e.Loss)
		}
		return costs
	}
	alone := costs()
	beside := costs(models.EachEpoch(func(*models.Training, models.Epoch) error {
		return failed(new(models.Logistic).Fit(t.Context(), other, models.FitOptions{}))
	}))
	if !slices.Equal(beside, alone) {
		t.Errorf("costs %v, alone %v", beside, alone)
	}
}
