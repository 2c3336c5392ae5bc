package models_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/optim"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Training for n epochs has the bits of training for k, saving, loading, and
// training for the rest, for every k.
func TestResumeHasTheBitsOfNeverStopping(t *testing.T) {
	const epochs = 6
	for _, c := range trainingCases() {
		want, history, all := fitted(t, c, epochs, nil)
		if len(all) < 4 {
			t.Fatalf("%s: %d snapshots", c.name, len(all))
		}
		for _, s := range all {
			got, h, rest := fitted(t, c, epochs, s)
			k := len(s.History().Epochs)
			if got != want {
				t.Errorf("%s: after epoch %d it went elsewhere", c.name, k)
			}
			if diff := cmp.Diff(history, h, cmpopts.EquateNaNs()); diff != "" {
				t.Errorf("%s: after epoch %d: −never stopped +resumed\n%s", c.name, k, diff)
			}
			for i, r := range rest {
				if !bytes.Equal(untimed(t, r), untimed(t, all[k+i])) {
					t.Errorf("%s: after epoch %d: the snapshot of epoch %d is another", c.name, k, k+i+1)
				}
			}
		}
	}
}

// A snapshot that was never in a file resumes as one that was: with dropout and Adam,
// in float32, and with the weights that EarlyStopping keeps.
func TestResumeFromMemory(t *testing.T) {
	cases := trainingCases()
	for _, c := range []trainingCase{cases[0], cases[1], cases[len(cases)-2]} {
		want, _, _ := fitted(t, c, 5, nil)
		var taken *models.Snapshot
		o := c.fit()
		o.Epochs = 3
		o.Callbacks = append(o.Callbacks, models.EachEpoch(func(t *models.Training, _ models.Epoch) (err error) {
			taken, err = t.Snapshot()
			return err
		}))
		must(c.model().Fit(t.Context(), c.rows, o))
		if got, _, _ := fitted(t, c, 5, taken); got != want {
			t.Errorf("%s: it went elsewhere", c.name)
		}
	}
}

// A change makes a training another one. Its name begins with the field that the
// error names.
type change = func(m *models.Deep, o *models.FitOptions, d *data.Dataset)

var changes = map[string]change{
	"seed": func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Seed++ },
	"formula": func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) {
		m.Layers[0] = models.Dense{Units: 3, Activation: models.LeakyReLU(0.2)}
	},
	"formula, units": func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) {
		m.Layers[0] = models.Dense{Units: 4, Activation: models.LeakyReLU(0.1)}
	},
	"loss":       func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Loss = models.SquaredError },
	"penalty":    func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Penalty = models.L1 },
	"lambda":     func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Lambda = 1 },
	"float":      func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Float32 = true },
	"scaler":     func(m *models.Deep, _ *models.FitOptions, _ *data.Dataset) { m.Standardize = true },
	"rule":       func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Rule = optim.AdamW{Rate: 0.01} },
	"rule, rate": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Rule = optim.Adam{Rate: 0.02} },
	"rule, options": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) {
		o.Rule = optim.Adam{Rate: 0.01, Beta2: 0.99}
	},
	"schedule": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Schedule = nil },
	"schedule, soon": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) {
		was := o.Schedule
		o.Schedule = func(k int) float64 {
			if k == 7 {
				return 0
			}
			return was(k)
		}
	},
	"schedule, later": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) {
		o.Schedule = o.Schedule.Then(500, optim.Constant(1))
	},
	"clip":          func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Clip.Norm = 1 },
	"batch":         func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Batch = 51 },
	"batch, full":   func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Batch, o.FullBatch = 0, true },
	"no_shuffle":    func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.NoShuffle = true },
	"data, weights": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.ClassWeights[2] = 3 },
	"data, none":    func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.ClassWeights = nil },
	"data":          func(_ *models.Deep, _ *models.FitOptions, d *data.Dataset) { d.X[77] = math.Nextafter(d.X[77], 0) },
	"data, y":       func(_ *models.Deep, _ *models.FitOptions, d *data.Dataset) { d.Y[77] = 0 },
	"rows":          func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.ValidationSplit = 0.1 },
	"inputs":        func(_ *models.Deep, _ *models.FitOptions, d *data.Dataset) { d.Features[0] = "other" },
	"classes":       func(_ *models.Deep, _ *models.FitOptions, d *data.Dataset) { d.Classes[0] = "other" },
	"epoch 2":       func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) { o.Epochs = 1 },
	"epoch 2, best": func(_ *models.Deep, o *models.FitOptions, _ *data.Dataset) {
		o.Callbacks = []models.Callback{&models.EarlyStopping{
			RestoreBest: true, Patience: 5, Monitor: func(e models.Epoch) float64 { return float64(e.Number) },
		}}
	},
}

// What is given again has to be what was given before.
func TestResumeRefusesAnotherTraining(t *testing.T) {
	rows := data.Iris()
	model := func() *models.Deep {
		return &models.Deep{Seed: 7, Layers: []models.Layer{
			models.Dense{Units: 3, Activation: models.LeakyReLU(0.1)}, models.Dense{Units: 3, Activation: models.Softmax},
		}}
	}
	options := func() models.FitOptions {
		return models.FitOptions{
			Epochs: 4, Batch: 50, Rule: optim.Adam{Rate: 0.01}, Schedule: optim.Exponential(0.999), ClassWeights: []float64{1, 1, 2},
		}
	}
	s := &snapshots{t: t}
	o := options()
	o.Callbacks = []models.Callback{s}
	m := model()
	must(m.Fit(t.Context(), rows, o))
	before := behaviour(t, m, rows)

	for name, do := range changes {
		other, o, d := model(), options(), rows.Clone()
		o.Resume = s.list[1]
		do(other, &o, d)
		_, err := other.Fit(t.Context(), d, o)
		field, _, _ := strings.Cut(name, ",")
		if field == "epoch 2" && strings.Contains(name, "best") {
			field = "epoch 1"
		}
		if !errors.Is(err, models.ErrResume) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o = options()
	o.Resume, o.NoShuffle = s.list[1], true
	if _, err := m.Fit(t.Context(), rows, o); err == nil || behaviour(t, m, rows) != before {
		t.Errorf("a refused snapshot changed the model: %v", err)
	}
	o = options()
	o.Resume, o.Epochs = s.list[1], 2
	must(m.Fit(t.Context(), rows, o)) // nothing is left to do
	if len(s.list[1].History().Epochs) != 2 || behaviour(t, m, rows) == before {
		t.Error("not the model of epoch 2")
	}
}

func TestLBFGSHasNoSnapshots(t *testing.T) {
	_, _, all := fitted(t, trainingCases()[0], 4, nil)
	_, err := (&models.Logistic{}).Fit(t.Context(), data.Iris(), models.FitOptions{Resume: all[0]})
	if !errors.Is(err, models.ErrOption) {
		t.Error(err)
	}
}

// hidden is SGD whose rate JSON does not show.
type hidden struct{ rate float64 }

func (r hidden) LearningRate() float64 { return r.rate }

func (hidden) Slots() int { return 0 }

func (hidden) Move(s optim.Step, w, g []float64, _ ...[]float64) {
	for i := range w {
		w[i] -= s.Rate * g[i]
	}
}

// The rate of a rule is compared, also where the rule as JSON does not show it.
func TestResumeComparesHiddenRates(t *testing.T) {
	rows, s := data.Iris(), &snapshots{t: t}
	must(quick().Fit(t.Context(), rows, models.FitOptions{Epochs: 1, Rule: hidden{0.01}, Callbacks: []models.Callback{s}}))
	for _, c := range []struct {
		rate float64
		same bool
	}{{0.01, true}, {0.02, false}, {math.Nextafter(0.01, 1), false}} {
		_, err := quick().Fit(t.Context(), rows, models.FitOptions{Epochs: 2, Rule: hidden{c.rate}, Resume: s.list[0]})
		if (err == nil) != c.same || err != nil && (!errors.Is(err, models.ErrResume) || !contains(err, "rule")) {
			t.Errorf("rate %g: %v", c.rate, err)
		}
	}
}

// Rows of a file are compared by its numbers: the same targets beside other features are other data.
func TestResumeComparesFilesOfRows(t *testing.T) {
	dir, s := t.TempDir(), &snapshots{t: t}
	fit := func(name, first string, o models.FitOptions) error {
		csv, path := filepath.Join(dir, name+".csv"), filepath.Join(dir, name)
		text := bytes.Replace(irisCSV(), []byte("\n5.1,"), []byte("\n"+first+","), 1)
		check(t, os.WriteFile(csv, text, 0o600))
		check(t, data.Stream{Files: []string{csv}}.Convert(path))
		rows, err := data.OpenRows(path)
		check(t, err)
		defer rows.Close()
		return failed(layer().Fit(t.Context(), rows, o))
	}
	check(t, fit("rows", "5.1", models.FitOptions{Epochs: 1, Callbacks: []models.Callback{s}}))
	o := models.FitOptions{Epochs: 2, Resume: s.list[0]}
	check(t, fit("copy", "5.1", o))
	if err := fit("other", "5.2", o); !errors.Is(err, models.ErrResume) || !contains(err, "data") {
		t.Errorf("other features: %v", err)
	}
}
