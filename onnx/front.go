package onnx

import (
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// Takes returns the inputs of the file: those of Front if there is one, else Inputs.
func (f *File) Takes() []Port {
	if f.Front != nil {
		return f.Front.Inputs
	}
	return f.Inputs
}

// enterFront writes the front of a file, in float64, before its formula, and rounds the results, which are inputs of
// the formula, as what the front takes may be.
func (b *builder) enterFront(f *File) error {
	low, element := newLowering(), b.element
	b.element, b.whole = proto.Float64, low.whole
	for _, p := range f.Front.Inputs {
		b.enter(nameOf(p.Node), p.Node, nil, ModelOptions{Columns: true})
	}
	roots := make([]*graph.Node, len(f.Front.Outputs))
	for i, p := range f.Front.Outputs {
		roots[i] = low.lower(p.Node)
		if err := roots[i].Err(); err != nil {
			return fmt.Errorf("onnx: %w", err)
		}
	}
	if err := b.translate(roots, func(n *graph.Node) value { return b.unique(low.nameOf(n)) }); err != nil {
		return err
	}
	b.element, b.cached = element, map[string]value{} // constants are of the formula's type from here on
	for _, p := range f.Front.Inputs {
		roots = append(roots, p.Node)
	}
	for i, p := range slices.Concat(f.Front.Outputs, f.Front.Inputs) {
		at := slices.IndexFunc(f.Inputs, func(q Port) bool { return q.Name == p.Name })
		if at < 0 { // it has no entries, or only the front takes it
			continue
		}
		leaf := f.Inputs[at]
		order := make([]int, len(p.Axes))
		for axis, to := range leaf.Axes {
			order[to] = p.Axes[axis]
		}
		c := call{builder: b, name: b.unique(nameOf(leaf.Node))}
		b.value[leaf.Node] = c.transpose(c.cast(b.value[roots[i]], element), order)
	}
	return nil
}
