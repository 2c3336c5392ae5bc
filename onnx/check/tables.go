package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"adjoint/data"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/optim"
	"adjoint/prepare"
)

// columnsOf are steps of every kind but dates, for penguins.
func columnsOf() *prepare.Columns {
	steps := func(s ...prepare.Step) []prepare.Step { return s }
	group := func(name string, s ...prepare.Step) prepare.Group {
		return prepare.Group{Columns: []string{name}, Steps: s}
	}
	return &prepare.Columns{
		Numbers: steps(prepare.Impute{By: prepare.Median, Indicator: true}, prepare.MinMax{}),
		Groups: []prepare.Group{
			group("bill_length_mm", prepare.Impute{}, prepare.Bins{Count: 6}, prepare.OneHot{}),
			group("bill_depth_mm", prepare.Impute{}, prepare.Bins{Count: 4, Uniform: true}),
			group("year", prepare.OneHot{}),
			group("sex", prepare.Impute{By: prepare.MostFrequent, Indicator: true}, prepare.Frequency{}),
		},
	}
}

// writeTables writes models that take the rows of a table, with texts, gaps and texts that training lacks.
func writeTables(to folder) error {
	for _, t := range []struct {
		name  string
		model models.Model
	}{
		{"table-logistic", &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}, Standardize: true}},
		{"table-steps", &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: columnsOf()}},
		{"table-deep-float32", &models.Deep{Layers: []models.Layer{
			models.Dense{Units: 8, Activation: models.ReLU}, models.Dense{Units: 3, Activation: models.Softmax},
		}, Prepare: &prepare.Columns{Texts: []prepare.Step{prepare.OneHot{MinCount: 60, Unknown: prepare.AsRare}}}, Standardize: true, Float32: true}},
	} {
		o := models.FitOptions{}
		if _, ok := t.model.(*models.Deep); ok {
			o.Epochs, o.Rule = 5, optim.Adam{Rate: 0.01}
		}
		if _, err := t.model.Fit(context.Background(), data.Penguins(), o); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		f, _ := t.model.Formula()
		dtype := f.Inputs[0].Graph().Dtype()
		expected := file{Tolerance: tolerance(dtype)}
		for _, n := range batches {
			d := strangers(n)
			p, err := t.model.PredictProba(d)
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			labels, err := t.model.Predict(d)
			if err != nil {
				return err
			}
			expected.Runs = append(expected.Runs, run{tableInputs(d), map[string]output{
				"probability": {floats(dtype, []int{n, len(p[0])}, slices.Concat(p...)), 1},
				"label":       {integers(labels), 1},
			}})
		}
		write := func(w io.Writer) error { return onnx.WriteModel(w, t.model, onnx.ModelOptions{Labels: true}) }
		if err := to.write(t.name, expected, write); err != nil {
			return err
		}
	}
	return nil
}

// strangers are penguins of which some live on an island, or in a year, that training lacks, and some have gaps.
func strangers(n int) *data.Dataset {
	rng := rand.New(rand.NewPCG(uint64(n), 7))
	d := data.Penguins()
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(d.Rows())
	}
	d, err := d.Subset(rows)
	if err != nil {
		panic(err)
	}
	d.Levels[0] = append(d.Levels[0], "Atlantis")
	width := len(d.Features)
	for i := range n {
		row := d.X[i*width : (i+1)*width]
		switch rng.IntN(4) {
		case 0:
			row[0] = float64(len(d.Levels[0]) - 1)
		case 1:
			row[rng.IntN(6)] = math.NaN()
		case 2:
			row[6] = 2010
		}
	}
	return d
}

// tableInputs are the rows of a table as a file takes them.
func tableInputs(d *data.Dataset) map[string]array {
	inputs := map[string]array{}
	var numbers []float64
	texts := map[string][]string{}
	for i := range d.Rows() {
		for j, is := range d.Types() {
			switch is {
			case data.NumberType:
				numbers = append(numbers, d.Row(i)[j])
			case data.TextType:
				text, _ := d.Text(i, j)
				texts[d.Features[j]] = append(texts[d.Features[j]], text)
			}
		}
	}
	inputs["x"] = raw("float64", []int{d.Rows(), len(numbers) / d.Rows()}, numbers)
	for name, list := range texts {
		text, _ := json.Marshal(list) // of strings never fails
		inputs[name] = array{"string", []int{d.Rows(), 1}, text}
	}
	return inputs
}
