package interop_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"adjoint/graph"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

type feeds = map[*graph.Node]*tensor.Dense

// matrix returns a tensor of rank 2.
func matrix(rows, columns int, v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(rows, columns), tensor.WithBacking(slices.Clone(v)))
}

// vector returns a tensor of rank 1.
func vector(v ...float64) *tensor.Dense {
	return tensor.New(tensor.WithShape(len(v)), tensor.WithBacking(slices.Clone(v)))
}

// scalar returns a tensor of rank 0.
func scalar(v float64) *tensor.Dense { return tensor.New(tensor.FromScalar(v)) }

// values runs a program of ours and returns the entries of nodes.
func values(t *testing.T, fed feeds, nodes ...*graph.Node) [][]float64 {
	t.Helper()
	p := must(graph.Compile(nodes...))(t)
	for x, v := range fed {
		check(t, p.Feed(x, v))
	}
	check(t, p.Run())
	var all [][]float64
	for _, n := range nodes {
		all = append(all, entriesOf(must(p.Value(n))(t)))
	}
	return all
}

// gradients returns those of the engine.
func gradients(t *testing.T, fed feeds, j *graph.Node, wrt ...*graph.Node) [][]float64 {
	t.Helper()
	return values(t, fed, graph.Gradient(j, wrt...)...)
}

// run runs a graph of gorgonia's and returns the entries of nodes, read while it
// runs.
func run(t *testing.T, nodes ...*gorgonia.Node) [][]float64 {
	t.Helper()
	read := make([]gorgonia.Value, len(nodes))
	for i, n := range nodes {
		gorgonia.Read(n, &read[i])
	}
	machine := gorgonia.NewTapeMachine(nodes[0].Graph())
	defer machine.Close()
	check(t, machine.RunAll())
	var all [][]float64
	for _, v := range read {
		all = append(all, entriesOf(v))
	}
	return all
}

// entriesOf returns a copy of the entries of a plain value.
func entriesOf(v gorgonia.Value) []float64 {
	switch d := v.Data().(type) {
	case float64:
		return []float64{d}
	case float32:
		return []float64{float64(d)}
	case []float32:
		var wide []float64
		for _, e := range d {
			wide = append(wide, float64(e))
		}
		return wide
	}
	return slices.Clone(v.Data().([]float64))
}

// closeTo reports whether numbers agree, relative to the largest.
func closeTo(got, want []float64, tolerance float64) bool {
	largest := 1.0
	for _, v := range want {
		largest = math.Max(largest, math.Abs(v))
	}
	for i := range want {
		if len(got) != len(want) || !(math.Abs(got[i]-want[i]) <= tolerance*largest) {
			return false
		}
	}
	return true
}

// want fails unless numbers are as expected; two NaN are equal.
func want(t *testing.T, what string, got, want []float64) {
	t.Helper()
	same := func(a, b float64) bool { return math.Abs(a-b) <= 1e-14*math.Abs(b) || math.IsNaN(a) && math.IsNaN(b) }
	if !slices.EqualFunc(got, want, same) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: error %v, want %v", what, err, want)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		check(t, err)
		return v
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
