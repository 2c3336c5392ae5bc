package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"

	"adjoint/data"
	"adjoint/models"
	"adjoint/onnx"
	"adjoint/optim"
	"adjoint/prepare"

	"gorgonia.org/tensor"
)

// A tabular is a model that takes the raw rows of a table.
type tabular struct {
	name     string
	table    *data.Dataset
	training int // how many rows it is fitted on, the first; those after them may have texts that these lack
	model    models.Model
}

// steps are those of a column.
type steps = []prepare.Step

func group(name string, s ...prepare.Step) prepare.Group {
	return prepare.Group{Columns: []string{name}, Steps: s}
}

// Here are steps of every kind but dates, which ONNX has no operator for.
var (
	penguinSteps = &prepare.Columns{
		Numbers: steps{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.MinMax{}},
		Groups: []prepare.Group{
			group("bill_length_mm", prepare.Impute{}, prepare.Bins{Count: 6}, prepare.OneHot{}),
			group("bill_depth_mm", prepare.Impute{}, prepare.Bins{Count: 4, Uniform: true}),
			group("year", prepare.OneHot{}),
			group("sex", prepare.Impute{By: prepare.MostFrequent, Indicator: true}, prepare.Frequency{}),
		},
	}
	titanicSteps = &prepare.Columns{
		Numbers: steps{prepare.Impute{By: prepare.Median, Indicator: true}, prepare.Standardize{}},
		Groups: []prepare.Group{
			group("class", prepare.OneHot{}),
			group("port", prepare.Impute{By: prepare.MostFrequent}, prepare.Ordinal{}),
			group("deck", prepare.Impute{By: prepare.Constant, Text: "none"}, prepare.OneHot{}),
			group("title", prepare.OneHot{MinCount: 20, Unknown: prepare.AsRare}),
		},
	}
	adultSteps = &prepare.Columns{
		Numbers: steps{prepare.Impute{By: prepare.Median}, prepare.Standardize{}},
		Texts:   steps{prepare.Impute{By: prepare.Constant, Text: "(missing)"}, prepare.OneHot{MinCount: 10, Unknown: prepare.AsRare}},
	}
)

// tabulars are models of penguins, and of small tables in the manner of Titanic and Adult.
func tabulars() ([]tabular, error) {
	penguins := data.Penguins()
	titanic, err := testTable("titanic.csv")
	if err != nil {
		return nil, err
	}
	if titanic, err = titanic.Select("age", "fare", "class", "sex", "port", "deck", "title"); err != nil { // no date
		return nil, err
	}
	adult, err := testTable("adult/adult.csv")
	if err != nil {
		return nil, err
	}
	logistic := func(c *prepare.Columns) models.Model {
		return &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: c}
	}
	deep := func(c *prepare.Columns, last models.Dense) models.Model {
		layers := []models.Layer{models.Dense{Units: 8, Activation: models.ReLU}, last}
		return &models.Deep{Layers: layers, Prepare: c, Standardize: true, Float32: true}
	}
	yesNo := models.Dense{Units: 1, Activation: models.Sigmoid}
	return []tabular{
		{"table-penguins", penguins, penguins.Rows(), &models.Logistic{Penalty: models.L2, Lambda: 1, Prepare: &prepare.Columns{}, Standardize: true}},
		{"table-penguins-steps", penguins, penguins.Rows(), logistic(penguinSteps)},
		{"table-penguins-deep-float32", penguins, penguins.Rows(), deep(
			&prepare.Columns{Texts: steps{prepare.OneHot{MinCount: 60, Unknown: prepare.AsRare}}},
			models.Dense{Units: 3, Activation: models.Softmax})},
		{"table-titanic", titanic, 300, logistic(titanicSteps)},
		{"table-titanic-deep-float32", titanic, 300, deep(titanicSteps, yesNo)},
		{"table-adult", adult, 400, logistic(adultSteps)},
		{"table-adult-deep-float32", adult, 400, deep(adultSteps, yesNo)},
	}, nil
}

// testTable reads a table of the tests of package prepare.
func testTable(name string) (*data.Dataset, error) {
	return data.Open("../prepare/testdata/"+name, data.CSV{Missing: data.KeepMissing}) // check.sh runs this in onnx
}

// writeTables writes models that take the rows of a table, with texts, gaps and texts that training lacks. What ONNX Runtime has to
// predict is what a server answers to the same rows, which has the bits of Predict.
func writeTables(to folder) error {
	list, err := tabulars()
	if err != nil {
		return err
	}
	for _, t := range list {
		if err := t.write(to); err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
	}
	return nil
}

func (t tabular) write(to folder) error {
	rows := make([]int, t.training)
	for i := range rows {
		rows[i] = i
	}
	train, err := t.table.Subset(rows)
	if err != nil {
		return err
	}
	o, dtype := models.FitOptions{}, tensor.Float64
	if _, ok := t.model.(*models.Deep); ok {
		o.Epochs, o.Rule, dtype = 5, optim.Adam{Rate: 0.01}, tensor.Float32
	}
	if _, err := t.model.Fit(context.Background(), train, o); err != nil {
		return err
	}
	expected := file{Tolerance: tolerance(dtype)}
	for _, n := range batches {
		d := strangers(t.table, n)
		p, labels, err := t.answers(d)
		if err != nil {
			return err
		}
		expected.Runs = append(expected.Runs, run{tableInputs(d), map[string]output{
			"probability": {floats(dtype, []int{n, len(p) / n}, p), 1},
			"label":       {integers(labels), 1},
		}})
	}
	return to.write(t.name, expected, func(w io.Writer) error { return onnx.WriteModel(w, t.model, onnx.ModelOptions{Labels: true}) })
}

// answers are what a server answers to the rows of d, unless Predict says something else. Of two classes it is the probability of
// the second.
func (t tabular) answers(d *data.Dataset) (probabilities, labels []float64, err error) {
	served, err := serveRows(t.model, d)
	if err != nil {
		return nil, nil, err
	}
	p, err := t.model.PredictProba(d)
	if err != nil {
		return nil, nil, err
	}
	if labels, err = t.model.Predict(d); err != nil {
		return nil, nil, err
	}
	for i, s := range served {
		same := slices.EqualFunc(p[i], s.Probabilities[len(s.Probabilities)-len(p[i]):], func(a, b float64) bool {
			return math.Float64bits(a) == math.Float64bits(b)
		})
		if !same || float64(s.Position) != labels[i] {
			return nil, nil, fmt.Errorf("row %d is served as %v, Predict says %v of %v", i, s, labels[i], p[i])
		}
	}
	return slices.Concat(p...), labels, nil
}
