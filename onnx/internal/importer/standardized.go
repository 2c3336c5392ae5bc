package importer

import (
	"math"
	"slices"

	"adjoint/onnx/internal/proto"
)

// A Standardizer is what a file does to its only input x of float64 before anything else: (x − Mean)/Scale. If
// that is its front, the input is standardised while it is fed, in float64: see Port. In a formula of float64
// it is nodes like others.
type Standardizer struct {
	Mean, Scale []float64 // by the entries of an example
	Examples    int       // the axis of examples

	tensors [2]*proto.Tensor // mean and scale
}

// standardizerOf finds the standardizer of a file, nil if it has none or its input is fixed.
func (r *reader) standardizerOf(m *proto.Model) *Standardizer {
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
	if len(inputs) != 1 || inputs[0].Element != proto.Float64 || r.Fixed[string(inputs[0].Name)] != nil {
		return nil
	}
	s, at := &Standardizer{}, inputs[0].Name
	for i, op := range []string{"Sub", "Div"} {
		if len(uses[at]) != 1 {
			return nil
		}
		n := uses[at][0]
		if n == nil || n.Op != op || n.Domain != "" || len(n.In) != 2 || n.In[0] != at || len(n.Out) != 1 {
			return nil
		}
		s.tensors[i], at = tensors[n.In[1]], n.Out[0]
	}
	if !s.of(inputs[0]) {
		return nil
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

// standardize takes the leaf of an input for its standardised numbers, if that is what the front is.
func (r *reader) standardize(p *Port, leaf *Value, s *scope) {
	if r.front == nil || !r.front.standardizes {
		return
	}
	p.Standardizer, leaf.Type = r.standardizer, proto.Float32
	for y := range r.front.casts {
		s.values[y] = leaf
	}
}
