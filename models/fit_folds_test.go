package models_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"adjoint/data"
	"adjoint/internal/grouptest"
	"adjoint/models"
)

// grid are networks of some numbers of units.
func grid(units ...int) []models.Candidate {
	var list []models.Candidate
	for _, n := range units {
		list = append(list, models.Candidate{Name: fmt.Sprint(n, " units"), New: func() (models.Model, models.FitOptions) {
			return &models.Deep{Seed: 1, Standardize: true, Layers: []models.Layer{
				models.Dense{Units: n, Activation: models.Tanh}, models.Dropout{Rate: 0.1}, models.Dense{Units: 3, Activation: models.Softmax},
			}}, models.FitOptions{Epochs: 3, Callbacks: []models.Callback{&models.EarlyStopping{}}}
		}})
	}
	return list
}

// Trainings in parallel have the bits of those one after the other, and each is a fit to the
// other folds.
func TestCrossValidate(t *testing.T) {
	d := data.Iris()
	var want string
	for _, parallel := range []int{1, 2, 7, 0} {
		c, err := models.CrossValidate(t.Context(), d, models.CrossOptions{Folds: 3, Seed: 4, Parallel: parallel}, grid(2, 5)...)
		check(t, err)
		got := ""
		for _, r := range c.Results {
			for i, s := range r.Scores {
				got += fmt.Sprintf("%s %x %v %x\n", r.Name, s.Loss, s.Confusion, r.Histories[i].Last().Loss)
			}
		}
		if want == "" {
			want = got
		}
		if got != want {
			t.Errorf("%d at a time:\n%s\nwant\n%s", parallel, got, want)
		}
	}
	c, err := models.CrossValidate(t.Context(), d, models.CrossOptions{Folds: 3, Seed: 4}, grid(2, 5)...)
	check(t, err)
	folds := must(d.Folds(3, data.FoldOptions{Seed: 4, Stratify: true}))
	others := slices.Concat(folds[0], folds[2])
	slices.Sort(others)
	m, o := grid(5)[0].New()
	check(t, failed(m.Fit(t.Context(), must(d.Subset(others)), o)))
	if s := must(m.Evaluate(must(d.Subset(folds[1])))); s.Loss != c.Results[1].Scores[1].Loss || s.Rows != 50 {
		t.Errorf("%v, want %v", c.Results[1].Scores[1], s)
	}
}

// A table has a line for each candidate, or for each fold of one. Means and deviations are
// those of 1, 2 and 4.
func TestComparisonPrints(t *testing.T) {
	of := func(name string, losses ...float64) models.CrossResult {
		r := models.CrossResult{Name: name}
		for _, l := range losses {
			r.Scores = append(r.Scores, &models.Scores{Kind: models.Numbers, Loss: l, R2: 1 - l/8})
		}
		return r
	}
	c := &models.Comparison{Results: []models.CrossResult{of("", 1, 2, 4)}}
	want := `         loss        ±       R2        ±
fold 1   1.0000            0.8750
fold 2   2.0000            0.7500
fold 3   4.0000            0.5000
mean     2.3333   1.5275   0.7083   0.1909
`
	if got := c.String(); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("\n%s\nwant\n%s", got, want)
	}
	c.Results = append(c.Results, of("small", 1, 1, 1))
	if got := c.String(); strings.Contains(got, "fold") || !strings.Contains(got, "small   1.0000   0.0000   0.8750   0.0000") || c.Best().Name != "small" {
		t.Errorf("\n%s, best %s", got, c.Best().Name)
	}
	if got := new(models.Comparison).String(); got != "nothing was compared\n" {
		t.Errorf("%q", got)
	}
}

// The error is that of the first training that fails, whichever ends first; none is left
// behind, and no more begin.
func TestCrossValidateFails(t *testing.T) {
	d := data.Iris()
	errSlow, errFast := errors.New("slow"), errors.New("fast")
	var begun atomic.Int32
	fails := func(err error, after time.Duration) models.Candidate {
		return models.Candidate{Name: err.Error(), New: func() (models.Model, models.FitOptions) {
			begun.Add(1)
			m, o := grid(2)[0].New()
			o.Callbacks = []models.Callback{models.EachEpoch(func(*models.Training, models.Epoch) error { time.Sleep(after); return err })}
			return m, o
		}}
	}
	before := runtime.NumGoroutine()
	list := append([]models.Candidate{fails(errSlow, 50*time.Millisecond), fails(errFast, 0)}, grid(slices.Repeat([]int{3}, 50)...)...)
	_, err := models.CrossValidate(t.Context(), d, models.CrossOptions{Folds: 2, Parallel: 4}, list...)
	if !errors.Is(err, errSlow) || !strings.Contains(fmt.Sprint(err), "slow, fold 1") || begun.Load() > 4 {
		t.Errorf("%v, %d begun", err, begun.Load())
	}
	if n := runtime.NumGoroutine(); n > before+runtime.GOMAXPROCS(0) {
		t.Errorf("%d goroutines, %d before", n, before)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := models.CrossValidate(ctx, d, models.CrossOptions{}, grid(2)...); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, c := range map[string]struct {
		d          *data.Dataset
		o          models.CrossOptions
		candidates []models.Candidate
		want       error
	}{
		"no data":       {nil, models.CrossOptions{}, grid(2), data.ErrEmpty},
		"no candidates": {d, models.CrossOptions{}, nil, models.ErrOption},
		"no New":        {d, models.CrossOptions{}, []models.Candidate{{}}, models.ErrOption},
		"a group": {d, models.CrossOptions{}, []models.Candidate{{New: func() (models.Model, models.FitOptions) {
			return layer(), models.FitOptions{Group: grouptest.New(1)[0]}
		}}}, models.ErrOption},
		"one fold":  {d, models.CrossOptions{Folds: 1}, grid(2), data.ErrSplit},
		"at a time": {d, models.CrossOptions{Parallel: -1}, grid(2), models.ErrOption},
	} {
		if _, err := models.CrossValidate(t.Context(), c.d, c.o, c.candidates...); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
