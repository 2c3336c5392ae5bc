package models_test

import (
	"context"
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

// fitter is a model of either kind.
type fitter interface {
	Fit(context.Context, *data.Dataset, models.FitOptions) (*models.History, error)
	PredictProba(*data.Dataset) ([][]float64, error)
}

// irisWith returns iris, changed.
func irisWith(f func(d *data.Dataset)) *data.Dataset {
	d := data.Iris()
	f(d)
	return d
}

// quick is a small network for iris, and what it is trained with.
func quick() *models.Deep {
	return &models.Deep{Layers: []models.Layer{
		models.Dense{Units: 3, Activation: models.ReLU}, models.Dense{Units: 3, Activation: models.Softmax},
	}}
}

func TestBadTrainingData(t *testing.T) {
	for _, c := range []struct {
		name string
		d    *data.Dataset
		want error
		says []string
	}{
		{"nil", nil, data.ErrEmpty, nil},
		{"empty", &data.Dataset{}, data.ErrEmpty, nil},
		{"NaN", irisWith(func(d *data.Dataset) { d.X[4*7+2] = math.NaN() }), data.ErrNotFinite, []string{"row 7", "NaN"}},
		{"infinity in a file", irisWith(func(d *data.Dataset) {
			d.X[4*7+2], d.Source, d.Lines = math.Inf(1), "flowers.csv", make([]int, 150)
			d.Lines[7] = 9
		}), data.ErrNotFinite, []string{"flowers.csv:9", "+Inf"}},
		{"one class", irisWith(func(d *data.Dataset) { clear(d.Y) }), data.ErrOneClass, []string{"150", "setosa"}},
		{"label out of range", irisWith(func(d *data.Dataset) { d.Y[3] = 3 }), data.ErrLabel, []string{"3"}},
		{"label between classes", irisWith(func(d *data.Dataset) { d.Y[3] = 0.5 }), data.ErrLabel, []string{"0.5"}},
		{"NaN label", irisWith(func(d *data.Dataset) { d.Y[3] = math.NaN() }), data.ErrLabel, []string{"NaN"}},
		{"fewer labels than rows", irisWith(func(d *data.Dataset) { d.Y = d.Y[:149] }), data.ErrLength, []string{"149", "150"}},
		{"no labels", irisWith(func(d *data.Dataset) { d.Y = nil }), data.ErrLabel, nil},
		{"two features of one name", irisWith(func(d *data.Dataset) { d.Features[3] = d.Features[1] }), data.ErrName, []string{"iris.csv: two features"}},
		{"two classes of one name", irisWith(func(d *data.Dataset) { d.Classes[2] = "setosa" }), data.ErrName, []string{"two classes", "setosa"}},
		{"a name that is no UTF-8", irisWith(func(d *data.Dataset) { d.Features[0] = "caf\xe9" }), data.ErrName, []string{`"caf\xe9"`}},
		{"beyond float32", irisWith(func(d *data.Dataset) { d.X[0] = 1e300 }), data.ErrNotFinite, []string{"1e+300"}},
	} {
		for name, m := range map[string]fitter{
			"deep":     &models.Deep{Layers: quick().Layers, Float32: true},
			"logistic": &models.Logistic{Penalty: models.L2, Lambda: 1, Float32: true},
			"descent":  &models.Logistic{Solver: models.Descent, Float32: true},
		} {
			refuses(t, c.name+", "+name, m, c.d, models.FitOptions{}, c.want, c.says...)
		}
	}
	number := irisWith(func(d *data.Dataset) { d.Classes = nil })
	refuses(t, "numbers", &models.Logistic{}, number, models.FitOptions{}, data.ErrLabel)
	refuses(t, "three outputs for a number", quick(), number, models.FitOptions{}, models.ErrOutputs, "3 outputs")
}

// refuses tests that a Fit of a model fails with the wanted error, which says what
// it should, and leaves it unfitted.
func refuses(t *testing.T, name string, m fitter, d *data.Dataset, o models.FitOptions, want error, says ...string) {
	t.Helper()
	_, err := m.Fit(t.Context(), d, o)
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", name, err, want)
		return
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("%s: %q does not say %q", name, err, s)
		}
	}
	if _, err := m.PredictProba(data.Iris()); !errors.Is(err, models.ErrNotFitted) {
		t.Errorf("%s: a model that was not fitted predicts: %v", name, err)
	}
}

func TestBadOptions(t *testing.T) {
	one := slices.Repeat([]float64{1}, 150)
	negative, nan := slices.Clone(one), slices.Clone(one)
	negative[7], nan[8] = -1, math.NaN()
	moons, err := data.Moons(20, 0.1, 1)
	check(t, err)
	for _, c := range []struct {
		name string
		o    models.FitOptions
		want error
		says []string
	}{
		{"epochs", models.FitOptions{Epochs: -1}, models.ErrOption, []string{"-1 epochs"}},
		{"batch", models.FitOptions{Batch: -5}, models.ErrOption, []string{"-5"}},
		{"two batches", models.FitOptions{Batch: 5, FullBatch: true}, models.ErrOption, nil},
		{"split of all", models.FitOptions{ValidationSplit: 1}, data.ErrSplit, []string{"150 rows"}},
		{"split of less than nothing", models.FitOptions{ValidationSplit: -0.1}, data.ErrSplit, nil},
		{"split of NaN", models.FitOptions{ValidationSplit: math.NaN()}, data.ErrSplit, nil},
		{"split that leaves one class", models.FitOptions{ValidationSplit: 0.7}, data.ErrOneClass, nil},
		{"two validations", models.FitOptions{ValidationSplit: 0.2, Validation: data.Iris()}, models.ErrOption, nil},
		{"validation of other features", models.FitOptions{Validation: moons}, data.ErrFeatures, []string{"validation", "4", "2"}},
		{"validation of other classes", models.FitOptions{Validation: irisWith(func(d *data.Dataset) { d.Classes = []string{"x", "y", "z"} })}, data.ErrLabel, []string{"x", "setosa"}},
		{"validation without labels", models.FitOptions{Validation: irisWith(func(d *data.Dataset) { d.Y = nil })}, data.ErrLabel, nil},
		{"empty validation", models.FitOptions{Validation: irisWith(func(d *data.Dataset) { d.X, d.Y = nil, nil })}, data.ErrEmpty, nil},
		{"validation with NaN", models.FitOptions{Validation: irisWith(func(d *data.Dataset) { d.X[0] = math.NaN() })}, data.ErrNotFinite, nil},
		{"too few weights", models.FitOptions{SampleWeights: one[:10]}, models.ErrWeights, []string{"10", "150"}},
		{"negative weight", models.FitOptions{SampleWeights: negative}, models.ErrWeights, []string{"[7] = -1"}},
		{"NaN weight", models.FitOptions{SampleWeights: nan}, models.ErrWeights, []string{"[8] = NaN"}},
		{"no weight", models.FitOptions{SampleWeights: make([]float64, 150)}, models.ErrWeights, nil},
		{"class weights", models.FitOptions{ClassWeights: []float64{1, 2}}, models.ErrWeights, []string{"2", "3 classes"}},
		{"no class weights", models.FitOptions{ClassWeights: []float64{}}, models.ErrWeights, nil},
	} {
		refuses(t, c.name, quick(), data.Iris(), c.o, c.want, c.says...)
		refuses(t, c.name+", descent", &models.Logistic{Solver: models.Descent}, data.Iris(), c.o, c.want, c.says...)
		if c.o.Epochs == 0 && c.o.Batch == 0 {
			refuses(t, c.name+", L-BFGS", &models.Logistic{}, data.Iris(), c.o, c.want, c.says...)
		}
	}
	for _, c := range []struct {
		name string
		o    models.FitOptions
		want error
	}{
		{"rate", models.FitOptions{Rule: optim.SGD{}}, optim.ErrRate},
		{"NaN rate", models.FitOptions{Rule: optim.SGD{Rate: math.NaN()}}, optim.ErrRate},
		{"rule", models.FitOptions{Rule: optim.Adam{Rate: 1, Beta1: 2}}, optim.ErrOption},
		{"schedule", models.FitOptions{Schedule: optim.StepDecay(0, 1)}, optim.ErrRate},
		{"clip", models.FitOptions{Clip: optim.Clip{Norm: -1}}, optim.ErrOption},
		{"callback", models.FitOptions{Callbacks: []models.Callback{nil}}, models.ErrOption},
		{"patience", models.FitOptions{Callbacks: []models.Callback{&models.EarlyStopping{Patience: -1}}}, models.ErrOption},
		{"minimal change", models.FitOptions{Callbacks: []models.Callback{&models.EarlyStopping{MinDelta: math.NaN()}}}, models.ErrOption},
	} {
		refuses(t, c.name, quick(), data.Iris(), c.o, c.want)
		refuses(t, c.name+", L-BFGS", &models.Logistic{}, data.Iris(), c.o, models.ErrOption, "LBFGS")
	}
}

func TestBadModels(t *testing.T) {
	softmax := models.Dense{Units: 3, Activation: models.Softmax}
	alien := graph.New().Input("x", 4, graph.Batch)
	deep := func(layers ...models.Layer) *models.Deep { return &models.Deep{Layers: layers} }
	with := func(f func(m *models.Deep)) *models.Deep {
		m := quick()
		f(m)
		return m
	}
	for _, c := range []struct {
		name string
		m    fitter
		want error
		says string
	}{
		{"no layers", deep(), models.ErrOption, "without layers"},
		{"nil layer", deep(nil, softmax), models.ErrOption, "layer 1 is nil"},
		{"no parameters", deep(models.Func("first", func(a *graph.Node) *graph.Node { return ops.Slice(a, 0, 0, 3) })), models.ErrOption, "parameters"},
		{"no units", deep(models.Dense{}, softmax), models.ErrOption, "w1 of shape (0, 4)"},
		{"negative units", deep(models.Dense{Units: -3}, softmax), models.ErrOption, "(-3, 4)"},
		{"too many units", deep(models.Dense{Units: math.MaxInt}, softmax), models.ErrOption, "w1"},
		{"dropout of all", deep(models.Dropout{Rate: 1}, softmax), models.ErrOption, "Dropout of rate 1"},
		{"dropout of NaN", deep(models.Dropout{Rate: math.NaN()}, softmax), models.ErrOption, "NaN"},
		{"Func of nil", deep(models.Func("nothing", nil), softmax), models.ErrOption, "nothing"},
		{"Func to nil", deep(models.Func("nil", func(*graph.Node) *graph.Node { return nil }), softmax), graph.ErrGraph, ""},
		{"another graph", deep(models.Func("alien", func(*graph.Node) *graph.Node { return alien }), softmax), graph.ErrGraph, ""},
		{"wrong shape", deep(models.Func("T", ops.T), softmax), models.ErrOption, "w1"},
		{"wrong shape at the end", deep(softmax, models.Func("T", ops.T)), models.ErrOutputs, "(N, 3)"},
		{"bad slope", deep(models.Dense{Units: 3, Activation: models.LeakyReLU(2)}, softmax), graph.ErrValue, ""},
		{"Init of NaN", deep(models.Dense{Units: 3, Init: models.Normal(math.NaN())}, softmax), models.ErrOption, "NaN"},
		{"Init of Inf", deep(models.Dense{Units: 3, Init: fixed([]float64{1, math.Inf(1)})}, softmax), models.ErrOption, "+Inf at (0, 1)"},
		{"Init of -Inf", deep(models.Dense{Units: 3, Init: fixed([]float64{0, 0, 0, 0, math.Inf(-1)})}, softmax), models.ErrOption, "-Inf at (1, 0)"},
		{"two outputs", deep(models.Dense{Units: 2}), models.ErrOutputs, "2 outputs for 3 classes"},
		{"tanh at the end", deep(models.Dense{Units: 3, Activation: models.Tanh}), models.ErrOutputs, "tanh"},
		{"penalty", with(func(m *models.Deep) { m.Penalty = 3 }), models.ErrOption, "Penalty(3)"},
		{"negative λ", with(func(m *models.Deep) { m.Penalty, m.Lambda = models.L2, -1 }), models.ErrOption, "-1"},
		{"NaN λ", with(func(m *models.Deep) { m.Penalty, m.Lambda = models.L2, math.NaN() }), models.ErrOption, "NaN"},
		{"logits of softmax", with(func(m *models.Deep) { m.Loss = models.CrossEntropyFromLogits }), models.ErrOutputs, "already"},
		{"loss of the wrong shape", with(func(m *models.Deep) {
			m.Loss = models.Loss{Name: "scalar", Of: func(a, y *graph.Node) *graph.Node { return ops.Mean(ops.Mul(a, y)) }}
		}), models.ErrOutputs, "scalar"},
		{"probabilities of the wrong shape", with(func(m *models.Deep) {
			m.Loss = models.Loss{Name: "top", Of: ops.CrossEntropy, Proba: func(a *graph.Node) *graph.Node { return ops.Max(a, 0) }}
		}), models.ErrOutputs, "top"},
		{"solver", &models.Logistic{Solver: 2}, models.ErrOption, "solver 2"},
		{"tolerance", &models.Logistic{Tolerance: -1}, models.ErrOption, "-1"},
		{"iterations", &models.Logistic{MaxIterations: -1}, models.ErrOption, "-1"},
		{"λ of L1", &models.Logistic{Penalty: models.L1, Lambda: math.Inf(1)}, models.ErrOption, "+Inf"},
	} {
		refuses(t, c.name, c.m, data.Iris(), models.FitOptions{}, c.want, c.says)
	}
	moons, err := data.Moons(20, 0.1, 1)
	check(t, err)
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 1}}, Loss: models.CrossEntropy}
	refuses(t, "cross-entropy of one output", m, moons, models.FitOptions{}, models.ErrOutputs, "cross-entropy")
	//lint:ignore SA1012 that it is refused is what is tested
	if _, err := quick().Fit(nil, data.Iris(), models.FitOptions{}); !errors.Is(err, models.ErrOption) {
		t.Errorf("nil context: %v", err)
	}
}

// A Fit that fails leaves a fitted model with the same bits.
func TestFailedFitLeavesTheModel(t *testing.T) {
	iris := data.Iris()
	errBroken := errors.New("broken")
	breaks := models.EachEpoch(func(*models.Training, models.Epoch) error { return errBroken })
	m := quick()
	_, err := m.Fit(t.Context(), iris, models.FitOptions{Epochs: 3})
	check(t, err)
	want, err := m.PredictProba(iris)
	check(t, err)
	for name, c := range map[string]struct {
		d    *data.Dataset
		o    models.FitOptions
		want error
	}{
		"data":     {nil, models.FitOptions{}, data.ErrEmpty},
		"options":  {iris, models.FitOptions{Epochs: -1}, models.ErrOption},
		"callback": {iris, models.FitOptions{Callbacks: []models.Callback{breaks}}, errBroken},
		"diverges": {iris, models.FitOptions{Rule: optim.SGD{Rate: math.MaxFloat64}}, models.ErrDiverged},
		"schedule": {iris, models.FitOptions{Schedule: func(k int) float64 { return float64(20 - k) }}, optim.ErrRate},
	} {
		if _, err := m.Fit(t.Context(), c.d, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		got, err := m.PredictProba(iris)
		check(t, err)
		for i := range got {
			if !slices.Equal(got[i], want[i]) {
				t.Fatalf("%s: the model has changed", name)
			}
		}
	}
}
