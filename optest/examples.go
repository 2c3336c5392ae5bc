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
	if !ok || a.n < 2 || !examplesLast(a.node) {
		return
	}
	shapes := make([]graph.Shape, len(a.node.Inputs()))
	for i, x := range a.node.Inputs() {
		shapes[i] = x.Shape()
	}
	treatment := op.Examples(shapes...)
	if treatment == graph.Mixed {
		return
	}
	first, others := a.columns(0, 1), a.columns(1, a.n)
	got, size := make([]float64, len(a.value)), make([]float64, len(a.value))
	for i := range got {
		switch row := i / a.n; treatment {
		case graph.Independent:
			if got[i] = first[row]; i%a.n > 0 {
				got[i] = others[row*(a.n-1)+i%a.n-1]
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
	tolerance := 1e-12
	if a.dtype() == tensor.Float32 {
		tolerance = 1e-5
	}
	c.report.Checks++
	for i, want := range a.value {
		if e := excess(got[i], want, tolerance*(1e-3+size[i])); !(e <= 1) && isFinite(want) {
			c.fail(Examples, "%v says that it treats examples in the way %v, but for one and the %d others, entry %d of the value is %v, for all it is %v",
				op, treatment, a.n-1, i, got[i], want)
			return
		}
	}
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// examplesLast reports whether there are examples, and those of a node and of its
// inputs are where a Program keeps them apart: the last axis, and no other. A kernel
// that reads by strides may read a transpose.
func examplesLast(y *graph.Node) bool {
	strided := y.Op().Kernel().IsStrided()
	any := false
	for _, x := range append(y.Inputs(), y) {
		dims := x.Shape().Dims()
		at := slices.Index(dims, graph.Batch)
		any = any || at >= 0
		if at >= 0 && (slices.Contains(dims[at+1:], graph.Batch) || at < len(dims)-1 && (x == y || !strided)) {
			return false
		}
	}
	return any
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
	if !s.HasBatch() {
		return x
	}
	dims := s.Dims()
	after := size(dims[slices.Index(dims, graph.Batch)+1:]) // entries from one example to the next
	var part []float64
	for i, v := range x {
		if j := i / after % n; from <= j && j < to {
			part = append(part, v)
		}
	}
	return part
}
