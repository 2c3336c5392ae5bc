package main

import (
	"os"
	"path/filepath"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/models"
	"adjoint/plot"
	"adjoint/report"
)

// digits returns rows to train on and others.
func digits(folder string, seed uint64) (train, test *data.Dataset) {
	if folder == "" {
		train, test, err := data.Digits().Split(data.SplitOptions{Test: 0.2, Stratify: true, Seed: seed})
		example.Check(err)
		for _, d := range []*data.Dataset{train, test} {
			for i := range d.X {
				d.X[i] /= 16 // pixels are 0 to 16
			}
		}
		return train, test
	}
	open := func(name string) *data.Dataset {
		file := func(kind string) string {
			path := filepath.Join(folder, name+kind)
			if _, err := os.Stat(path); err != nil {
				return path + ".gz"
			}
			return path
		}
		return example.Must(data.OpenIDX(file("-images-idx3-ubyte"), file("-labels-idx1-ubyte")))
	}
	return open("train"), open("t10k")
}

// changes are those of digits in training. 8×8 pixels are too few for any: they read worse.
func changes(side int) models.Augmenter {
	if side < 20 {
		return nil
	}
	return data.Augment{Shift: 2, Rotate: 8}
}

// pictures are those of the report: digits and what of them the score of the class depends on, those that were read most wrong,
// the filters of the first layer, and what they make of the first digit.
func pictures(m models.Model, d *data.Dataset) []report.Illustrator {
	some := example.Must(d.Subset([]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}))
	list := []report.Illustrator{
		example.Must(plot.Saliency(some, example.Must(models.Saliency(m, some)))),
		example.Must(plot.Filters(example.Must(m.Formula()).Params[0].Value())),
	}
	if deep, ok := m.(*models.Deep); ok {
		list = append(list, example.Must(plot.Activations(example.Must(deep.Activations(some, 1)), 0)))
	}
	if wrong, err := plot.MostWrong(d, example.Must(m.PredictProba(d)), 12); err == nil {
		list = append(list, wrong)
	}
	return list
}
