package main

import (
	"log"

	"adjoint/data"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// matrix returns an r×c matrix of zeros.
func matrix(r, c int) *tensor.Dense {
	return tensor.New(tensor.WithShape(r, c), tensor.Of(tensor.Float64))
}

// feed turns the examples, rows in d, into the columns of x and y.
func feed(p *graph.Program, x, y *graph.Node, d *data.Dataset) {
	columns, labels := matrix(len(d.Features), d.Rows()), matrix(1, d.Rows())
	check(d.Gather(columns.Float64s(), nil))
	check(d.GatherY(labels.Float64s(), nil))
	check(p.Feed(x, columns))
	check(p.Feed(y, labels))
}

// accuracy is the part of the examples whose label is [a ≥ ½].
func accuracy(p *graph.Program, a, x, y *graph.Node, d *data.Dataset) float64 {
	feed(p, x, y, d)
	check(p.Run())
	right := 0
	for i, a := range value(p, a) {
		if (a >= 0.5) == (d.Y[i] == 1) {
			right++
		}
	}
	return float64(right) / float64(d.Rows())
}

func value(p *graph.Program, n *graph.Node) []float64 { return must(p.Value(n)).Float64s() }

func must[T any](v T, err error) T {
	check(err)
	return v
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
