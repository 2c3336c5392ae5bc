package models_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// numbersOf is rows with these targets, of a regression.
func numbersOf(y ...float64) *data.Dataset {
	d := &data.Dataset{Features: data.Names(1), Y: y}
	for i := range y {
		d.X = append(d.X, float64(i))
	}
	return d
}

// What would be trained for nothing is refused, with the cure.
func TestUntrainable(t *testing.T) {
	moons, iris := must(data.Moons(60, 0.1, 1)), data.Iris()
	fractions, prices := numbersOf(0, 0.5, 1, 0.25), numbersOf(200_000, 150_000, 320_000)
	dense := func(units int, a models.Activation) models.Layer {
		return models.Dense{Units: units, Activation: a}
	}
	with := func(l models.Loss, layers ...models.Layer) *models.Deep {
		return &models.Deep{Layers: layers, Loss: l}
	}
	huber, none := models.HuberLoss(1), models.Loss{}
	own := models.Loss{Name: "own", Of: ops.SquaredError}
	for _, c := range []struct {
		name string
		d    *data.Dataset
		m    *models.Deep
		want error
		says []string
	}{
		{"log-loss of numbers", moons, with(models.LogLoss, dense(1, models.Linear)), models.ErrOutputs, []string{"sigmoid", "log-loss from logits"}},
		{"log-loss of numbers, no bias", moons, with(models.LogLoss, models.Dense{Units: 1, NoBias: true}), models.ErrOutputs, []string{"sigmoid"}},
		{"log-loss of numbers for numbers", fractions, with(models.LogLoss, dense(1, models.Linear)), models.ErrOutputs, []string{"sigmoid"}},
		{"log-loss of tanh", moons, with(models.LogLoss, dense(1, models.Tanh)), models.ErrOutputs, []string{"tanh", "sigmoid"}},
		{"cross-entropy of numbers", iris, with(models.CrossEntropy, dense(3, models.Linear)), models.ErrOutputs, []string{"softmax", "cross-entropy from logits"}},
		{"cross-entropy of ReLU", iris, with(models.CrossEntropy, dense(3, models.ReLU)), models.ErrOutputs, []string{"softmax"}},
		{"squared error of classes", moons, with(models.SquaredError, dense(1, models.Linear)), models.ErrOutputs, []string{"[0, 1]", "sigmoid", "Proba"}},
		{"squared errors of classes", iris, with(models.SquaredError, dense(3, models.Linear)), models.ErrOutputs, []string{"softmax"}},
		{"absolute error of classes", moons, with(models.AbsoluteError, dense(1, models.Linear)), models.ErrOutputs, []string{"sigmoid"}},
		{"Huber of classes", moons, with(huber, dense(1, models.ELU(0.5))), models.ErrOutputs, []string{"sigmoid"}},
		{"a loss of one's own", moons, with(own, dense(1, models.LeakyReLU(0.1))), models.ErrOutputs, []string{"Proba"}},
		{"Dropout last", moons, with(none, dense(1, models.Sigmoid), models.Dropout{Rate: 0.1}), models.ErrOutputs, []string{"Dropout (0.1)", "before"}},
		{"Dropout last, numbers", prices, with(none, dense(1, models.Linear), models.Dropout{Rate: 0.5}), models.ErrOutputs, []string{"Dropout"}},
		{"log-loss of prices", prices, with(models.LogLoss, dense(1, models.Sigmoid)), data.ErrLabel, []string{"200000", "[0, 1]", "SquaredError"}},
		{"log-loss from logits of prices", prices, with(models.LogLossFromLogits, dense(1, models.Linear)), data.ErrLabel, []string{"200000"}},
		{"one output for three classes", iris, with(none, dense(1, models.Linear)), models.ErrOutputs, []string{"1 outputs for 3 classes", "Dense{Units: 3, Activation: Softmax}", "data.Regression"}},
		{"three outputs for a number", prices, with(none, dense(3, models.Softmax)), models.ErrOutputs, []string{"data.Classification"}},
	} {
		for _, single := range []bool{false, true} {
			c.m.Float32 = single
			refuses(t, c.name, c.m, c.d, models.FitOptions{}, c.want, c.says...)
		}
	}
	for name, m := range map[string]struct {
		m *models.Deep
		d *data.Dataset
	}{
		"Brier":            {with(models.SquaredError, dense(1, models.Sigmoid)), moons},
		"hard sigmoid":     {with(models.SquaredError, dense(1, models.HardSigmoid)), moons},
		"fractions":        {with(models.LogLoss, dense(1, models.Sigmoid)), fractions},
		"Dropout of none":  {with(none, dense(1, models.Sigmoid), models.Dropout{}), moons},
		"Dropout before":   {with(none, models.Dropout{Rate: 0.1}, dense(1, models.Sigmoid)), moons},
		"its own Proba":    {with(models.Loss{Name: "own", Of: ops.SquaredError, Proba: ops.Sigmoid}, dense(1, models.Linear)), moons},
		"(1 + tanh)/2":     {with(own, dense(1, models.Tanh), models.Func("half", func(a *graph.Node) *graph.Node { return ops.Affine(a, 0.5, 0.5) })), moons},
		"softsign squared": {with(own, dense(1, models.Softsign), models.Func("square", ops.Square)), moons},
	} {
		if _, err := m.m.Fit(t.Context(), m.d, models.FitOptions{Epochs: 1}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What no one can know to leave [0, 1] is refused when it does: no probability is
// anything else.
func TestProbabilitiesAreProbabilities(t *testing.T) {
	d := must(data.Moons(60, 0.1, 1))
	for _, c := range []struct{ times, plus, first float64 }{{3, 0, 1.5}, {1, -2, -1.5}, {1, 0.6, 1.1}} {
		m := &models.Deep{Loss: models.Loss{Name: "own", Of: ops.SquaredError}, Layers: []models.Layer{
			models.Dense{Units: 1, Activation: models.Sigmoid, Init: models.Zeros},
			models.Func("moved", func(a *graph.Node) *graph.Node { return ops.Affine(a, c.times, c.plus) }),
		}}
		_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: 1e-300}})
		check(t, err)
		for name, err := range map[string]error{
			"Predict": failureOf(m.Predict(d)), "PredictProba": failureOf(m.PredictProba(d)), "Evaluate": failureOf(m.Evaluate(d)),
		} {
			if !errors.Is(err, models.ErrOutputs) || !contains(err, "row 0") || !contains(err, "Proba") {
				t.Errorf("%s of %+v: %v", name, c, err)
			}
		}
	}
	// What only rounding brings beyond 1 is 1.
	m := &models.Deep{Loss: models.Loss{Name: "own", Of: ops.SquaredError}, Layers: []models.Layer{
		models.Dense{Units: 1, Activation: models.Sigmoid, Init: models.Zeros},
		models.Func("moved", func(a *graph.Node) *graph.Node { return ops.Affine(a, 2, 1e-15) }),
	}}
	_, err := m.Fit(t.Context(), d, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: 1e-300}})
	check(t, err)
	if p := must(m.PredictProba(d)); p[0][0] != 1 {
		t.Errorf("%.17g", p[0][0])
	}
}

// Splits and weights that leave a class, or everything, out.
func TestLeftOut(t *testing.T) {
	iris := data.Iris() // sorted: 50 rows of each class
	early := make([]float64, 150)
	for i := 120; i < 150; i++ {
		early[i] = 1
	}
	for _, c := range []struct {
		name string
		o    models.FitOptions
		want error
		says []string
	}{
		{"a class", models.FitOptions{ValidationSplit: 0.4}, data.ErrSplit, []string{`"virginica"`, "Stratify"}},
		{"two classes", models.FitOptions{ValidationSplit: 0.7}, data.ErrOneClass, []string{"setosa"}},
		{"percents", models.FitOptions{ValidationSplit: 20}, data.ErrSplit, []string{"20", "0.2"}},
		{"hardly more than 1", models.FitOptions{ValidationSplit: 1.5}, data.ErrSplit, []string{"1.5", "0.2"}},
		{"weights", models.FitOptions{ValidationSplit: 0.2, SampleWeights: early}, models.ErrWeights, []string{"every training row"}},
		{"weights of rows and classes", models.FitOptions{SampleWeights: early, ClassWeights: []float64{1, 1, 0}}, models.ErrWeights, []string{"ClassWeights"}},
	} {
		refuses(t, c.name, quick(), iris, c.o, c.want, c.says...)
		refuses(t, c.name+", logistic", &models.Logistic{}, iris, c.o, c.want, c.says...)
	}
	m := &models.Logistic{Penalty: models.L2, Lambda: 1}
	_, err := m.Fit(t.Context(), iris, models.FitOptions{})
	check(t, err)
	lacks := irisWith(func(d *data.Dataset) {
		d.X, d.Y, d.Lines, d.Classes = d.X[:400], d.Y[:100], nil, d.Classes[:2]
	})
	if _, err := m.Evaluate(lacks); !errors.Is(err, data.ErrLabel) || !contains(err, "CSV.Classes") {
		t.Errorf("a test file without a class: %v", err)
	}
	lacks.Classes = m.Classes()
	if s, err := m.Evaluate(lacks); err != nil || s.Rows != 100 {
		t.Errorf("with all classes named: %+v, %v", s, err)
	}
}

// What may be meant is done, with a warning in the History.
func TestWarnings(t *testing.T) {
	iris := data.Iris()
	part := func(from, to int) *data.Dataset {
		return irisWith(func(d *data.Dataset) { d.X, d.Y, d.Lines = d.X[4*from:4*to], d.Y[from:to], nil })
	}
	named := func(names ...string) *data.Dataset { return irisWith(func(d *data.Dataset) { d.Classes = names }) }
	for _, c := range []struct {
		name string
		d    *data.Dataset
		o    models.FitOptions
		says []string // nil: no warning
	}{
		{"a validation of every class", iris, models.FitOptions{Validation: iris}, nil},
		{"a validation without a class", iris, models.FitOptions{Validation: part(0, 100)}, []string{`"virginica"`, "Stratify"}},
		{"a split of a sorted file", iris, models.FitOptions{ValidationSplit: 0.2}, []string{`"setosa", "versicolor"`}},
		{"neither has the class", part(0, 100), models.FitOptions{Validation: part(10, 90)}, nil},
		{"prices", named("150000", "200000", "320000"), models.FitOptions{}, []string{"150000 to 320000", "data.Regression"}},
		{"large counts", named("1e3", "2e3", "3e3"), models.FitOptions{}, []string{"data.Regression"}},
		{"stars", named("1", "2", "5"), models.FitOptions{}, nil},
		{"years", named("2019", "2020", "2021"), models.FitOptions{}, nil},
		{"names", named("10", "100000", "many"), models.FitOptions{}, nil},
	} {
		m := quick()
		m.Standardize = true
		c.o.Rule, c.o.Epochs = optim.Adam{Rate: 0.05}, 10
		h, err := m.Fit(t.Context(), c.d, c.o)
		check(t, err)
		warned(t, c.name, h, c.says)
		c.o.Rule, c.o.Epochs = nil, 0
		h, err = (&models.Logistic{Penalty: models.L2, Lambda: 1}).Fit(t.Context(), c.d, c.o)
		check(t, err)
		warned(t, c.name+", L-BFGS", h, c.says)
	}
}

// warned tests that a history has one warning, that says what it should, or none.
func warned(t *testing.T, name string, h *models.History, says []string) {
	t.Helper()
	if says == nil {
		if h.Warnings != nil {
			t.Errorf("%s: %q", name, h.Warnings)
		}
		return
	}
	if len(h.Warnings) != 1 || !slices.Equal(h.Remarks(), h.Warnings) {
		t.Errorf("%s: %q, %q", name, h.Warnings, h.Remarks())
		return
	}
	for _, s := range says {
		if !strings.Contains(h.Warnings[0], s) {
			t.Errorf("%s: %q does not say %q", name, h.Warnings[0], s)
		}
	}
}

// A rate that makes nonsense of finite numbers is warned of; one that trains is not.
// The entropy of 357 and 212 rows is 0.6603 by hand.
func TestNonsenseIsSaid(t *testing.T) {
	cancer, iris := data.BreastCancer(), data.Iris()
	numbers := irisWith(func(d *data.Dataset) { d.Classes = nil })
	logit := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}}
	number := func() *models.Deep {
		return &models.Deep{Layers: []models.Layer{models.Dense{Units: 8, Activation: models.Tanh}, models.Dense{Units: 1}}}
	}
	weights := make([]float64, 569)
	for i := range weights {
		weights[i] = 1 + float64(i%5)
	}
	for _, c := range []struct {
		name string
		m    *models.Deep
		d    *data.Dataset
		rule optim.Rule
		o    models.FitOptions
		says []string
	}{
		{"Adam", network(), cancer, optim.Adam{Rate: 100}, models.FitOptions{}, []string{"0.66", "than 100"}},
		{"SGD", logit, cancer, optim.SGD{Rate: 100}, models.FitOptions{Epochs: 1}, []string{"0.66", "than 100"}},
		{"SGD, full batch", logit, cancer, optim.SGD{Rate: 100}, models.FitOptions{FullBatch: true, Epochs: 2}, []string{"0.66", "than 100"}},
		{"SGD, the last step", logit, cancer, optim.SGD{Rate: 1}, models.FitOptions{FullBatch: true, Epochs: 9, Schedule: lastStep(9, 1000)}, []string{"0.66", "than 1,"}},
		{"one against the rest", &models.Deep{Loss: models.LogLoss, Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Sigmoid}}},
			iris, optim.SGD{Rate: 100}, models.FitOptions{Epochs: 3}, []string{"1.91", "than 100"}}, // 3·(log 3 − ⅔·log 2)
		{"prices by sigmoid", &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, Activation: models.Sigmoid}}},
			numbersOf(2e5, 3e5, 1e5), optim.Adam{Rate: 0.1}, models.FitOptions{}, []string{"squared error", "6.67e+09"}},
		{"three classes", quick(), iris, optim.Adam{Rate: 100}, models.FitOptions{}, []string{"1.1", "than 100"}},
		{"squared error", number(), numbers, optim.SGD{Rate: 1}, models.FitOptions{Epochs: 3}, []string{"and 1 where", "than 1,"}},
		{"a good rate", network(), cancer, optim.Adam{Rate: 0.01}, models.FitOptions{}, nil},
		{"good, with weights", network(), cancer, optim.Adam{Rate: 0.01}, models.FitOptions{SampleWeights: weights, ClassWeights: []float64{9, 1}}, nil},
		{"good, three classes", quick(), iris, optim.Adam{Rate: 0.05}, models.FitOptions{}, nil},
		{"good, squared error", number(), numbers, optim.Adam{Rate: 0.05}, models.FitOptions{}, nil},
	} {
		c.m.Standardize, c.m.Seed = true, 1
		c.o.Rule = c.rule
		if c.o.Epochs == 0 {
			c.o.Epochs = 20
		}
		h, err := c.m.Fit(t.Context(), c.d, c.o)
		check(t, err)
		warned(t, c.name, h, c.says)
		if (h.Warnings == nil) != (c.says == nil) {
			t.Logf("%s: %+v", c.name, must(c.m.Evaluate(c.d)))
		}
	}
}

// Weights are restored after a divergence that only the scores of an epoch show: by
// hand, w is 1e8 after the first epoch and 2e8 after the second, and validates a row
// of 1e300, which 1.8e308 is the limit for.
func TestDivergenceInScores(t *testing.T) {
	m := &models.Deep{Loss: models.AbsoluteError, Layers: []models.Layer{models.Dense{Units: 1, NoBias: true, Init: models.Zeros}}}
	train, validation := numbersOf(1e30), numbersOf(0)
	train.X[0], validation.X[0] = 1, 1e300
	h, err := m.Fit(t.Context(), train, models.FitOptions{Epochs: 5, Validation: validation, Rule: optim.SGD{Rate: 1e8}})
	if !errors.Is(err, models.ErrDiverged) || !errors.Is(err, data.ErrNotFinite) || len(h.Epochs) != 1 || h.Warnings != nil {
		t.Fatalf("%v, %+v", err, h)
	}
	if w := weights(t, m); !slices.Equal(w, []float64{1e8}) {
		t.Errorf("w = %g, want that of the last epoch with scores, 1e8", w)
	}
	if p := must(m.Predict(validation)); math.IsInf(p[0], 0) {
		t.Error("the model predicts infinity")
	}
}

// lastStep is a schedule that multiplies the rate of the last of some steps.
func lastStep(steps int, by float64) optim.Schedule {
	return func(k int) float64 {
		if k == steps-1 {
			return by
		}
		return 1
	}
}
