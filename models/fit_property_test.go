package models_test

import (
	"errors"
	"math"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"pgregory.net/rapid"
)

// sentinels are all that an error of Fit may wrap.
var sentinels = []error{
	models.ErrOption, models.ErrDiverged, models.ErrOutputs, models.ErrWeights,
	data.ErrEmpty, data.ErrLabel, data.ErrLength, data.ErrNotFinite, data.ErrOneClass, data.ErrSplit, data.ErrFeatures,
	optim.ErrRate, graph.ErrValue, graph.ErrShape, graph.ErrGraph,
}

// A maker draws what is given to a Fit, with mistakes in it if bad.
type maker struct {
	*rapid.T
	bad bool
}

func (m maker) whole(name string, from, to int) int { return rapid.IntRange(from, to).Draw(m.T, name) }

// one draws one of the good values or, now and then, of the bad ones.
func one[T any](m maker, name string, good, bad []T) T {
	if m.bad && m.whole(name+" is bad", 0, 5) == 0 {
		good = bad
	}
	return good[m.whole(name, 0, len(good)-1)]
}

func (m maker) number(name string, good ...float64) float64 {
	return one(m, name, good, []float64{-1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, 5e-324})
}

func (m maker) dataset(features, classes int) *data.Dataset {
	rows := m.whole("rows", 2+classes, 12)
	d := &data.Dataset{Features: data.Names(features), Classes: []string{"a", "b", "c"}[:classes:classes]}
	if classes == 0 {
		d.Classes = nil
	}
	for range rows * features {
		d.X = append(d.X, rapid.Float64Range(-3, 3).Draw(m.T, "x"))
	}
	for i := range rows {
		d.Y = append(d.Y, float64(i%max(classes, 1)))
	}
	return one(m, "data set", []*data.Dataset{d}, []*data.Dataset{
		nil, {}, {X: d.X, Features: d.Features, Classes: d.Classes}, {X: d.X, Y: d.Y[1:], Features: d.Features, Classes: d.Classes},
		{X: d.X, Y: make([]float64, rows), Features: d.Features, Classes: d.Classes}, {X: d.X, Y: d.Y, Features: data.Names(features + 1), Classes: d.Classes},
		{X: d.X, Y: append([]float64{m.number("a label", 9)}, d.Y[1:]...), Features: d.Features, Classes: d.Classes},
		{X: append([]float64{m.number("an x", 1)}, d.X[1:]...), Y: d.Y, Features: d.Features, Classes: d.Classes},
	})
}

func (m maker) layer() models.Layer {
	dense := models.Dense{
		Units: one(m, "units", []int{1, 2, 5}, []int{-1, 0, math.MaxInt}),
		Activation: one(m, "activation", []models.Activation{
			models.Linear, models.Sigmoid, models.Tanh, models.ReLU, models.SELU, models.Softplus, models.SiLU, models.GELU, models.GELUTanh,
			models.Mish, models.Softsign, models.HardSigmoid, models.Softmax, models.LeakyReLU(0.1), models.ELU(1), {},
		}, []models.Activation{models.LeakyReLU(7), models.ELU(math.NaN())}),
		NoBias: rapid.Bool().Draw(m.T, "no bias"),
		Init:   one(m, "init", []models.Init{nil, models.Zeros, models.HeNormal}, []models.Init{models.Normal(math.Inf(1)), models.Normal(1e200)}),
	}
	return one(m, "layer", []models.Layer{
		dense, models.Dropout{Rate: m.number("dropout", 0, 0.5)},
		models.Func("double", func(a *graph.Node) *graph.Node { return ops.Concat(0, a, a) }),
	}, []models.Layer{nil, models.Func("turn", ops.T), models.Func("nil", nil)})
}

func (m maker) options(d *data.Dataset) models.FitOptions {
	o := models.FitOptions{
		Epochs: one(m, "epochs", []int{1, 3}, []int{-1}), Batch: one(m, "batch", []int{0, 1, 5, 100}, []int{-1}),
		NoShuffle: rapid.Bool().Draw(m.T, "no shuffle"), TrainScores: rapid.Bool().Draw(m.T, "train scores"),
		ValidationSplit: m.number("validation split", 0, 0.2),
		Rule: one(m, "rule", []optim.Rule{nil, optim.SGD{Rate: 0.1}, optim.RMSProp{Rate: 0.1}, optim.AdaGrad{Rate: 1}},
			[]optim.Rule{optim.SGD{Rate: 1e200}, optim.SGD{Rate: -1}, optim.Adam{Rate: 0.1, Beta1: 3}}),
		Schedule:  one(m, "schedule", []optim.Schedule{nil, optim.Cosine(3, 0)}, []optim.Schedule{optim.StepDecay(0, 1)}),
		Clip:      optim.Clip{Norm: m.number("clip", 0, 1)},
		Callbacks: one(m, "callbacks", [][]models.Callback{nil, {&models.EarlyStopping{RestoreBest: true}}}, [][]models.Callback{{nil}, {&models.EarlyStopping{Patience: -1}}}),
	}
	o.FullBatch = one(m, "full batch", []bool{o.Batch == 0}, []bool{true})
	if o.ValidationSplit == 0 && rapid.Bool().Draw(m.T, "validation") || m.bad {
		o.Validation = one(m, "validation set", []*data.Dataset{d}, []*data.Dataset{data.Iris(), {}})
	}
	if d != nil && rapid.Bool().Draw(m.T, "weights") {
		weigh := func(n int) []float64 {
			w := make([]float64, n)
			for i := range w {
				w[i] = m.number("weight", 1, 2)
			}
			return w
		}
		o.SampleWeights = one(m, "sample weights", [][]float64{nil, weigh(d.Rows())}, [][]float64{{}, {1}, make([]float64, d.Rows())})
		o.ClassWeights = one(m, "class weights", [][]float64{nil, weigh(len(d.Classes))}, [][]float64{{}, {1}})
	}
	return o
}

func (m maker) model(classes int, o *models.FitOptions) models.Model {
	penalty := one(m, "penalty", []models.Penalty{models.NoPenalty, models.L1, models.L2}, []models.Penalty{-1, 3})
	λ, float32s, standardize := m.number("λ", 0, 0.1, 10), rapid.Bool().Draw(m.T, "float32"), rapid.Bool().Draw(m.T, "standardize")
	if classes > 0 && rapid.Bool().Draw(m.T, "logistic") {
		solver := one(m, "solver", []models.Solver{models.LBFGS, models.Descent}, []models.Solver{7})
		if solver == models.LBFGS && !m.bad {
			o.Epochs, o.Batch, o.Rule, o.Schedule, o.Clip, o.Callbacks = 0, 0, nil, nil, optim.Clip{}, nil
		}
		return &models.Logistic{
			Penalty: penalty, Lambda: λ, Solver: solver, Standardize: standardize, Float32: float32s,
			MaxIterations: one(m, "iterations", []int{0, 3}, []int{-1}), Tolerance: m.number("tolerance", 0, 1e-3),
		}
	}
	deep := &models.Deep{Penalty: penalty, Lambda: λ, Standardize: standardize, Float32: float32s, Loss: one(m, "loss", []models.Loss{{}}, []models.Loss{
		models.LogLoss, models.LogLossFromLogits, models.CrossEntropy, models.CrossEntropyFromLogits, models.SquaredError, models.HingeLoss,
		models.HuberLoss(-1), {Name: "pair", Of: func(a, y *graph.Node) *graph.Node { return ops.Concat(0, a, y) }},
	})}
	for range m.whole("layers", 0, 2) {
		deep.Layers = append(deep.Layers, m.layer())
	}
	deep.Layers = append(deep.Layers, models.Dense{Units: one(m, "outputs", []int{max(classes, 1)}, []int{0, 1, 2})})
	return deep
}

// Whatever it is given, Fit gives a model whose losses, weights and predictions
// are finite, or an error of a known kind, and it never panics.
func TestAnyFit(t *testing.T) {
	fits := 0
	rapid.Check(t, func(t *rapid.T) {
		make := maker{t, rapid.Bool().Draw(t, "bad")}
		classes := make.whole("classes", 0, 3)
		if classes == 1 {
			classes = 2
		}
		d := make.dataset(make.whole("features", 1, 3), classes)
		o := make.options(d)
		m := make.model(classes, &o)
		h, err := m.Fit(t.Context(), d, o)
		if err != nil {
			for _, s := range sentinels {
				if errors.Is(err, s) {
					return
				}
			}
			t.Fatalf("an error of no known kind: %v", err)
		}
		fits++
		f, err := m.Formula()
		if err != nil {
			t.Fatal(err)
		}
		var numbers []float64
		for _, e := range h.Epochs {
			numbers = append(numbers, e.Loss)
		}
		for _, p := range f.Params {
			numbers = append(numbers, entries(p.Value())...)
		}
		proba, err := m.PredictProba(d)
		if err != nil && !errors.Is(err, data.ErrNotFinite) {
			t.Fatal(err)
		}
		for _, p := range proba {
			numbers = append(numbers, p...)
		}
		for _, v := range numbers {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				t.Fatalf("%v among the losses, weights and probabilities %v", v, numbers)
			}
		}
	})
	if fits < 20 && !testing.Short() {
		t.Errorf("only %d fits came to an end", fits)
	}
}
