package onnx

import (
	"reflect"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// Places are where the values of a graph, and of those within it, are from.
type places struct {
	made    map[value]*proto.Node
	tensors map[value]*proto.Tensor
	times   map[value]int // how many values have a name
}

func newPlaces() places {
	return places{map[value]*proto.Node{}, map[value]*proto.Tensor{}, map[value]int{}}
}

func (p places) add(g *proto.Graph) {
	for _, v := range g.Inputs {
		p.times[v.Name]++
	}
	for i := range g.Initializers {
		t := &g.Initializers[i]
		p.tensors[t.Name] = t
		p.times[t.Name]++
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		for _, out := range n.Out {
			p.made[out] = n
			p.times[out]++
		}
		for _, a := range n.Attributes {
			if inner, ok := a.Value.(*proto.Graph); ok {
				p.add(inner)
			}
		}
	}
}

// A spellingCheck compares values of the file with those that Write makes.
type spellingCheck struct {
	*spellings
	leaf   map[value]value  // the names in the file of the inputs
	extent map[value]string // those of the extents, by the values that Write would read them from
	ours   places
	same   map[[2]value]bool
}

// equal reports whether a value of the file is computed as one of Write's, and is the only one of its name.
func (c *spellingCheck) equal(file, ours value) (same bool) {
	if c.times[file] > 1 && file != "" {
		return false
	}
	if name, ok := c.leaf[ours]; ok || ours == "" {
		return file == name
	}
	pair := [2]value{file, ours}
	if same, ok := c.same[pair]; ok {
		return same
	}
	c.same[pair] = false
	defer func() { c.same[pair] = same }()
	if t := c.ours.tensors[ours]; t != nil {
		u := c.tensors[file]
		return u != nil && t.Element == u.Element && slices.Equal(t.Dims, u.Dims) && slices.Equal(t.Raw, u.Raw)
	}
	n, m := c.ours.made[ours], c.made[file]
	if n == nil || m == nil || n.Op != m.Op || n.Domain != m.Domain || len(n.In) != len(m.In) ||
		slices.Index(n.Out, ours) != slices.Index(m.Out, file) {
		return false
	}
	if n.Op == "Shape" && c.extent[n.In[0]] != "" {
		return c.extentIs(m, c.extent[n.In[0]])
	}
	return slices.EqualFunc(m.In, n.In, c.equal) && slices.EqualFunc(m.Attributes, n.Attributes, c.equalAttributes)
}

// equalAttributes is equal for attributes. Of graphs the values count, whatever their names are.
func (c *spellingCheck) equalAttributes(file, ours proto.Attribute) bool {
	f, ok := file.Value.(*proto.Graph)
	o, both := ours.Value.(*proto.Graph)
	if !ok || !both {
		return reflect.DeepEqual(file, ours)
	}
	if file.Name != ours.Name || file.Ref != "" || len(f.Inputs) != len(o.Inputs) || len(f.Outputs) != len(o.Outputs) {
		return false
	}
	for i, v := range o.Inputs {
		c.leaf[v.Name] = f.Inputs[i].Name
	}
	return slices.EqualFunc(f.Outputs, o.Outputs, func(f, o proto.Value) bool { return c.equal(f.Name, o.Name) })
}

// extentIs reports whether a node of the file reads the extent of a name from an input.
func (c *spellingCheck) extentIs(n *proto.Node, name string) bool {
	in, start, end := c.inputs[n.In[0]], int64(-1), int64(-1)
	for _, a := range n.Attributes {
		switch v, _ := a.Value.(int64); a.Name {
		case "start":
			start = v
		case "end":
			end = v
		}
	}
	return start >= 0 && start < int64(len(in.Dims)) && end == start+1 && in.Dims[start].Name == name
}

// allow tells a builder that a symbol can be read where the file has it.
func (c *spellingCheck) allow(b *builder, d int) {
	name := graph.ExtentString(d)
	_, known := b.extents[d]
	switch {
	case !graph.Symbolic(d) || known:
	case c.extents[name]:
		of := b.unique("extent")
		b.extents[d], c.extent[of] = extent{of, 0}, name
	default:
		if of, _, _, _, ok := graph.QuotientOf(d); ok {
			c.allow(b, of)
		} else if f := graph.Factors(d); len(f) > 1 {
			for _, d := range f {
				c.allow(b, d)
			}
		}
	}
}
