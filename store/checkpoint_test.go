package store

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// network is a small model.
func network() *models.Deep {
	return &models.Deep{Seed: 3, Standardize: true, Layers: []models.Layer{
		models.Dense{Units: 4, Activation: models.ReLU}, models.Dropout{Rate: 0.2}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
}

// bits is what a model predicts, as text that tells bits apart.
func bits(t testing.TB, m models.Model) string {
	t.Helper()
	p, err := m.PredictProba(data.Iris())
	check(t, err)
	return fmt.Sprintf("%x", p)
}

func epochsIn(t testing.TB, path string) int {
	t.Helper()
	s, err := LoadSnapshot(path)
	check(t, err)
	return len(s.History().Epochs)
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model")
	m := network()
	if err := Save(path, m); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("before Fit: %v", err)
	}
	if _, err := Load(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	must(m.Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 2}))
	check(t, Save(path, m))
	loaded, err := Load(path)
	check(t, err)
	if bits(t, loaded) != bits(t, m) {
		t.Error("it predicts something else")
	}
	check(t, os.Truncate(path, 500))
	if _, err := Load(path); !errors.Is(err, models.ErrCorrupt) {
		t.Errorf("a part of it: %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil || errors.Is(err, models.ErrCorrupt) {
		t.Errorf("a folder: %v", err)
	}
}

// Checkpoints are written when they are due, and the best one when it is.
func TestCheckpointsAreWritten(t *testing.T) {
	folder := t.TempDir()
	c := &Checkpoint{
		Path: filepath.Join(folder, "run"), Every: 2, Best: filepath.Join(folder, "best"),
		Monitor: func(e models.Epoch) float64 { return []float64{5, 3, 4, 3, 2, 6, 1}[e.Number-1] },
	}
	var seen []string
	look := models.EachEpoch(func(*models.Training, models.Epoch) error {
		line := ""
		for _, path := range []string{c.Path, c.Best} {
			if _, err := os.Stat(path); err == nil {
				line += fmt.Sprint(epochsIn(t, path))
			} else {
				line += "-"
			}
		}
		seen = append(seen, line)
		return nil
	})
	o := models.FitOptions{Epochs: 6, Batch: 50, Callbacks: []models.Callback{c, look}}
	must(network().Fit(t.Context(), data.Iris(), o))
	if got, want := fmt.Sprint(seen), "[-1 22 22 42 45 65]"; got != want {
		t.Errorf("epochs in the files: %s, want %s", got, want)
	}
	seen = nil
	o.Epochs = 7
	must(Resume(t.Context(), c.Path, network(), data.Iris(), o))
	if got, want := fmt.Sprint(seen), "[67]"; got != want {
		t.Errorf("after Resume: %s, want %s", got, want)
	}
	if n := names(t, folder); len(n) != 2 {
		t.Errorf("left %q", n)
	}
}

// The best so far is what it was, for one who resumes.
func TestResumeKeepsTheBest(t *testing.T) {
	folder := t.TempDir()
	run, best := filepath.Join(folder, "run"), filepath.Join(folder, "best")
	options := func(epochs int) models.FitOptions {
		c := &Checkpoint{Path: run, Best: best, Monitor: func(e models.Epoch) float64 { return float64(max(e.Number, 2)) }}
		return models.FitOptions{Epochs: epochs, Callbacks: []models.Callback{c}}
	}
	must(network().Fit(t.Context(), data.Iris(), options(2)))
	must(Resume(t.Context(), run, network(), data.Iris(), options(4)))
	if n := epochsIn(t, best); n != 1 {
		t.Errorf("the best epoch is 1, the file has %d", n)
	}
}

func TestCheckpointOptions(t *testing.T) {
	folder := t.TempDir()
	run := filepath.Join(folder, "run")
	for _, c := range []*Checkpoint{{}, {Every: 2}, {Path: run, Every: -1}, {Path: run, Best: run}} {
		if _, err := network().Fit(t.Context(), data.Iris(), models.FitOptions{Callbacks: []models.Callback{c}}); !errors.Is(err, models.ErrOption) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	m := network()
	m.Layers[0] = models.Func("mine", (&ops.Pointwise{Name: "mine", G: math.Sin, Prime: func(z, _ *graph.Node) *graph.Node { return ops.Cos(z) }}).Of)
	epochs := 0
	count := models.EachEpoch(func(*models.Training, models.Epoch) error { epochs++; return nil })
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{Callbacks: []models.Callback{&Checkpoint{Path: run}, count}})
	if !errors.Is(err, models.ErrNotSavable) || epochs > 0 {
		t.Errorf("after %d epochs: %v", epochs, err)
	}
	if _, err := Resume(t.Context(), run, network(), data.Iris(), models.FitOptions{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	_, err = network().Fit(t.Context(), data.Iris(), models.FitOptions{Callbacks: []models.Callback{&Checkpoint{Path: filepath.Join(folder, "no", "where")}}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no folder: %v", err)
	}
}

// A training whose checkpoint cannot be written ends with that error, and the
// file has the one before, or the new one if only that was not closed or its folder
// not flushed.
func TestTrainingOnAFaultyDisk(t *testing.T) {
	for _, kind := range []string{"create", "write", "sync", "close", "rename", "folder"} {
		for at := range 3 {
			path := filepath.Join(t.TempDir(), "run")
			acknowledged := 0
			acknowledge := models.EachEpoch(func(_ *models.Training, e models.Epoch) error { acknowledged = e.Number; return nil })
			c := &Checkpoint{Path: path, disk: &faulty{disk: system{}, kind: kind, at: at}}
			_, err := network().Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 5, Callbacks: []models.Callback{c, acknowledge}})
			if !errors.Is(err, errFault) || acknowledged != at {
				t.Errorf("%s %d failed: %v after %d epochs", kind, at, err, acknowledged)
			}
			want := at
			if isLate(kind) {
				want++
			}
			if want == 0 {
				if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("%s %d failed, and there is a file: %v", kind, at, err)
				}
			} else if n := epochsIn(t, path); n != want {
				t.Errorf("%s %d failed: the file has epoch %d, want %d", kind, at, n, want)
			}
		}
	}
}
