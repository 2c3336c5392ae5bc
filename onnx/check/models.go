package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/onnx/internal/samples"
	"adjoint/ops"
	"adjoint/optim"

	"gorgonia.org/tensor"
)

// A model is what is fitted here.
type model interface {
	onnx.Model
	Fit(ctx context.Context, d *data.Dataset, o models.FitOptions) (*models.History, error)
	PredictProba(d *data.Dataset) ([][]float64, error)
	Predict(d *data.Dataset) ([]float64, error)
}

// A trial is a model to fit and write.
type trial struct {
	name    string
	model   model
	rows    *data.Dataset
	dtype   tensor.Dtype
	options onnx.ModelOptions
}

// trials returns every kind of model, in both float types; in float32 some with the
// examples as columns, and with the standardiser left out of the file.
func trials() []trial {
	var list []trial
	for _, dtype := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		single := dtype == tensor.Float32
		hidden := func(activation models.Activation, last models.Dense) []models.Layer {
			return []models.Layer{models.Dense{Units: 32, Activation: activation}, models.Dropout{Rate: 0.1}, last}
		}
		add := func(name string, m model, rows *data.Dataset) {
			o := onnx.ModelOptions{Name: name, Labels: rows.Classes != nil}
			list = append(list, trial{name + "-" + dtype.String(), m, rows, dtype, o})
		}
		add("logistic", &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: single}, data.BreastCancer())
		add("logistic-softmax", &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: single}, data.Wine())
		add("deep", &models.Deep{
			Layers:      hidden(models.ReLU, models.Dense{Units: 1, Activation: models.Sigmoid}),
			Standardize: true, Float32: single, Seed: 1,
		}, data.BreastCancer())
		add("deep-logits", &models.Deep{
			Layers:      hidden(models.Tanh, models.Dense{Units: 1}),
			Standardize: true, Float32: single, Seed: 1,
		}, data.BreastCancer())
		add("softmax", &models.Deep{
			Layers:      hidden(models.SiLU, models.Dense{Units: 10, Activation: models.Softmax}),
			Standardize: true, Float32: single, Seed: 1,
		}, data.Digits())
		add("softmax-logits", &models.Deep{
			Layers:  hidden(models.ELU(1), models.Dense{Units: 10}),
			Float32: single, Seed: 1,
		}, data.Digits())
		add("deep-without-bias", &models.Deep{
			Layers: []models.Layer{
				models.Dense{Units: 16, Activation: models.ReLU, NoBias: true},
				models.Dense{Units: 16, Activation: models.LeakyReLU(0.1), NoBias: true},
				models.Dense{Units: 16, Activation: models.Tanh, NoBias: true},
				models.Dense{Units: 16, Activation: models.Activation{Name: "swish", Of: func(z *graph.Node) *graph.Node {
					return ops.Mul(z, ops.Sigmoid(ops.Scale(1.5, z)))
				}}},
				models.Dense{Units: 2, Activation: models.Softmax, NoBias: true},
			},
			Standardize: true, Float32: single, Seed: 1,
		}, data.BreastCancer())
		add("times", &models.Logistic{Penalty: models.L2, Lambda: 1, Standardize: true, Float32: single}, times())
		add("regression", &models.Deep{
			Layers:      []models.Layer{models.Dense{Units: 4, Activation: models.LeakyReLU(0.1)}, models.Dense{Units: 1}},
			Standardize: true, Float32: single, Seed: 1,
		}, regression())
	}
	for _, t := range list {
		if t.name == "softmax-float32" {
			t.name, t.options.Columns = "softmax-columns-float32", true
			list = append(list, t)
		}
	}
	for _, t := range list {
		switch t.name {
		case "logistic-float32", "logistic-softmax-float32", "deep-float32", "softmax-float32", "softmax-columns-float32":
			t.name, t.options.NoStandardize = t.name+"-without-standardiser", true
			list = append(list, t)
		}
	}
	return list
}

// regression is a data set whose target is a number: the last feature of Iris.
func regression() *data.Dataset {
	d := data.Iris()
	n := len(d.Features) - 1
	var x [][]float64
	var y []float64
	for i := range d.Rows() {
		row := d.Row(i)
		x, y = append(x, row[:n]), append(y, row[n])
	}
	r, err := data.New(x, y, data.Regression)
	if err != nil {
		panic(err)
	}
	return r
}

// times is a data set of two classes whose only feature is a time, in seconds from 1970
// on, that differs by less than float32 can say: its numbers are 128 apart there.
func times() *data.Dataset {
	rng := rand.New(rand.NewPCG(1, 1))
	var x [][]float64
	var y []float64
	for i := range 200 {
		late := float64(i % 2)
		x, y = append(x, []float64{1.7e9 + 100*late + 20*rng.NormFloat64()}), append(y, late)
	}
	d, err := data.New(x, y, data.Classification)
	if err != nil {
		panic(err)
	}
	return d
}

// writeModels fits the models, and writes a file of each and of its gradient.
func writeModels(to folder) error {
	for _, t := range trials() {
		o := models.FitOptions{}
		if _, ok := t.model.(*models.Deep); ok {
			o.Epochs, o.Rule = 5, optim.Adam{Rate: 0.01}
		}
		if _, err := t.model.Fit(context.Background(), t.rows, o); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		expected, err := t.expected()
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		err = to.write(t.name, expected, func(w io.Writer) error { return onnx.WriteModel(w, t.model, t.options) })
		if err != nil {
			return err
		}
		if t.options.NoStandardize {
			continue // its gradient is that of the one before
		}
		if err := t.writeGradient(to); err != nil {
			return err
		}
	}
	return nil
}

// expected is what the model predicts.
func (t trial) expected() (file, error) {
	f := file{Tolerance: tolerance(t.dtype)}
	for _, n := range batches {
		d, err := t.examples(n)
		if err != nil {
			return f, err
		}
		p, err := t.model.PredictProba(d)
		if err != nil {
			return f, err
		}
		labels, err := t.model.Predict(d)
		if err != nil {
			return f, err
		}
		if t.options.NoStandardize {
			if d, err = t.model.Scaler().Transform(d); err != nil {
				return f, err
			}
		}
		r := run{map[string]array{"x": t.array(t.features(), d.X, len(d.Features))}, map[string]output{}}
		if flat := slices.Concat(p...); t.rows.Classes == nil {
			r.Outputs["prediction"] = output{t.array(t.dtype, flat, len(p[0])), 1}
		} else {
			r.Outputs["probability"] = output{t.array(t.dtype, flat, len(p[0])), 1}
			r.Outputs["label"] = output{integers(labels), 1}
		}
		f.Runs = append(f.Runs, r)
	}
	return f, nil
}

// examples returns n rows like those that the model was fitted on.
func (t trial) examples(n int) (*data.Dataset, error) {
	rng := rand.New(rand.NewPCG(uint64(n), 1))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(t.rows.Rows())
	}
	d, err := t.rows.Subset(rows)
	if err != nil {
		return nil, err
	}
	columns := len(d.Features)
	for i, v := range d.X {
		other := t.rows.Row(rng.IntN(t.rows.Rows()))[i%columns]
		d.X[i] = v + 0.1*rng.NormFloat64()*(other-v)
	}
	return d, nil
}

// features is the type of the features that the file takes: those that it standardises
// are float64.
func (t trial) features() tensor.Dtype {
	if t.model.Scaler() != nil && !t.options.NoStandardize {
		return tensor.Float64
	}
	return t.dtype
}

// array returns rows of so many numbers as the file has them.
func (t trial) array(dtype tensor.Dtype, rows []float64, columns int) array {
	n := len(rows) / columns
	dims, entries := []int{n, columns}, rows
	if t.options.Columns {
		dims, entries = []int{columns, n}, make([]float64, 0, len(rows))
		for j := range columns {
			for i := range n {
				entries = append(entries, rows[i*columns+j])
			}
		}
	}
	return floats(dtype, dims, entries)
}

// writeGradient writes the file of the model's cost and gradient.
func (t trial) writeGradient(to folder) error {
	m, err := t.model.Formula()
	if err != nil {
		return err
	}
	outputs := append([]*graph.Node{m.Cost.Named("J")}, graph.Gradient(m.Cost, m.Params...)...)
	for i, p := range m.Params {
		outputs[i+1].Named("d" + p.Name())
	}
	targets := samples.OneHot
	if m.Targets[0].Shape().Dim(0) == 1 {
		targets = samples.Labels
	}
	f := samples.NewFormula([]*graph.Node{m.Inputs[0], m.Targets[0]}, []samples.Domain{samples.Any, targets}, outputs)
	return to.formula(t.name+"-gradient", batches, relative(loose(t.dtype), 1), f)
}
