package importer

import (
	"cmp"

	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// dtypeOf is the type that is asked for, else float64 if the file has such numbers anywhere but in a front, which it finds.
func (r *reader) dtypeOf(m *proto.Model) tensor.Dtype {
	if r.Dtype == tensor.Float64 || !double(m, nil) {
		return cmp.Or(r.Dtype, tensor.Float32)
	}
	if r.front = r.frontOf(m); r.front != nil {
		return tensor.Float32
	}
	return cmp.Or(r.Dtype, tensor.Float64)
}

// double reports whether a file has numbers of float64 anywhere but in a front, which may be nil.
func double(m *proto.Model, but *front) (double bool) {
	graphs := []*proto.Graph{m.Graph}
	eachNode(m, func(n *proto.Node) {
		if !but.leaves(n) {
			return
		}
		for _, a := range n.Attributes {
			switch v := a.Value.(type) {
			case proto.Tensor:
				double = double || v.Element == proto.Float64
			case *proto.Graph:
				graphs = append(graphs, v)
			case int64:
				double = double || n.Op == "Cast" && a.Name == "to" && proto.Element(v) == proto.Float64
			}
		}
	})
	for _, g := range graphs {
		for _, t := range g.Initializers {
			double = double || t.Element == proto.Float64 && (g != m.Graph || but.has(t.Name))
		}
		for _, v := range g.Inputs {
			double = double || v.Element == proto.Float64 && (g != m.Graph || but.has(v.Name))
		}
	}
	return double
}

// eachNode calls do for the nodes of a file, those of branches, loops and functions too.
func eachNode(m *proto.Model, do func(n *proto.Node)) {
	var look func(nodes []proto.Node)
	look = func(nodes []proto.Node) {
		for i := range nodes {
			do(&nodes[i])
			for _, a := range nodes[i].Attributes {
				if g, ok := a.Value.(*proto.Graph); ok {
					look(g.Nodes)
				}
			}
		}
	}
	look(m.Graph.Nodes)
	for _, f := range m.Functions {
		look(f.Nodes)
	}
}
