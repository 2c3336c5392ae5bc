package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// normalised is a formula of numbers with a batch normalisation, as a user writes it.
func normalised(t testing.TB) *models.Formula {
	t.Helper()
	g := graph.New()
	x, y := g.Input("x", 1, graph.Batch), g.Input("y", 1, graph.Batch)
	b := models.NewBuilder(g, 2)
	mean, variance := b.State("mean", 0, 1, 1), b.State("variance", 1, 1, 1)
	m, v := ops.Keep(ops.Mean, x, 1), ops.Keep(ops.Variance, x, 1)
	mean.Becomes(ops.Add(ops.Scale(0.9, mean), ops.Scale(0.1, m)))
	variance.Becomes(ops.Add(ops.Scale(0.9, variance), ops.Scale(0.1, v)))
	by := func(m, v *graph.Node) *graph.Node { return ops.Div(ops.Sub(x, m), ops.Sqrt(ops.Shift(v, 1e-3))) }
	h := models.Dense{Units: 4, Activation: models.Tanh}.Apply(b, graph.Phase(by(m, v), by(mean, variance)))
	p := models.Dense{Units: 1}.Apply(b, h)
	f, err := models.New(models.Roles{
		Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: ops.SquaredError(p, y), Outputs: []models.Output{{Name: "y", P: p}},
	})
	check(t, err)
	return f
}

// ramp has n rows of x = 5 + i/n and y = 2x.
func ramp(n int) *data.Dataset {
	d := &data.Dataset{Features: []string{"x"}, Target: "y"}
	for i := range n {
		x := 5 + float64(i)/float64(n)
		d.X, d.Y = append(d.X, x), append(d.Y, 2*x)
	}
	return d
}

// States move with each step, by the training rows; predictions read them, and a model that
// goes back takes them along.
func TestStatesOfATraining(t *testing.T) {
	d := ramp(8)
	f := normalised(t)
	if len(f.States) != 2 {
		t.Fatalf("states %v", f.States)
	}
	mean, steps := 0.0, 0
	for steps < 3 {
		steps++
		mean = 0.9*mean + 0.1*5.4375
	}
	h, err := f.Fit(t.Context(), d, models.FitOptions{Epochs: 3, FullBatch: true})
	check(t, err)
	trained := must(f.Formula())
	near(t, "the running mean", entries(trained.States[0].Value())[0], mean, 1e-14)
	if h.Steps != steps || entries(f.States[0].Value())[0] != 0 {
		t.Errorf("%d steps; the user's state is %v", h.Steps, f.States[0].Value())
	}
	before := must(f.PredictProba(d))
	var kept []*tensor.Dense
	back := models.EachEpoch(func(t *models.Training, e models.Epoch) error {
		if e.Number == 1 {
			kept = t.Weights()
			return nil
		}
		return t.SetWeights(kept)
	})
	check(t, failed(f.Fit(t.Context(), d, models.FitOptions{Epochs: 2, FullBatch: true, Callbacks: []models.Callback{back}})))
	if s := entries(must(f.Formula()).States[0].Value())[0]; math.Abs(s-(0.9*mean+0.1*5.4375)) > 1e-14 {
		t.Errorf("the state of the first epoch is %g", s)
	}
	// Where a training diverges the states go back with the weights.
	one := must(f.Formula())
	_, err = one.Fit(t.Context(), d, models.FitOptions{Epochs: 5, FullBatch: true, Rule: optim.SGD{Rate: 1e300}})
	if !errors.Is(err, models.ErrDiverged) {
		t.Errorf("%v", err)
	}
	if a, b := must(one.PredictProba(d)), must(f.PredictProba(d)); !slices.EqualFunc(a, b, slices.Equal) || slices.EqualFunc(a, before, slices.Equal) {
		t.Error("a training that diverged leaves something behind")
	}
}

func failed[T any](_ T, err error) error { return err }

// What is dropped of an example depends on its row: however rows are dealt out, a step by the
// same rows is the same but for rounding.
func TestDropoutIsByRow(t *testing.T) {
	d := data.Iris()
	loss := func(o models.FitOptions) float64 {
		o.Epochs, o.NoShuffle, o.Rule = 3, true, optim.SGD{Rate: 0.1}
		return must(byHand(t, 4).Fit(t.Context(), d, o)).Last().Loss
	}
	whole := loss(models.FitOptions{Batch: 30})
	near(t, "in parts", loss(models.FitOptions{Batch: 30, Parts: 5}), whole, 1e-13)
	near(t, "in uneven parts", loss(models.FitOptions{Batch: 30, Parts: 4}), whole, 1e-13)
	if again := loss(models.FitOptions{Batch: 25}); again == whole {
		t.Error("other steps lose nothing")
	}
}

// What is dropped is drawn as the documentation of package data says, by seed, step, leaf and
// row.
func TestDropoutIsTheOneDocumented(t *testing.T) {
	mix := func(h uint64) uint64 { // SplitMix64's finalizer
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		return h ^ h>>31
	}
	for _, dtype := range []tensor.Dtype{tensor.Float64, tensor.Float32} {
		uniform := func(step, leaf, row uint64, n int) (u []float64) {
			words := rand.NewPCG(11, mix(mix(mix(6<<56+step)+leaf)+row))
			for range n {
				if dtype == tensor.Float32 {
					u = append(u, float64(words.Uint64()>>40)*0x1p-24)
				} else {
					u = append(u, float64(words.Uint64()>>11)*0x1p-53)
				}
			}
			return u
		}
		g := graph.NewOf(dtype)
		x, y := g.Input("x", 2, graph.Batch), g.Input("y", 1, graph.Batch)
		w := models.NewBuilder(g, 1).Param("w", models.Zeros, 1, 1)
		first, other := g.Random("first", 2, graph.Batch), g.Random("second", 2, graph.Batch)
		sum := func(u *graph.Node) *graph.Node { return ops.Keep(ops.Sum, graph.Phase(u, x), 0) }
		p := ops.Add(sum(first), ops.Add(ops.Scale(10, sum(other)), ops.Mul(w, y)))
		f, err := models.New(models.Roles{
			Inputs: []*graph.Node{x}, Targets: []*graph.Node{y}, Loss: p, Outputs: []models.Output{{Name: "p", P: ops.Add(sum(first), sum(other))}},
		})
		check(t, err)
		f.Seed = 11
		d := &data.Dataset{Features: []string{"a", "b"}, X: make([]float64, 6), Y: make([]float64, 3)}
		h := must(f.Fit(t.Context(), d, models.FitOptions{Epochs: 2, Batch: 2, NoShuffle: true}))
		for epoch, e := range h.Epochs {
			want := 0.0
			for row := range 3 {
				step := uint64(2*epoch + row/2)
				for k := range 2 {
					want += (uniform(step, 0, uint64(row), 2)[k] + 10*uniform(step, 1, uint64(row), 2)[k]) / 3
				}
			}
			near(t, fmt.Sprint(dtype, ", epoch ", epoch), e.Loss, want, 1e-5)
		}
	}
}

// A batch in parts is one step, also at the end of an epoch where fewer rows are left than
// there are parts.
func TestParts(t *testing.T) {
	h := must(byHand(t, 1).Fit(t.Context(), data.Iris(), models.FitOptions{Epochs: 2, Batch: 49, Parts: 5}))
	if h.Steps != 8 {
		t.Errorf("%d steps, want 4 in each epoch", h.Steps)
	}
	for _, o := range []models.FitOptions{{Parts: -1}, {Average: 1}, {Average: -0.1}, {Average: math.NaN()}} {
		if _, err := byHand(t, 1).Fit(t.Context(), data.Iris(), o); !errors.Is(err, models.ErrOption) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// Averages of the weights are what is scored, and what the model gets; the training goes on
// from the weights themselves.
func TestAverage(t *testing.T) {
	d := ramp(4)
	var w, scored []float64 // the slope after each epoch of one step
	see := func(list *[]float64) []models.Callback {
		return []models.Callback{models.EachEpoch(func(t *models.Training, e models.Epoch) error {
			*list = append(*list, entries(t.Weights()[0])...)
			return nil
		})}
	}
	m := func() *models.Deep {
		return &models.Deep{Layers: []models.Layer{models.Dense{Units: 1, NoBias: true}}, Seed: 9}
	}
	o := models.FitOptions{Epochs: 4, FullBatch: true, Rule: optim.SGD{Rate: 0.001}, Callbacks: see(&w)}
	check(t, failed(m().Fit(t.Context(), d, o)))
	averaged := m()
	o.Average, o.Callbacks, o.TrainScores = 0.75, see(&scored), true
	h := must(averaged.Fit(t.Context(), d, o))
	want := w[0]
	for k := range w {
		if k > 0 {
			want = 0.75*want + 0.25*w[k]
		}
		near(t, fmt.Sprint("the average after epoch ", k+1), scored[k], want, 1e-15)
	}
	near(t, "the model", must(averaged.Predict(d))[0], 5*want, 1e-14)
	near(t, "the last score", h.Last().Train.Loss, must(averaged.Evaluate(d)).Loss, 0)
}

// A snapshot of a training with averages, a rate that was scaled and weights to go back to
// resumes to the same bits.
func TestResumeAveragesAndRate(t *testing.T) {
	fit := func(epochs int, from *models.Snapshot, taken map[int]*models.Snapshot) []float64 {
		m := &models.Deep{Seed: 3, Layers: []models.Layer{models.Dense{Units: 5, Activation: models.Tanh}, models.Dropout{Rate: 0.1}, models.Dense{Units: 3}}}
		check(t, failed(m.Fit(t.Context(), data.Iris(), models.FitOptions{
			Epochs: epochs, Average: 0.9, Batch: 40, Parts: 2, Resume: from, TrainScores: true,
			Callbacks: []models.Callback{
				&models.EarlyStopping{Patience: 9, RestoreBest: true, Monitor: func(e models.Epoch) float64 { return e.Train.Loss }},
				models.EachEpoch(func(tr *models.Training, e models.Epoch) error {
					if e.Number == 2 {
						check(t, tr.ScaleRate(0.5))
					}
					s, err := tr.Snapshot()
					taken[e.Number] = s
					return err
				}),
			},
		})))
		p := must(m.PredictProba(data.Iris()))
		return slices.Concat(p...)
	}
	taken := map[int]*models.Snapshot{}
	want := fit(6, nil, taken)
	for k := 1; k < 6; k++ {
		again := must(models.LoadSnapshot(bytes.NewReader(saved(t, taken[k]))))
		if !slices.Equal(fit(6, again, map[int]*models.Snapshot{}), want) {
			t.Errorf("after epoch %d it went elsewhere", k)
		}
	}
}

// The rate falls as Keras's ReduceLROnPlateau has it: by its code of version 2.11, by hand.
func TestReduceOnPlateau(t *testing.T) {
	for _, c := range []struct {
		callback models.ReduceOnPlateau
		losses   []float64
		want     []float64 // the rate after each epoch
	}{
		{models.ReduceOnPlateau{Factor: 0.5, Patience: 2}, []float64{5, 4, 4, 4, 4, 4, 3}, []float64{1, 1, 1, 0.5, 0.5, 0.25, 0.25}},
		{models.ReduceOnPlateau{Factor: 0.5, Patience: 1, Cooldown: 2}, []float64{5, 5, 5, 5, 5, 5}, []float64{1, 0.5, 0.5, 0.25, 0.25, 0.125}},
		{models.ReduceOnPlateau{Factor: 0.5, Patience: 1, MinRate: 0.3}, []float64{5, 5, 5, 5}, []float64{1, 0.5, 0.3, 0.3}},
		{models.ReduceOnPlateau{Patience: 1, MinDelta: 1}, []float64{5, 4.5, 3, 2.5}, []float64{1, 0.1, 0.1, 0.01}},
		{models.ReduceOnPlateau{}, slices.Repeat([]float64{1}, 12), slices.Concat(slices.Repeat([]float64{1}, 10), []float64{0.1, 0.1})},
	} {
		c.callback.Monitor = func(e models.Epoch) float64 { return c.losses[e.Number-1] }
		var got []float64
		see := models.EachEpoch(func(t *models.Training, _ models.Epoch) error { got = append(got, t.Rate()); return nil })
		check(t, failed(small(t, must(data.Moons(10, 0.1, 3))).Fit(t.Context(), must(data.Moons(10, 0.1, 3)), models.FitOptions{
			Epochs: len(c.losses), Rule: optim.SGD{Rate: 1}, Callbacks: []models.Callback{&c.callback, see},
		})))
		for i := range c.want {
			near(t, fmt.Sprintf("%+v: the rate after epoch %d", c.losses, i+1), got[i], c.want[i], 1e-15)
		}
	}
	for _, bad := range []models.ReduceOnPlateau{{Factor: 1}, {Factor: -1}, {Patience: -1}, {Cooldown: -1}, {MinDelta: -1}, {MinRate: math.NaN()}} {
		_, err := byHand(t, 1).Fit(t.Context(), data.Iris(), models.FitOptions{Callbacks: []models.Callback{&bad}})
		if !errors.Is(err, models.ErrOption) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// Metrics of the user are in the scores of every epoch, and of Evaluate.
func TestMetrics(t *testing.T) {
	o := models.FitOptions{Epochs: 2, TrainScores: true, Metrics: []models.Metric{{Name: "sure", Of: func(e *models.Evaluated) float64 {
		n := 0.0
		for i, p := range e.Predictions["kind"] {
			if p[int(e.Targets["kind"][i][0])] > 0.9 {
				n++
			}
		}
		return n
	}}, {Name: "rows", Of: func(e *models.Evaluated) float64 { return float64(len(e.Losses)) }}}}
	f := byHand(t, 1)
	h := must(f.Fit(t.Context(), data.Iris(), o))
	s := must(f.Evaluate(data.Iris()))
	for _, m := range []map[string]float64{h.Epochs[0].Train.Metrics, s.Metrics} {
		if m["rows"] != 150 || len(m) != 2 {
			t.Errorf("metrics %v", m)
		}
	}
	for _, bad := range [][]models.Metric{{{Name: "", Of: o.Metrics[0].Of}}, {{Name: "a"}}, {o.Metrics[0], o.Metrics[0]}} {
		if _, err := f.Fit(t.Context(), data.Iris(), models.FitOptions{Metrics: bad}); !errors.Is(err, models.ErrOption) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
