package main

import (
	"math"
	"os"
	"path/filepath"

	"adjoint/data"
	"adjoint/examples/internal/example"
	"adjoint/graph"
	"adjoint/models"
	"adjoint/plot"
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

// saliency draws the first digits, each beside the derivative of the probability of the class
// that was read by its pixels, both on a scale up to 1.
func saliency(m models.Model, d *data.Dataset, side int) *plot.Figure {
	rows := make([]int, 24)
	for i := range rows {
		rows[i] = i
	}
	some := example.Must(d.Subset(rows))
	slopes := example.Must(models.Saliency(m, some))
	var pairs []float64
	for i, s := range slopes {
		most := 0.
		for _, v := range s {
			most = max(most, math.Abs(v))
		}
		pairs = append(pairs, some.Row(i)...)
		for _, v := range s {
			pairs = append(pairs, v/max(most, math.SmallestNonzeroFloat64))
		}
	}
	return example.Must(plot.Weights(graph.Tensor(pairs, 2*len(rows), side*side), side, side))
}
