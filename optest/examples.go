package optest

import (
	"math"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// examples asserts that an Examplewise op treats examples as it says: that the columns
// of its value for one example and for the others, or their sum or mean, are its value
// for all.
func (c *checker) examples(a *application) {
	c.t.Helper()
	op, ok := a.node.Op().(graph.Examplewise)
	if !ok || a.n < 2 || !inOnePlace(a.node) {
		return
	}
	shapes := make([]graph.Shape, len(a.node.Inputs()))
	for i, x := range a.node.Inputs() {
		shapes[i] = x.Shape()
	}
	treatment := op.Examples(graph.Batch, shapes...)
	if treatment == graph.Mixed {
		return
	}
	first, others := a.columns(0, 1), a.columns(1, a.n)
	got, size := make([]float64, len(a.value)), make([]float64, len(a.value))
	run := runOf(a.node.Shape())
	for i := range got {
		switch row, k := i/(run*a.n)*run, i%(run*a.n); treatment {
		case graph.Independent:
			if got[i] = first[row+i%run]; k >= run {
				got[i] = others[row*(a.n-1)+k-run]
			}
			size[i] = math.Abs(got[i])
		case graph.Summed:
			got[i], size[i] = first[i]+others[i], math.Abs(first[i])+math.Abs(others[i])
		case graph.Averaged:
			n := float64(a.n)
			got[i] = first[i]/n + others[i]*((n-1)/n)
			size[i] = math.Abs(first[i]) + math.Abs(others[i])
		}
	}
	rounding := 4 * epsilon(a.dtype()) // where terms of about 1 nearly cancel
	c.report.Checks++
	for i, want := range a.value {
		if e := excess(got[i], want, a.tolerance()*size[i]+rounding); !(e <= 1) && isFinite(want) {
			c.fail(Examples, "%v says that it treats examples in the way %v, but for one and the %d others, entry %d of the value is %v, for all it is %v",
				op, treatment, a.n-1, i, got[i], want)
			return
		}
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// inOnePlace reports whether there are examples, and a node and its inputs have them in one
// place each, where a Program may keep them apart: N is a factor of one extent.
func inOnePlace(y *graph.Node) bool {
	some := false
	for _, x := range append(y.Inputs(), y) {
		places := 0
		for _, d := range x.Shape().Dims() {
			if !graph.Holds(d, graph.Batch) {
				continue
			}
			places++
			if factors := graph.Factors(d); places > 1 || !slices.Contains(factors, graph.Batch) {
				return false
			}
		}
		some = some || places > 0
	}
	return some
}

// runOf returns how many entries of an example of a shape lie together.
func runOf(s graph.Shape) int {
	var after []int
	for _, d := range s.Dims() {
		for _, f := range graph.Factors(d) {
			if after = append(after, f); f == graph.Batch {
				after = after[:0]
			}
		}
	}
	return size(after)
}

// columns returns the value of the op for the examples from ≤ j < to.
func (a *application) columns(from, to int) []float64 {
	var x []*tensor.Dense
	for i, in := range a.node.Inputs() {
		x = append(x, dense(a.dtype(), in.Shape().At(to-from), examplesOf(a.x[i], in.Shape(), a.n, from, to)))
	}
	y := dense(a.dtype(), a.node.Shape().At(to-from), filled(entries(a.node, to-from), math.NaN()))
	a.node.Op().Kernel().Run(y, x...)
	return numbers(y)
}

// examplesOf returns the entries of some of n examples, row by row.
func examplesOf(x []float64, s graph.Shape, n, from, to int) []float64 {
	if !s.Holds(graph.Batch) {
		return x
	}
	run := runOf(s)
	var part []float64
	for i, v := range x {
		if j := i / run % n; from <= j && j < to {
			part = append(part, v)
		}
	}
	return part
}
