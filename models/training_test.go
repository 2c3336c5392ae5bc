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
	"adjoint/optim"
)

// line is a regression with one weight, and its data.
func line(t testing.TB) (*models.Deep, *data.Dataset) {
	d, err := data.New([][]float64{{1}, {2}, {4}}, []float64{1, 3, 2}, data.Regression)
	check(t, err)
	return &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, NoBias: true, Init: fixed([]float64{0.5})}}}, d
}

// A rate that is too large is an error that says where, after as many steps as
// descent by hand takes to leave the floats, and the weights are the last finite
// ones.
func TestDivergence(t *testing.T) {
	m, d := line(t)
	const rate = 1e5
	w, last, steps, loss := 0.5, 0.5, 0, 0.0
	for {
		slope := 0.0
		loss = 0
		for i, y := range d.Y {
			e := w*d.X[i] - y
			loss += e * e / 3
			slope += 2 * e * d.X[i] / 3
		}
		if steps++; math.IsInf(loss, 0) || math.IsNaN(loss) {
			break
		}
		last, w = w, w-rate*slope
	}
	if math.IsInf(w, 0) {
		w = last
	}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1000, FullBatch: true, Rule: optim.SGD{Rate: rate}})
	var diverged *models.DivergedError
	if !errors.Is(err, models.ErrDiverged) || !errors.As(err, &diverged) {
		t.Fatal(err)
	}
	if diverged.Epoch != steps || diverged.Step != steps || diverged.Rate != rate || !math.IsInf(diverged.Loss, 1) {
		t.Errorf("%+v, want epoch and step %d", diverged, steps)
	}
	if want := "learning rate 100000"; !contains(err, want) || !contains(err, "loss +Inf") {
		t.Errorf("%v", err)
	}
	if len(h.Epochs) != steps-1 || h.Steps != steps-1 {
		t.Errorf("history of %d epochs and %d steps, want %d", len(h.Epochs), h.Steps, steps-1)
	}
	f, err := m.Formula()
	check(t, err)
	if got := f.Params[0].Value().Float64s()[0]; math.Abs(got/w-1) > 1e-9 {
		t.Errorf("w = %g, want %g", got, w)
	}
}

// Weights that leave the floats in the last step of an epoch are put back to
// where the epoch began.
func TestDivergenceOfWeights(t *testing.T) {
	m, d := line(t)
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: math.MaxFloat64}})
	var diverged *models.DivergedError
	if !errors.As(err, &diverged) || diverged.Epoch != 1 || diverged.Step != 1 || len(h.Epochs) != 0 {
		t.Errorf("%v, %+v", err, h)
	}
	near(t, "the loss before", diverged.Loss, (0.25+4+0)/3, 1e-15)
	if w := weights(t, m); !slices.Equal(w, []float64{0.5}) {
		t.Errorf("w = %v", w)
	}
}

// Where an epoch began is where the one before ended.
func TestDivergenceOfALaterEpoch(t *testing.T) {
	m, d := line(t)
	explode := func(k int) float64 {
		if k < 2 {
			return 0.01
		}
		return math.MaxFloat64
	}
	h, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 9, FullBatch: true, Rule: optim.SGD{Rate: 1}, Schedule: explode})
	if !errors.Is(err, models.ErrDiverged) || len(h.Epochs) != 2 || h.Epochs[1].Rate != 0.01 {
		t.Errorf("%v, %+v", err, h)
	}
	same, _ := line(t)
	_, err = same.Fit(t.Context(), d, models.FitOptions{Epochs: 2, FullBatch: true, Rule: optim.SGD{Rate: 0.01}})
	check(t, err)
	if !slices.Equal(weights(t, m), weights(t, same)) {
		t.Errorf("w = %v, want %v", weights(t, m), weights(t, same))
	}
}

// L-BFGS says so too, where the cost is no number to begin with.
func TestDivergenceOfLBFGS(t *testing.T) {
	m := &models.Logistic{Init: models.Normal(1e308)}
	_, err := m.Fit(t.Context(), data.Iris(), models.FitOptions{})
	var diverged *models.DivergedError
	if !errors.As(err, &diverged) || diverged.Epoch != 1 || diverged.Step != 1 || !(diverged.Loss > math.MaxFloat64 || math.IsNaN(diverged.Loss)) {
		t.Errorf("%v", err)
	}
}

// Finite weights whose outputs are beyond the floats have diverged, if a
// validation shows it.
func TestDivergenceOfValidation(t *testing.T) {
	m, d := line(t)
	far, err := data.New([][]float64{{1e308}}, []float64{0}, data.Regression)
	check(t, err)
	m.Layers = []models.Layer{models.Dense{Units: 1, NoBias: true, Init: fixed([]float64{3})}}
	_, err = m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Validation: far})
	if !errors.Is(err, models.ErrDiverged) || !errors.Is(err, data.ErrNotFinite) || !contains(err, "row 0") {
		t.Errorf("%v", err)
	}
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
		if _, err := m.Accuracy(d); err != nil {
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
