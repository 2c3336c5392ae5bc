package models

import (
	"fmt"
	"math/bits"
	"slices"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// sparseExtent is how many entries that are not 0 sparse rows have together, and some beyond: see entriesRoom.
var sparseExtent = graph.Extent("E")

// entriesShape is the shape of an input that takes a number for each of them.
var entriesShape = graph.ShapeOf(sparseExtent)

// A sparsePart is what an input is fed of sparse rows.
type sparsePart string

// The parts of sparse rows, which are the names of the inputs too: what ops.SparseMatMul takes.
const (
	noSparsePart sparsePart = ""
	sparseValues sparsePart = "values"
	sparseColumn sparsePart = "columns"
	sparseCounts sparsePart = "counts"
)

// sparseParts are the parts in the order of the inputs.
var sparseParts = []sparsePart{sparseValues, sparseColumn, sparseCounts}

// shape returns the shape of the input.
func (p sparsePart) shape() graph.Shape {
	if p == sparseCounts {
		return graph.ShapeOf(1, graph.Batch)
	}
	return entriesShape
}

// isEntries reports whether an input takes a number for each entry of sparse rows.
func isEntries(x *graph.Node) bool { return x.Shape() == entriesShape }

// enterSparse makes the inputs for the sparse rows that x, which is fed nothing, stands for.
func (b *Builder) enterSparse(x *graph.Node) []*graph.Node {
	var parts []*graph.Node
	for _, p := range sparseParts {
		parts = append(parts, b.g.Input(string(p), p.shape().Dims()...))
	}
	b.expandTo(x, expansion{entries: parts})
	return parts
}

// readsSparse returns an error if a, the value of layers, depends on x otherwise than by products.
func readsSparse(a, x *graph.Node) error {
	if a.Err() == nil && slices.Contains(graph.Cone(a), x) {
		return fmt.Errorf("%w: sparse rows go into a Dense layer only: make it the first, or write the zeros out by Dense: %w", ErrOption, data.ErrSparse)
	}
	return nil
}

// sparseSources are the sources of inputs that enterSparse has made. The first has the names of the columns.
func sparseSources(inputs []*graph.Node, d *data.Dataset) []source {
	list := make([]source, len(inputs))
	for i, x := range inputs {
		list[i] = source{leaf: x, sparse: sparseParts[i], all: true}
	}
	list[0].columns = slices.Clone(d.Features)
	return list
}

// fillSparse writes a part of rows into v.
func (r *reader) fillSparse(v *tensor.Dense, rows []int) error {
	if v.Dtype() == tensor.Float32 {
		return gatherPart(r.sparse, v.Float32s(), rows, r.d.GatherSparse32)
	}
	return gatherPart(r.sparse, v.Float64s(), rows, r.d.GatherSparse)
}

func gatherPart[T float32 | float64](p sparsePart, v []T, rows []int, gather func(values, columns, counts []T, rows []int) error) error {
	switch p {
	case sparseValues:
		return gather(v, nil, nil, rows)
	case sparseColumn:
		return gather(nil, v, nil, rows)
	}
	return gather(nil, nil, v, rows)
}

// entriesRoom returns how many entries there is room for where there are n: a multiple of about n/8, so that batches of about as
// many have programs of one size.
func entriesRoom(n int) int {
	step := 1 << max(bits.Len(uint(n))-4, 4)
	return max((n+step-1)/step, 1) * step
}

// sparseTimes returns φ(w, x) of sparse rows.
func (e expansion) sparseTimes(w *graph.Node) *graph.Node {
	return ops.SparseMatMul(w, e.entries[0], e.entries[1], e.entries[2])
}
