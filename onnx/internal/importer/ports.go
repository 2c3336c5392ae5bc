package importer

import (
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// input makes a leaf of an input, or a constant of one that is fixed.
func (r *reader) input(in proto.Value) (Port, *Value, error) {
	if in.Element == 0 {
		return Port{}, nil, fmt.Errorf("%w: it is no tensor", ErrUnsupported)
	}
	if in.Element == proto.String && len(r.texts) == 0 {
		return Port{}, nil, fmt.Errorf("%w: it is of strings, which no node compares with others", ErrUnsupported)
	}
	name := string(in.Name)
	if fixed := r.Fixed[name]; fixed != nil {
		return Port{}, &Value{Type: in.Element, Shape: graph.ShapeOf(fixed.Shape()...), known: knownTensor(fixed, in.Element)}, nil
	}
	if !in.Shaped {
		return Port{}, nil, fmt.Errorf("%w: the file does not say how many axes it has", ErrUnsupported)
	}
	p := Port{Name: name, Type: in.Element}
	for axis, d := range in.Dims {
		p.Dims = append(p.Dims, r.extent(in, axis, d))
	}
	return r.fed(p)
}

// fed makes the leaf of a port of so many entries.
func (r *reader) fed(p Port) (Port, *Value, error) {
	rank := len(p.Dims)
	if slices.Contains(p.Dims, 0) { // there is nothing to be fed
		return Port{}, &Value{Type: p.Type, Shape: graph.ShapeOf(p.Dims...), known: &known{dims: p.Dims}}, nil
	}
	axis := slices.Index(p.Dims, graph.Batch)
	if axis < 0 {
		axis = rank - 1
	}
	p.Axes = axesWithLast(rank, axis)
	dims := make([]int, rank)
	for i, a := range p.Axes {
		dims[a] = p.Dims[i]
	}
	p.Node = r.g.Input(p.Name, dims...)
	v := &Value{Type: p.Type, Shape: graph.ShapeOf(p.Dims...)}
	leaf := r.judged(p.Node, p.Type)
	if p.Type == proto.String {
		p.Names, v.names = r.texts, r.texts
		leaf = ops.Whole(leaf, 0, float64(len(r.texts)))
	}
	switch {
	case axis == 0 && rank > 1:
		v.nodes[examplesLast] = leaf
	case axis != rank-1:
		v.nodes[asInFile] = transpose(leaf, p.Axes)
	default:
		v.nodes[asInFile] = leaf
	}
	return p, v, p.Node.Err()
}

// axesWithLast brings one axis behind the others: axis i becomes axis list[i].
func axesWithLast(rank, last int) []int {
	list := make([]int, rank)
	for i := range list {
		switch {
		case i < last:
			list[i] = i
		case i == last:
			list[i] = rank - 1
		default:
			list[i] = i - 1
		}
	}
	return list
}

// output finds the value of an output.
func (r *reader) output(out proto.Value, s *scope) (p Port, err error) {
	v := s.find(out.Name)
	if v == nil {
		return p, fmt.Errorf("%w: no node computes it", proto.ErrFormat)
	}
	defer refused(&err)
	p = Port{Name: string(out.Name), Type: v.Type, Dims: v.Shape.Dims(), Names: v.names}
	if rank := v.Shape.Rank(); rank > 1 && v.Shape.Dim(0) == graph.Batch {
		p.Node, p.Axes = r.node(v, examplesLast), axesWithLast(rank, 0)
	} else {
		p.Node, p.Axes = r.node(v, asInFile), axesWithLast(rank, rank-1)
	}
	return p, p.Node.Err()
}
