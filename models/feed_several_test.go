package models_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"adjoint/data"
	"adjoint/internal/safetensors"
	"adjoint/models"
	"adjoint/optim"
)

// sizes is n rows of two features with two targets of very different size, linear in them, or
// with the labels "near" and "above", any of which may apply.
func sizes(n int, labels bool) *data.Dataset {
	r := rand.New(rand.NewPCG(5, 0))
	d := &data.Dataset{Features: []string{"a", "b"}, Source: "sizes"}
	y := &data.Dataset{Features: []string{"share", "weight"}, Source: "sizes"}
	if labels {
		y.Features = []string{"near", "above"}
	}
	for range n {
		a, b := 10+r.NormFloat64(), 3*r.NormFloat64()
		d.X = append(d.X, a, b)
		if labels {
			y.X = append(y.X, truth(math.Hypot(a-10, b/3) < 1), truth(b > 0))
		} else {
			y.X = append(y.X, 0.01*a+0.002*b, 5000+2000*a-300*b)
		}
	}
	d.Beside = map[string]*data.Dataset{"y": y}
	return d
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Several numbers are learned as well as one: each is scaled for itself, is predicted in its own
// units, and has a share in the scores. The least squares of both are exact here.
func TestSeveralNumbers(t *testing.T) {
	d := sizes(200, false)
	for _, single := range []bool{false, true} {
		m := &models.Deep{Standardize: true, Float32: single, Layers: []models.Layer{models.Dense{Units: 2}}}
		h := must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 300, FullBatch: true, Rule: optim.Adam{Rate: 0.1}, ValidationSplit: 0.1}))
		s := must(m.Evaluate(d))
		if s.Kind != models.Numbers || !(s.R2 > 0.9999) || !(h.Last().Validation.R2 > 0.9999) || len(h.Warnings) > 0 {
			t.Errorf("float32 %v: %v, %q", single, s, h.Warnings)
		}
		p := must(m.Predictions(d))
		for i, v := range p.Values {
			a, b := d.X[2*i], d.X[2*i+1]
			near(t, "the share", v[0], 0.01*a+0.002*b, 1e-4)
			near(t, "the weight", v[1], 5000+2000*a-300*b, 20)
		}
		if _, err := m.Predict(d); !errors.Is(err, models.ErrOutputs) || m.Classes() != nil {
			t.Errorf("%v", err)
		}
		if s := m.TargetScaler(); s == nil || !slices.Equal(s.Features, []string{"share", "weight"}) || !(s.Scale[0] < 0.1) || !(s.Scale[1] > 1000) {
			t.Errorf("%+v", s)
		}
	}
}

// Several labels a row are probabilities of their own.
func TestSeveralLabels(t *testing.T) {
	d := sizes(300, true)
	for _, m := range []*models.Deep{
		{Layers: []models.Layer{models.Dense{Units: 16, Activation: models.Tanh}, models.Dense{Units: 2, Activation: models.Sigmoid}}},
		{Layers: []models.Layer{models.Dense{Units: 16, Activation: models.Tanh}, models.Dense{Units: 2}}, Loss: models.LogLossFromLogits},
	} {
		m.Standardize = true
		h := must(m.Fit(t.Context(), d, models.FitOptions{Epochs: 60, Rule: optim.Adam{Rate: 0.02}}))
		s, p := must(m.Evaluate(d)), must(m.Predictions(d))
		if s.Kind != models.Multilabel || !(s.Accuracy > 0.9) || !(s.AUC > 0.95) || len(h.Warnings) > 0 || m.TargetScaler() != nil {
			t.Errorf("%v, %q", s, h.Warnings)
		}
		if got := fmt.Sprint(p.Classes, p.Labels == nil, len(p.Probabilities[0])); got != "[near above] true 2" {
			t.Error(got)
		}
	}
}

// A model of several targets is kept and loaded, can be fitted again, and is resumed: to the
// same bits.
func TestSeveralTargetsAreKept(t *testing.T) {
	for _, c := range []struct {
		d    *data.Dataset
		last models.Dense
	}{{sizes(60, false), models.Dense{Units: 2}}, {sizes(60, true), models.Dense{Units: 2, Activation: models.Sigmoid}}} {
		build := func() *models.Deep {
			return &models.Deep{Standardize: true, Seed: 7, Penalty: models.L2, Lambda: 1, Layers: []models.Layer{models.Dense{Units: 3, Activation: models.Tanh}, c.last}}
		}
		m, s := build(), &snapshots{t: t}
		o := models.FitOptions{Epochs: 3, Batch: 16, Callbacks: []models.Callback{s}}
		must(m.Fit(t.Context(), c.d, o))
		o.Callbacks = nil
		want, file := facts(t, m, c.d), saved(t, m)
		loaded := must(models.Load(bytes.NewReader(file)))
		if facts(t, loaded, c.d) != want || !bytes.Equal(saved(t, loaded), file) {
			t.Error("what was loaded is another model")
		}
		must(loaded.Fit(t.Context(), c.d, o))
		if got := facts(t, loaded, c.d); got != want {
			t.Errorf("fitted again it is\n%s\nwant\n%s", got, want)
		}
		resumed := build()
		o.Resume = s.list[0]
		must(resumed.Fit(t.Context(), c.d, o))
		if facts(t, resumed, c.d) != want {
			t.Error("what was resumed is another model")
		}
		other := c.d.Clone()
		other.Beside["y"].X[0] = 1 - other.Beside["y"].X[0]
		if _, err := build().Fit(t.Context(), other, o); !errors.Is(err, models.ErrResume) {
			t.Errorf("other targets: %v", err)
		}
	}
}

// A file that scales other targets than there are is refused.
func TestForgedSeveralTargets(t *testing.T) {
	m := &models.Deep{Standardize: true, Layers: []models.Layer{models.Dense{Units: 2}}}
	must(m.Fit(t.Context(), sizes(10, false), models.FitOptions{Epochs: 1}))
	for _, with := range []string{`"targets":[{"mean":0,"scale":1},`, `"target":{"mean":0,"scale":1},"targets":[`, `"targets":[{"mean":0,"scale":-1},`} {
		f := must(safetensors.Read(bytes.NewReader(saved(t, m))))
		model := f.Metadata["model"]
		at := strings.LastIndex(model, `"targets":[`)
		f.Metadata["model"] = model[:at] + with + model[at+len(`"targets":[`):]
		if _, err := models.Load(bytes.NewReader(saved(t, writer{f}))); !errors.Is(err, models.ErrCorrupt) {
			t.Errorf("%s: %v", with, err)
		}
	}
}

// What several targets do not fit is refused, and a network that learns nothing of them is
// warned of.
func TestBadSeveralTargets(t *testing.T) {
	dense := func(units int, a models.Activation) *models.Deep {
		return &models.Deep{Layers: []models.Layer{models.Dense{Units: units, Activation: a}}}
	}
	cross := dense(2, models.Softmax)
	cross.Loss = models.CrossEntropy
	unlabelled := sizes(20, false)
	unlabelled.Beside = nil
	missing := sizes(20, false)
	missing.Beside["y"].X[3] = math.NaN()
	half := sizes(20, true)
	half.Beside["y"].X[7] = 0.5
	for name, c := range map[string]struct {
		m    models.Model
		d    *data.Dataset
		want error
		says string
	}{
		"outputs":       {dense(3, models.Linear), sizes(20, false), models.ErrOutputs, "3 outputs for 2 targets"},
		"cross-entropy": {cross, sizes(20, true), models.ErrOutputs, "log-loss"},
		"no labels":     {dense(2, models.Sigmoid), sizes(20, false), data.ErrLabel, `(share) at sizes: row 0 is not 0 or 1`},
		"half a label":  {dense(2, models.Sigmoid), half, data.ErrLabel, `0.5 (above) at sizes: row 3 is not 0 or 1`},
		"no targets":    {dense(2, models.Linear), unlabelled, data.ErrLabel, "no targets"},
		"NaN":           {dense(2, models.Linear), missing, data.ErrNotFinite, "row 1"},
		"logistic":      {&models.Logistic{}, sizes(20, true), data.ErrLabel, "no class"},
	} {
		if _, err := c.m.Fit(t.Context(), c.d, models.FitOptions{Epochs: 1}); !errors.Is(err, c.want) || !contains(err, c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m := dense(2, models.Linear)
	must(m.Fit(t.Context(), sizes(20, false), models.FitOptions{Epochs: 1}))
	if _, err := m.Evaluate(unlabelled); !errors.Is(err, data.ErrLabel) {
		t.Errorf("evaluated without targets: %v", err)
	}
	one := sizes(20, false)
	one.Beside, one.Y, one.Target = nil, one.Beside["y"].X[:20], "share"
	if _, err := m.Evaluate(one); !errors.Is(err, data.ErrFeatures) || !contains(err, `and no data set "y" beside`) {
		t.Errorf("evaluated on a label: %v", err)
	}
	for _, labels := range []bool{false, true} {
		last := models.Dense{Units: 2, Init: models.Normal(10)}
		if labels {
			last.Activation = models.Sigmoid
		}
		m := &models.Deep{Standardize: true, Layers: []models.Layer{last}}
		h := must(m.Fit(t.Context(), sizes(100, labels), models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: 1e-6}}))
		if len(h.Warnings) != 1 || !strings.Contains(h.Warnings[0], "try a rate other than 1e-06") {
			t.Errorf("%q", h.Warnings)
		}
	}
}
