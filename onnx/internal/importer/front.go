package importer

import (
	"fmt"
	"slices"

	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// A front is what a file computes of numbers of float64 and of texts before anything else, and then rounds to
// float32: gaps are filled, texts become numbers, columns are standardised. It is a formula of its own, of float64
// and without parameters. The formula of the file is the rest, of float32, whose inputs are the rounded results.
type front struct {
	graph  *proto.Graph              // the front's, with all inputs of the file
	within map[proto.Name]bool       // what it computes, and the inputs that it alone computes with
	casts  map[proto.Name]proto.Name // its results, by what they are when they are rounded
	apart  map[*proto.Node]bool      // nodes of the file that the rest does not need
	kept   map[proto.Name]bool       // what the rest reads

	standardizes bool // it is the Standardizer, and no formula of its own
}

// frontOf finds the front of a file, nil if it has none. It has one if nothing but its front is of float64, the rest has
// numbers to train, and the front has none: no tensor of the file is multiplied as the weights of a layer are.
func (r *reader) frontOf(m *proto.Model) *front {
	f := &front{
		within: map[proto.Name]bool{},
		casts:  map[proto.Name]proto.Name{},
		apart:  map[*proto.Node]bool{},
		kept:   map[proto.Name]bool{},
	}
	inputs := map[proto.Name]bool{}
	for _, in := range m.Graph.Inputs {
		inputs[in.Name] = true
		f.within[in.Name] = (in.Element == proto.Float64 || in.Element == proto.String) && r.Fixed[string(in.Name)] == nil
	}
	for i := range m.Graph.Initializers {
		delete(f.within, m.Graph.Initializers[i].Name)
	}
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		reads := false
		n.Reads(func(x proto.Name) { reads = reads || f.within[x] })
		switch {
		case !reads || n.Op == "Shape" && len(n.In) == 1 && inputs[n.In[0]]: // the rest has an input's extents too
			continue
		case rounds(n):
			if inputs[n.In[0]] {
				return nil
			}
			f.casts[n.Out[0]] = n.In[0]
		default:
			for _, y := range n.Out {
				f.within[y] = y != ""
			}
		}
		f.apart[n] = true
	}
	for _, y := range m.Graph.Outputs {
		if f.kept[y.Name] = true; f.within[y.Name] {
			return nil
		}
	}
	f.divide(m.Graph)
	if len(f.casts) == 0 || !f.trains(m.Graph) || double(m, f) {
		return nil
	}
	f.standardizes = r.standardizer != nil && len(f.graph.Nodes) == 2
	return f
}

// rounds reports whether a node rounds to float32.
func rounds(n *proto.Node) bool {
	return n.Op == "Cast" && n.Domain == "" && len(n.In) == 1 && len(n.Out) == 1 && slices.ContainsFunc(n.Attributes, func(a proto.Attribute) bool {
		return a.Name == "to" && a.Value == int64(proto.Float32)
	})
}

// divide finds what the rest reads, and makes the graph of the front, which may read some of that too.
func (f *front) divide(g *proto.Graph) {
	needed := map[proto.Name]bool{}
	f.graph = &proto.Graph{Name: g.Name, Inputs: g.Inputs}
	for i := range slices.Backward(g.Nodes) {
		n := &g.Nodes[i]
		switch result := f.resultOf(n); {
		case result != "" && !needed[result]:
			needed[result] = true
			f.graph.Outputs = append(f.graph.Outputs, proto.Value{Name: result})
		case f.apart[n]:
		case makes(n, f.kept):
			n.Reads(func(x proto.Name) { f.kept[x] = true })
		default:
			f.apart[n] = true
		}
		if makes(n, needed) {
			n.Reads(func(x proto.Name) { needed[x] = true })
			f.graph.Nodes = append(f.graph.Nodes, *n)
		}
	}
	slices.Reverse(f.graph.Nodes)
	slices.Reverse(f.graph.Outputs)
	for _, t := range g.Initializers {
		if needed[t.Name] {
			f.graph.Initializers = append(f.graph.Initializers, t)
		}
	}
}

// makes reports whether a node computes one of some values.
func makes(n *proto.Node, of map[proto.Name]bool) bool {
	return slices.ContainsFunc(n.Out, func(y proto.Name) bool { return y != "" && of[y] })
}

// trains reports whether the numbers to train are in the rest, all of them.
func (f *front) trains(g *proto.Graph) bool {
	tensors := map[proto.Name]bool{}
	for _, t := range f.graph.Initializers {
		tensors[t.Name] = true
	}
	for _, n := range f.graph.Nodes {
		switch n.Op {
		case "MatMul", "Gemm", "Conv", "ConvTranspose":
			if slices.ContainsFunc(n.In, func(x proto.Name) bool { return tensors[x] }) {
				return false
			}
		}
	}
	return slices.ContainsFunc(g.Initializers, func(t proto.Tensor) bool {
		return f.kept[t.Name] && t.Element == proto.Float32 && len(t.Dims) > 0
	})
}

// leaves and has report what is in the rest: a node of the file, and what a name stands for. Of an input that the
// front alone computes with, the rest may have the extents.
func (f *front) leaves(n *proto.Node) bool { return f == nil || !f.apart[n] }
func (f *front) has(name proto.Name) bool  { return f == nil || f.kept[name] && !f.within[name] }

// owns reports whether only the front reads an input.
func (f *front) owns(name proto.Name) bool {
	return f != nil && !f.standardizes && f.within[name] && !f.kept[name]
}

// readFront makes the formula of a front.
func (r *reader) readFront(m *proto.Model, bytes int) (*Formula, error) {
	o := r.Options
	o.Dtype, o.Spelled, o.Frozen = tensor.Float64, nil, func(string) bool { return true }
	of := *m
	of.Graph = r.front.graph
	f, err := Read(&of, bytes, o)
	if err != nil {
		return nil, fmt.Errorf("in float64, before it is rounded: %w", err)
	}
	return f, nil
}

// join takes the results of the front for what they are when they are rounded.
func (r *reader) join(f *Formula, s *scope) error {
	if f.Front == nil {
		return nil
	}
	leaves := map[proto.Name]*Value{}
	for _, y := range f.Front.Outputs {
		p, v, err := r.fed(Port{Name: y.Name, Type: y.Type, Dims: y.Dims})
		if err != nil {
			return fmt.Errorf("%s: %w", y.Name, err)
		}
		if v.Type = proto.Float32; p.Node != nil {
			f.Inputs = append(f.Inputs, p)
		}
		leaves[proto.Name(y.Name)] = v
	}
	for y, result := range r.front.casts {
		s.values[y] = leaves[result]
	}
	return nil
}

// resultOf returns the result that a node rounds, "" if it is none of those.
func (f *front) resultOf(n *proto.Node) proto.Name {
	if f.apart[n] && len(n.Out) == 1 {
		return f.casts[n.Out[0]]
	}
	return ""
}
