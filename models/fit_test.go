package models_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
)

// line is a regression with one weight, and its data.
func line(t testing.TB) (*models.Deep, *data.Dataset) {
	d, err := data.New([][]float64{{1}, {2}, {4}}, []float64{1, 3, 2}, data.Regression)
	check(t, err)
	return &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, NoBias: true, Init: fixed([]float64{0.5})}}}, d
}

func contains(err error, text string) bool { return err != nil && strings.Contains(err.Error(), text) }

// A canceller is a Progress that cancels a context after so many steps.
type canceller struct {
	steps  int
	cancel context.CancelCauseFunc
}

var errEnough = errors.New("enough")

func (*canceller) Begin(int, int)             {}
func (*canceller) Epoch(models.Epoch)         {}
func (*canceller) End(*models.History, error) {}
func (c *canceller) Step(int, float64) {
	if c.steps--; c.steps == 0 {
		c.cancel(errEnough)
	}
}

// A cancelled context ends a training before another batch, with its cause and
// the history so far, and the model has the weights so far.
func TestCancel(t *testing.T) {
	d := data.Iris() // 150 rows: five batches of 32, the last smaller
	for _, c := range []struct {
		steps, epochs int
		validation    bool
	}{{1, 0, false}, {5, 1, false}, {7, 1, false}, {7, 1, true}, {10, 2, false}, {10, 1, true}} {
		ctx, cancel := context.WithCancelCause(t.Context())
		m := quick()
		o := models.FitOptions{Progress: &canceller{c.steps, cancel}}
		if c.validation {
			o.Validation = d // 10 steps: it is cancelled while it scores
		}
		h, err := m.Fit(ctx, d, o)
		if !errors.Is(err, errEnough) || h == nil || h.Steps != c.steps || len(h.Epochs) != c.epochs {
			t.Errorf("after %d steps: %v, %+v", c.steps, err, h)
			continue
		}
		again := quick()
		_, err = again.Fit(t.Context(), d, models.FitOptions{Callbacks: []models.Callback{models.EachEpoch(func(*models.Training, models.Epoch) error { return models.ErrStop })}})
		check(t, err)
		if same := slices.Equal(weights(t, m), weights(t, again)); same != (c.steps == 5) {
			t.Errorf("after %d steps the weights are those after 5: %v", c.steps, same)
		}
		if _, err := m.Evaluate(d); err != nil {
			t.Error(err)
		}
	}
}

// A context that is done from the start changes no model that is fitted.
func TestCancelBeforeTheFirstStep(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errEnough)
	d := data.Iris()
	for _, m := range []interface {
		fitter
		formulated
	}{quick(), &models.Logistic{}, &models.Logistic{Penalty: models.L1, Lambda: 1}, &models.Logistic{Solver: models.Descent}} {
		h, err := m.Fit(ctx, d, models.FitOptions{})
		if !errors.Is(err, errEnough) || h == nil || h.Steps != 0 || h.Converged {
			t.Errorf("%v, %+v", err, h)
		}
		first := weights(t, m)
		_, err = m.Fit(t.Context(), d, models.FitOptions{})
		check(t, err)
		fitted := weights(t, m)
		if slices.Equal(first, fitted) {
			t.Error("training does nothing")
		}
		if _, err := m.Fit(ctx, d, models.FitOptions{}); !errors.Is(err, errEnough) || !slices.Equal(weights(t, m), fitted) {
			t.Errorf("%v, and the model has changed", err)
		}
	}
}

func weights(t testing.TB, m formulated) (all []float64) {
	f, err := m.Formula()
	check(t, err)
	for _, p := range f.Params {
		all = append(all, entries(p.Value())...)
	}
	return all
}

// A countdown is a context that is done after so many questions.
type countdown struct {
	context.Context
	cancel context.CancelCauseFunc
	n      int
}

func (c *countdown) Err() error {
	if c.n--; c.n < 0 {
		c.cancel(errEnough)
	}
	return c.Context.Err()
}

// L-BFGS and FISTA end where they are.
func TestCancelSolvers(t *testing.T) {
	d := standardised(t, data.BreastCancer())
	for _, penalty := range []models.Penalty{models.NoPenalty, models.L1, models.L2} {
		last := math.Inf(1)
		for _, n := range []int{3, 10, 20} {
			ctx, cancel := context.WithCancelCause(t.Context())
			m := &models.Logistic{Penalty: penalty, Lambda: 1}
			h, err := m.Fit(&countdown{ctx, cancel, n}, d, models.FitOptions{})
			if !errors.Is(err, errEnough) || h.Steps == 0 || h.Steps > n || h.Converged {
				t.Errorf("%v: %v, %+v", penalty, err, h)
			}
			j, _ := costOf(t, m, d)
			near(t, "J", j, h.Costs[0], 1e-14)
			if !(j < last) {
				t.Errorf("%v: J = %g after %d evaluations, %g before", penalty, j, n, last)
			}
			last = j
		}
	}
}

// A History is JSON and back.
func TestHistoryIsJSON(t *testing.T) {
	for _, m := range []fitter{quick(), &models.Logistic{}} {
		o := models.FitOptions{ValidationSplit: 0.3, TrainScores: true}
		if _, ok := m.(*models.Deep); ok {
			o.Epochs = 2
		}
		train, _ := split(t, data.Iris(), 0.1, 1)
		h, err := m.Fit(t.Context(), train, o)
		check(t, err)
		text, err := json.Marshal(h)
		check(t, err)
		var back models.History
		check(t, json.Unmarshal(text, &back))
		again, err := json.Marshal(back)
		check(t, err)
		if string(text) != string(again) || back.Last().Validation.ScoreName() != "accuracy" || back.Last().Train.Rows != h.Rows {
			t.Errorf("%s", text)
		}
	}
}

// Weights of examples act as if an example were there so often, apart from the
// divisor N, and those of classes as the weights of their examples.
func TestExampleWeights(t *testing.T) {
	d := data.Iris()
	weight := make([]float64, 150)
	var rows []int
	for i := range weight {
		weight[i] = float64(i % 3)
		for range i % 3 {
			rows = append(rows, i)
		}
	}
	repeated, err := d.Subset(rows)
	check(t, err)
	weighted, plain := &models.Logistic{Penalty: models.L2, Lambda: 1}, &models.Logistic{Penalty: models.L2, Lambda: 1}
	_, err = weighted.Fit(t.Context(), d, models.FitOptions{SampleWeights: weight})
	check(t, err)
	_, err = plain.Fit(t.Context(), repeated, models.FitOptions{})
	check(t, err)
	for i, w := range weights(t, weighted) {
		near(t, "a weight", w, weights(t, plain)[i], 1e-6)
	}

	byClass := make([]float64, 150)
	for i, y := range d.Y {
		byClass[i] = 1 + y
	}
	a, b := quick(), quick()
	_, err = a.Fit(t.Context(), d, models.FitOptions{Epochs: 3, ClassWeights: []float64{1, 2, 3}, ValidationSplit: 0.1})
	check(t, err)
	_, err = b.Fit(t.Context(), d, models.FitOptions{Epochs: 3, SampleWeights: byClass, ValidationSplit: 0.1})
	check(t, err)
	if !slices.Equal(weights(t, a), weights(t, b)) {
		t.Error("weights of classes are not those of their examples")
	}
	_, err = b.Fit(t.Context(), d, models.FitOptions{Epochs: 3, SampleWeights: byClass, ClassWeights: []float64{1, 1. / 2, 1. / 3}, ValidationSplit: 0.1})
	check(t, err)
	_, err = a.Fit(t.Context(), d, models.FitOptions{Epochs: 3, ValidationSplit: 0.1})
	check(t, err)
	for i, w := range weights(t, a) {
		near(t, "a weight", w, weights(t, b)[i], 1e-12)
	}
}
