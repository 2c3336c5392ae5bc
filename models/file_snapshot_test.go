package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/internal/safetensors"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// snapshots collects the snapshots of a training, saved and loaded again.
type snapshots struct {
	t    testing.TB
	list []*models.Snapshot
}

func (s *snapshots) Begin(*models.Training) error { return nil }
func (s *snapshots) End(*models.Training) error   { return nil }
func (s *snapshots) EpochEnd(t *models.Training, _ models.Epoch) error {
	snapshot, err := t.Snapshot()
	if err != nil {
		return err
	}
	file := saved(s.t, snapshot)
	loaded := must(models.LoadSnapshot(bytes.NewReader(file)))
	if !bytes.Equal(saved(s.t, loaded), file) {
		s.t.Errorf("epoch %d: the snapshot that was loaded saves as another file", len(loaded.History().Epochs))
	}
	s.list = append(s.list, loaded)
	return nil
}

// A trainingCase is a training to stop and resume. Models and options are made
// anew each time.
type trainingCase struct {
	name  string
	model func() models.Model
	rows  *data.Dataset
	fit   func() models.FitOptions
}

func rate(r float64) optim.SGD { return optim.SGD{Rate: r} }

// ownRule is a rule that this module does not know: descent with a memory.
type ownRule struct{ Rate float64 }

func (r ownRule) LearningRate() float64 { return r.Rate }
func (ownRule) Slots() int              { return 1 }
func (ownRule) Move(s optim.Step, w, g []float64, memory ...[]float64) {
	for i := range w {
		memory[0][i] = 0.5*memory[0][i] + g[i]
		w[i] -= s.Rate * memory[0][i]
	}
}

// trainingCases have every rule and every option on which the bits of a training
// depend.
func trainingCases() []trainingCase {
	flowers, moons := data.Iris(), must(data.Moons(50, 0.2, 3))
	pictures := data.Iris()
	pictures.Shape = []int{1, 2, 2}
	deep := func(change func(m *models.Deep)) func() models.Model {
		return func() models.Model {
			m := &models.Deep{Seed: 7, Standardize: true, Layers: []models.Layer{
				models.Dense{Units: 4, Activation: models.Tanh}, models.Dropout{Rate: 0.3}, models.Dense{Units: 3, Activation: models.Softmax},
			}}
			change(m)
			return m
		}
	}
	same := func(*models.Deep) {}
	options := func(o models.FitOptions) func() models.FitOptions {
		return func() models.FitOptions { return o }
	}
	cases := []trainingCase{
		{"float32", deep(func(m *models.Deep) { m.Float32 = true }), flowers, options(models.FitOptions{Rule: optim.Adam{Rate: 0.01}})},
		{"float32, own rule", deep(func(m *models.Deep) { m.Float32 = true }), flowers, options(models.FitOptions{Rule: ownRule{0.01}})},
		{"penalty", deep(func(m *models.Deep) { m.Penalty, m.Lambda = models.L2, 2 }), flowers, options(models.FitOptions{})},
		{"schedule", deep(same), flowers, options(models.FitOptions{Schedule: optim.WarmUp(7).Times(optim.Cosine(30, 0.1))})},
		{"clip", deep(same), flowers, options(models.FitOptions{Clip: optim.Clip{Norm: 0.1, Value: 0.2}, Rule: rate(0.5)})},
		{"weights", deep(same), flowers, options(models.FitOptions{ClassWeights: []float64{1, 2, 3}, SampleWeights: slices.Repeat([]float64{1, 0.5}, 75)})},
		{"in order", deep(same), flowers, options(models.FitOptions{NoShuffle: true, Batch: 40})},
		{"full batch", deep(func(m *models.Deep) { m.Layers = m.Layers[2:] }), flowers, options(models.FitOptions{FullBatch: true})},
		{"full batch, dropout", deep(same), flowers, options(models.FitOptions{FullBatch: true})},
		{"scores", deep(same), flowers, options(models.FitOptions{ValidationSplit: 0.2, TrainScores: true})},
		{"changed at random", deep(func(m *models.Deep) { m.Standardize = false }), pictures, options(models.FitOptions{Augment: data.Augment{Shift: 1, Mirror: true, Rotate: 20}})},
		{"regression", deep(func(m *models.Deep) {
			m.Layers, m.Loss = []models.Layer{models.Dense{Units: 3, Activation: models.LeakyReLU(0.2)}, models.Dense{Units: 1}}, models.HuberLoss(0.5)
		}), regression(), options(models.FitOptions{Validation: regression(), Batch: 7})},
		{"logistic", func() models.Model { return &models.Logistic{Solver: models.Descent, Penalty: models.L1, Lambda: 1} }, moons, options(models.FitOptions{Batch: 16})},
	}
	for _, r := range []optim.Rule{
		rate(0.1), optim.SGD{Rate: 0.1, Momentum: 0.9}, optim.SGD{Rate: 0.1, Momentum: 0.9, Nesterov: true},
		optim.AdaGrad{Rate: 0.1}, optim.RMSProp{Rate: 0.01}, optim.Adam{Rate: 0.01, Beta1: 0.8}, optim.AdamW{Rate: 0.01}, ownRule{0.1},
	} {
		cases = append(cases, trainingCase{fmt.Sprintf("%T", r), deep(same), flowers, options(models.FitOptions{Rule: r})})
	}
	for _, first := range []bool{true, false} {
		cases = append(cases, trainingCase{"early stopping", deep(same), flowers, func() models.FitOptions {
			stop := &models.EarlyStopping{Patience: 1, RestoreBest: true, Monitor: func(e models.Epoch) float64 {
				return []float64{3, 2, 4, 1, 5, 6, 7}[e.Number-1]
			}}
			stop.Patience = 2
			o := models.FitOptions{Callbacks: []models.Callback{stop}}
			if !first { // told after what takes the snapshots, which comes last
				o.Callbacks = []models.Callback{later{stop}}
			}
			return o
		}})
	}
	return cases
}

// later is told of an epoch after other Callbacks.
type later struct{ *models.EarlyStopping }

// fitted returns what a training ends with: all bits of the model, and the
// history without times.
func fitted(t testing.TB, c trainingCase, epochs int, resume *models.Snapshot) (string, *models.History, []*models.Snapshot) {
	t.Helper()
	m, o, s := c.model(), c.fit(), &snapshots{t: t}
	o.Epochs, o.Resume = epochs, resume
	at := len(o.Callbacks)
	if at > 0 {
		if _, ok := o.Callbacks[0].(later); ok {
			at = 0
		}
	}
	o.Callbacks = slices.Insert(o.Callbacks, at, models.Callback(s))
	h, err := m.Fit(t.Context(), c.rows, o)
	if err != nil {
		t.Fatalf("%s: %v", c.name, err)
	}
	for i := range h.Epochs {
		h.Epochs[i].Duration = 0
	}
	return behaviour(t, m, c.rows), h, s.list
}

// untimed is a snapshot's file without the durations.
func untimed(t testing.TB, s *models.Snapshot) []byte {
	f := must(safetensors.Read(bytes.NewReader(saved(t, s))))
	parts := strings.Split(f.Metadata["training"], `"Duration":`)
	for i := range parts[1:] {
		parts[i+1] = strings.TrimLeft(parts[i+1], "0123456789")
	}
	f.Metadata["training"] = strings.Join(parts, "")
	return saved(t, writer{f})
}

// writer gives a file the method of a model.
type writer struct{ *safetensors.File }

func (w writer) Save(to io.Writer) error { return w.Write(to) }

// A snapshot is a model too: the one that there was at its epoch.
func TestSnapshotIsAModel(t *testing.T) {
	for _, c := range trainingCases() {
		if len(c.fit().Callbacks) > 0 {
			continue // the weights are those of the best epoch
		}
		_, _, all := fitted(t, c, 3, nil)
		want, _, _ := fitted(t, c, 2, nil)
		m := must(models.Load(bytes.NewReader(saved(t, all[1]))))
		if behaviour(t, m, c.rows) != want {
			t.Errorf("%s: the model of the second snapshot is another", c.name)
		}
	}
}

// A snapshot does not change, and may be resumed from again.
func TestSnapshotDoesNotChange(t *testing.T) {
	c := trainingCases()[0]
	_, _, all := fitted(t, c, 3, nil)
	before := saved(t, all[1])
	first, _, _ := fitted(t, c, 4, all[1])
	all[1].History().Epochs[0].Loss = math.Pi
	second, _, _ := fitted(t, c, 4, all[1])
	if first != second || !bytes.Equal(saved(t, all[1]), before) {
		t.Error("the snapshot has changed")
	}
}

// A snapshot can be taken at the end of an epoch, before the first too, and of a
// model that a file can hold.
func TestSnapshotIsRefused(t *testing.T) {
	rows := data.Iris()
	m := &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}}
	var kept *models.Training
	at := events{
		begin: func(t *models.Training) error { return second(t.Snapshot()) },
		end:   func(t *models.Training) error { kept = t; return second(t.Snapshot()) },
	}
	must(m.Fit(t.Context(), rows, models.FitOptions{Epochs: 1, Callbacks: []models.Callback{at}}))
	if err := second(kept.Snapshot()); !errors.Is(err, models.ErrOption) {
		t.Errorf("after the training: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o := models.FitOptions{Progress: atStep{cancel}, Callbacks: []models.Callback{events{
		end: func(t *models.Training) error { return second(t.Snapshot()) },
	}}}
	if _, err := m.Fit(ctx, rows, o); !errors.Is(err, models.ErrOption) {
		t.Errorf("in the middle of an epoch: %v", err)
	}
	unnamed := &ops.Pointwise{Name: "unnamed", G: math.Sin, Prime: func(z, _ *graph.Node) *graph.Node { return ops.Cos(z) }}
	m.Layers = []models.Layer{models.Func("unnamed", unnamed.Of), models.Dense{Units: 3}}
	if _, err := m.Fit(t.Context(), rows, models.FitOptions{Callbacks: []models.Callback{at}}); !errors.Is(err, models.ErrNotSavable) {
		t.Errorf("an op without name: %v", err)
	}
}

// Forged snapshots are refused when they are read or resumed from.
func TestForgedSnapshotsAreRefused(t *testing.T) {
	c := trainingCase{
		"", func() models.Model { return &models.Deep{Layers: []models.Layer{models.Dense{Units: 3}}} }, data.Iris(),
		func() models.FitOptions {
			return models.FitOptions{Rule: optim.SGD{Rate: 0.1, Momentum: 0.5}, Callbacks: []models.Callback{
				&models.EarlyStopping{RestoreBest: true, Patience: 5, Monitor: func(e models.Epoch) float64 { return float64(e.Number) }},
			}}
		},
	}
	_, _, all := fitted(t, c, 3, nil)
	whole := saved(t, all[1])
	training := func(before, after string) func(*safetensors.File) { return text("training", before, after) }
	remove := func(name string) func(*safetensors.File) {
		return changed(name, func(t *safetensors.Tensor) { t.Name = "training.other." + t.Name })
	}
	for _, f := range []forgery{
		{"no training", models.ErrFormat, func(f *safetensors.File) { delete(f.Metadata, "training") }},
		{"an unknown field", models.ErrFormat, training(`"slots"`, `"slot"`)},
		{"another epoch", models.ErrCorrupt, training(`"epoch":2`, `"epoch":1`)},
		{"no history", models.ErrCorrupt, func(f *safetensors.File) {
			before, _, _ := strings.Cut(f.Metadata["training"], `,"history"`)
			f.Metadata["training"] = before + "}"
		}},
		{"negative steps", models.ErrCorrupt, training(`"steps":10`, `"steps":-1`)},
		{"other steps", models.ErrCorrupt, training(`"Steps":10`, `"Steps":11`)},
		{"fewer slots", models.ErrCorrupt, training(`"slots":1`, `"slots":0`)},
		{"more slots", models.ErrCorrupt, training(`"slots":1`, `"slots":2`)},
		{"a billion slots", models.ErrCorrupt, training(`"slots":1`, `"slots":1000000000`)},
		{"slots of no parameters", models.ErrCorrupt, func(f *safetensors.File) {
			before, _, _ := strings.Cut(f.Metadata["model"], `,"network"`)
			f.Metadata["model"] = strings.Replace(before, "deep", "formula", 1) + "}"
			text("formula", `"params":[1,3]`, `"params":[]`)(f)
			text("formula", `"layers":[4],`, ``)(f)
			training(`"slots":1`, `"slots":1000`)(f)
			training(`"kept":[1]`, `"kept":[]`)(f)
			f.Tensors = slices.DeleteFunc(f.Tensors, func(t safetensors.Tensor) bool { return strings.HasPrefix(t.Name, "training.") })
		}},
		{"negative slots", models.ErrCorrupt, training(`"slots":1`, `"slots":-1`)},
		{"another rule", models.ErrResume, training(`"type":"optim.SGD"`, `"type":"optim.Adam"`)},
		{"a weight less", models.ErrCorrupt, remove("w1")},
		{"a slot less", models.ErrCorrupt, remove("training.slot1.w1")},
		{"kept weights less", models.ErrCorrupt, remove("training.epoch1.b1")},
		{"kept weights listed twice", models.ErrCorrupt, training(`"kept":[1]`, `"kept":[1,1]`)},
		{"a slot in float32", models.ErrCorrupt, changed("training.slot1.b1", func(t *safetensors.Tensor) { t.F32, t.F64 = make([]float32, len(t.F64)), nil })},
		{"weights of nothing", models.ErrCorrupt, func(f *safetensors.File) {
			f.Tensors = append(f.Tensors, safetensors.Tensor{Name: "training.epoch2.w1", Shape: []int{3, 4}, F64: make([]float64, 12)})
		}},
		{"kept weights not listed", models.ErrCorrupt, training(`"kept":[1]`, `"kept":[]`)},
		{"another shape", models.ErrCorrupt, changed("w1", func(t *safetensors.Tensor) { t.Shape = []int{4, 3} })},
		{"a slot of another size", models.ErrCorrupt, changed("training.slot1.b1", func(t *safetensors.Tensor) { t.Shape, t.F64 = []int{1}, t.F64[:1] })},
		{"an infinite slot", optim.ErrState, changed("training.slot1.b1", func(t *safetensors.Tensor) { t.F64[0] = math.Inf(1) })},
		{"a kept weight that is NaN", models.ErrWeights, changed("training.epoch1.w1", func(t *safetensors.Tensor) { t.F64[0] = math.NaN() })},
	} {
		file := must(safetensors.Read(bytes.NewReader(whole)))
		f.do(file)
		s, err := models.LoadSnapshot(bytes.NewReader(saved(t, writer{file})))
		if err == nil {
			o := c.fit()
			o.Epochs, o.Resume = 3, s
			_, err = c.model().Fit(t.Context(), c.rows, o)
		}
		if !errors.Is(err, f.want) {
			t.Errorf("%s: %v", f.name, err)
		}
	}
	if _, err := models.LoadSnapshot(bytes.NewReader(saved(t, small(t, must(data.Moons(10, 0.1, 3)))))); !errors.Is(err, models.ErrFormat) {
		t.Errorf("a model: %v", err)
	}
}

// events is a Callback of functions, which may be nil.
type events struct{ begin, end func(*models.Training) error }

func (e events) Begin(t *models.Training) error {
	if e.begin == nil {
		return nil
	}
	return e.begin(t)
}
func (events) EpochEnd(*models.Training, models.Epoch) error { return nil }
func (e events) End(t *models.Training) error {
	if e.end == nil {
		return nil
	}
	return e.end(t)
}

// atStep is a Progress that calls do after each step.
type atStep struct{ do func() }

func (atStep) Begin(int, int)             {}
func (p atStep) Step(int, float64)        { p.do() }
func (atStep) Epoch(models.Epoch)         {}
func (atStep) End(*models.History, error) {}

func second(_ *models.Snapshot, err error) error { return err }
