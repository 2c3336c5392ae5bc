package importer

import (
	"math"
	"slices"

	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// A Standardizer is what a file does to its only input x of float64 before anything else: (x − Mean)/Scale. If
// the file then rounds it to float32, and has no other numbers of float64, the formula is of float32, and the
// input is standardised while it is fed, in float64: see Port. In a formula of float64 it is nodes like others.
type Standardizer struct {
	Mean, Scale []float64 // by the entries of an example
	Examples    int       // the axis of examples

	tensors [2]*proto.Tensor // mean and scale
	nodes   [2]*proto.Node   // the difference and the quotient
	input   proto.Name
	rounded bool
}

// standardizerOf finds the standardizer of a file, nil if it has none.
func standardizerOf(m *proto.Model) *Standardizer {
	tensors, uses := map[proto.Name]*proto.Tensor{}, map[proto.Name][]*proto.Node{}
	for i := range m.Graph.Initializers {
		tensors[m.Graph.Initializers[i].Name] = &m.Graph.Initializers[i]
	}
	for i := range m.Graph.Nodes {
		n := &m.Graph.Nodes[i]
		if n.Op != "Shape" {
			n.Reads(func(x proto.Name) { uses[x] = append(uses[x], n) })
		}
	}
	for _, y := range m.Graph.Outputs {
		uses[y.Name] = append(uses[y.Name], nil)
	}
	inputs := slices.DeleteFunc(slices.Clone(m.Graph.Inputs), func(v proto.Value) bool { return tensors[v.Name] != nil })
	if len(inputs) != 1 || inputs[0].Element != proto.Float64 {
		return nil
	}
	s := &Standardizer{input: inputs[0].Name, rounded: true}
	at := s.input
	for i, op := range []string{"Sub", "Div"} {
		if len(uses[at]) != 1 {
			return nil
		}
		n := uses[at][0]
		if n == nil || n.Op != op || n.Domain != "" || len(n.In) != 2 || n.In[0] != at || len(n.Out) != 1 {
			return nil
		}
		s.nodes[i], s.tensors[i], at = n, tensors[n.In[1]], n.Out[0]
	}
	if !s.of(inputs[0]) {
		return nil
	}
	for _, n := range uses[at] {
		s.rounded = s.rounded && n != nil && n.Op == "Cast" && n.Domain == "" && slices.ContainsFunc(n.Attributes, func(a proto.Attribute) bool {
			return a.Name == "to" && a.Value == int64(proto.Float32)
		})
	}
	return s
}

// of reads the numbers. It reports whether there is one of each for each entry of an example of x, of which the
// number of examples is the only extent that the file does not say.
func (s *Standardizer) of(x proto.Value) bool {
	s.Examples = slices.IndexFunc(x.Dims, func(d proto.Dim) bool { return !d.Known })
	if s.Examples < 0 {
		return false
	}
	dims := make([]int, len(x.Dims))
	for i, d := range x.Dims {
		if dims[i] = d.Size; i == s.Examples {
			dims[i] = 1
		} else if !d.Known {
			return false
		}
	}
	for i, to := range []*[]float64{&s.Mean, &s.Scale} {
		t := s.tensors[i]
		if t == nil || t.Element != proto.Float64 || len(t.External) > 0 || !slices.Equal(t.Dims, dims) {
			return false
		}
		var err error
		if *to, err = t.Floats(); err != nil {
			return false
		}
	}
	finite := func(v float64) bool { return !math.IsInf(v, 0) && v == v }
	for i, mean := range s.Mean {
		if !finite(mean) || !finite(s.Scale[i]) || !(s.Scale[i] > 0) {
			return false
		}
	}
	return len(s.Mean) > 0
}

// has reports whether a tensor is the mean or the scale.
func (s *Standardizer) has(t *proto.Tensor) bool { return s != nil && slices.Contains(s.tensors[:], t) }

// feeds reports whether inputs of a graph of this type are standardised while they are fed.
func (s *Standardizer) feeds(dtype tensor.Dtype) bool {
	return s != nil && s.rounded && dtype == tensor.Float32
}

// standardize takes a leaf for the standardised numbers of the input, if that is how it is fed.
func (r *reader) standardize(p *Port, leaf *Value, s *scope) {
	if of := r.standardizer; of.feeds(r.g.Dtype()) {
		p.Standardizer, leaf.Type = of, proto.Float32
		s.values[of.nodes[1].Out[0]] = leaf
	}
}

// standardizes reports whether a node is part of what the input is fed through.
func (r *reader) standardizes(n *proto.Node) bool {
	of := r.standardizer
	return of.feeds(r.g.Dtype()) && slices.Contains(of.nodes[:], n)
}
