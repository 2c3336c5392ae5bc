package importer

import (
	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// spelled returns the value of the op that a node and those before it are, nil if that is not known.
func (r *reader) spelled(n *proto.Node, s *scope) *Value {
	if n.Doc == "" || r.Spelled == nil || s.outer != nil || len(n.Out) != 1 {
		return nil
	}
	in, y := r.Spelled(n)
	if y == nil || y.Graph().Dtype() != r.g.Dtype() {
		return nil
	}
	of := map[*graph.Node]*graph.Node{}
	for _, x := range in {
		v := s.find(proto.Name(x.Name()))
		if v == nil || v.Shape != x.Shape() || !v.Type.Float() {
			return nil
		}
		var err error
		if of[x], err = r.asInFile(v); err != nil {
			return nil
		}
	}
	made := r.rebuilt(y, of)
	if made.Err() != nil {
		return nil
	}
	if r.g.Dtype() == tensor.Float32 {
		return valueOf(proto.Float32, asInFile, made)
	}
	return valueOf(proto.Float64, asInFile, made)
}

// asInFile is node for a value that may be refused.
func (r *reader) asInFile(v *Value) (n *graph.Node, err error) {
	defer refused(&err)
	return r.node(v, asInFile), nil
}

// rebuilt is y with its inputs replaced.
func (r *reader) rebuilt(y *graph.Node, of map[*graph.Node]*graph.Node) *graph.Node {
	if n := of[y]; n != nil {
		return n
	}
	in := y.Inputs()
	for i, x := range in {
		in[i] = r.rebuilt(x, of)
	}
	of[y] = r.g.Restore(y.Op(), in...)
	return of[y]
}
