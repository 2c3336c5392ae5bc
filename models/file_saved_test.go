package models_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"testing"

	"adjoint/data"
	"adjoint/models"
	"adjoint/ops"
	"adjoint/optim"
)

// A savedCase is a model and the rows it is fitted on.
type savedCase struct {
	name  string
	model models.Model
	rows  *data.Dataset
	fit   models.FitOptions
}

// savedCases have every kind of layer, activation, loss, penalty and target.
func savedCases(t testing.TB) []savedCase {
	flowers, moons := data.Iris(), must(data.Moons(40, 0.1, 3))
	numbers := regression()
	short := models.FitOptions{Epochs: 2, Batch: 16}
	dense := func(units int, a models.Activation) models.Layer {
		return models.Dense{Units: units, Activation: a}
	}
	cases := []savedCase{
		{"deep", &models.Deep{
			Layers: []models.Layer{
				models.Dense{Units: 5, Activation: models.ReLU, NoBias: true}, models.Dropout{Rate: 0.25},
				models.Dense{Units: 3, Activation: models.Softmax, Init: models.GlorotNormal},
			},
			Penalty: models.L2, Lambda: 0.3, Standardize: true, Seed: math.MaxUint64,
		}, flowers, short},
		{"float32", &models.Deep{Layers: []models.Layer{dense(4, models.Tanh), dense(3, models.Linear)}, Float32: true, Standardize: true}, flowers, short},
		{"weights", &models.Deep{Layers: []models.Layer{dense(1, models.Activation{})}, Penalty: models.L1, Lambda: 1}, moons,
			models.FitOptions{Epochs: 2, ClassWeights: []float64{1, 3}}},
		{"logistic", &models.Logistic{Penalty: models.L2, Lambda: 1, Tolerance: 1e-5, Standardize: true}, moons, models.FitOptions{}},
		{"logistic L1", &models.Logistic{Penalty: models.L1, Lambda: 1, MaxIterations: 50}, flowers, models.FitOptions{}},
		{"logistic descent", &models.Logistic{Solver: models.Descent, Float32: true, Seed: 4}, flowers, short},
	}
	for _, a := range []models.Activation{
		models.Linear, models.Sigmoid, models.Tanh, models.ReLU, models.SELU, models.Softplus, models.SiLU, models.GELU,
		models.GELUTanh, models.Mish, models.Softsign, models.HardSigmoid, models.Softmax,
		models.LeakyReLU(0.1), models.LeakyReLU(0), models.ELU(0.7), {Name: "of my own name", Of: ops.Tanh},
	} {
		m := &models.Deep{Layers: []models.Layer{dense(3, a), dense(1, models.Sigmoid)}}
		cases = append(cases, savedCase{"activation " + a.Name, m, moons, short})
	}
	for _, l := range []models.Loss{models.SquaredError, models.AbsoluteError, models.HuberLoss(0.2)} {
		m := &models.Deep{Layers: []models.Layer{dense(3, models.Tanh), dense(1, models.Linear)}, Loss: l}
		cases = append(cases, savedCase{"loss " + l.Name, m, numbers, short})
	}
	for _, l := range []models.Loss{models.LogLossFromLogits, models.HingeLoss} {
		m := &models.Deep{Layers: []models.Layer{dense(1, models.Linear)}, Loss: l}
		cases = append(cases, savedCase{"loss " + l.Name, m, moons, short})
	}
	for _, c := range cases {
		if _, err := c.model.Fit(t.Context(), c.rows, c.fit); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
	}
	return cases
}

// regression is rows whose target is a number.
func regression() *data.Dataset {
	d := must(data.Moons(30, 0.2, 8))
	d.Classes = nil
	for i := range d.Y {
		d.Y[i] = d.X[2*i] * d.X[2*i+1]
	}
	return d
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func saved(t testing.TB, m interface{ Save(io.Writer) error }) []byte {
	t.Helper()
	var b bytes.Buffer
	check(t, m.Save(&b))
	return b.Bytes()
}

// behaviour is all that a model shows of itself on rows, as text that tells bits
// apart.
func behaviour(t testing.TB, m models.Model, rows *data.Dataset) string {
	t.Helper()
	proba, err := m.PredictProba(rows)
	check(t, err)
	labels, err := m.Predict(rows)
	check(t, err)
	scores, err := m.Evaluate(rows)
	check(t, err)
	f, err := m.Formula()
	check(t, err)
	text := fmt.Sprintf("%x %v %+v %q %q %+v %v %v", proba, labels, *scores, m.Features(), m.Classes(), m.Scaler(), f.Cost, f.Outputs[0].P)
	for _, p := range f.Params {
		text += fmt.Sprintf(" %s %v %x", p.Name(), p.Shape(), entries(p.Value()))
	}
	return text
}

// small is a fitted model with a file of about 1 KiB.
func small(t testing.TB, rows *data.Dataset) *models.Deep {
	t.Helper()
	m := &models.Deep{Standardize: true, Seed: 9, Layers: []models.Layer{
		models.Dense{Units: 2, Activation: models.ELU(0.5)}, models.Dense{Units: 1, Activation: models.Sigmoid},
	}}
	must(m.Fit(t.Context(), rows, models.FitOptions{Epochs: 1, Rule: optim.SGD{Rate: 0.1}}))
	return m
}
