package onnx

import (
	"fmt"
	"slices"
	"strings"

	"adjoint/graph"
	"adjoint/graphio"
	"adjoint/onnx/internal/proto"
)

// A spelling is an op that a file has as several nodes, or as one that has a graph. The doc string of the last of them says
// which op that is, as the formula of package graphio of it alone, whose inputs have the names of
// the file's values. Programs that run the file run the nodes. Read takes the op for them, and so
// computes the same bits, after it has found that they are those that Write would write for it.

// spelled returns the doc string of the node that computes n, "" if none can say it.
func (b *builder) spelled(n *graph.Node) string {
	a := alone{b: b, g: graph.NewOf(n.Graph().Dtype()), of: map[*graph.Node]*graph.Node{}, known: true}
	in := n.Inputs()
	for i, x := range in {
		in[i] = a.operand(x)
	}
	if !a.known || len(a.inputs) == 0 {
		return ""
	}
	text, tensors, err := graphio.Encode(map[string][]*graph.Node{"x": a.inputs, "y": {graph.Apply(n.Op(), in...)}})
	if err != nil || len(tensors) > 0 {
		return ""
	}
	return string(text)
}

// An alone makes the formula of one op.
type alone struct {
	b      *builder
	g      *graph.Graph
	of     map[*graph.Node]*graph.Node
	inputs []*graph.Node
	known  bool // all inputs are in the file
}

// operand returns the input of the op that stands for x: what operands look through is there too.
func (a *alone) operand(x *graph.Node) *graph.Node {
	if y := a.of[x]; y != nil {
		return y
	}
	d, _ := description(x)
	var y *graph.Node
	if c, ok := graph.ConstOf(x); ok {
		y = a.g.Const(c, x.Shape().Dims()...)
	} else if d.Name == "BroadcastTo" {
		y = graph.Apply(x.Op(), a.operand(x.In(0)))
	} else {
		name := a.b.value[x]
		a.known = a.known && name != ""
		y = a.g.Input(string(name), x.Shape().Dims()...)
		a.inputs = append(a.inputs, y)
	}
	a.of[x] = y
	return y
}

// spellings finds the ops of a file.
type spellings struct {
	places
	extents map[string]bool // names of the extents of inputs
	inputs  map[value]proto.Value
	bodies  map[string]*graph.Body // by what they are: ops that had one body have one again
	budget  int
}

// What finding an op costs is about the square of its extents; a file may ask for as much as this,
// and for more if it is long.
const (
	mostSpelled     = 1 << 16 // values of one op
	spellingBudget  = 1 << 24
	spellingPerByte = 1 << 6
)

func spellingsOf(m *proto.Model, bytes int) *spellings {
	s := &spellings{newPlaces(), map[string]bool{}, map[value]proto.Value{}, map[string]*graph.Body{}, spellingBudget + spellingPerByte*bytes}
	s.add(m.Graph)
	for _, v := range m.Graph.Inputs {
		s.inputs[v.Name] = v
		for _, d := range v.Dims {
			s.extents[d.Name] = true
		}
	}
	return s
}

// find returns the formula that the doc string of a node has, if the nodes of the file are
// those of it: its inputs, named as the values of the file, and the op.
func (s *spellings) find(n *proto.Node) (in []*graph.Node, y *graph.Node) {
	if len(n.Out) != 1 || s.made[n.Out[0]] != n || !strings.HasPrefix(n.Doc, "{") {
		return nil, nil
	}
	roles, err := graphio.Decode([]byte(n.Doc), nil)
	if err != nil || len(roles["y"]) != 1 || roles["y"][0].Kind() != graph.Applied {
		return nil, nil
	}
	in, y = roles["x"], s.shared(roles["y"][0])
	for _, x := range cone([]*graph.Node{y}, (*graph.Node).Inputs) {
		if x.Kind() != graph.Applied && !slices.Contains(in, x) {
			return nil, nil
		}
	}
	size := extentsOf(y)
	for _, x := range in {
		size += extentsOf(x)
	}
	if size > 1<<20 || size*size > s.budget {
		return nil, nil
	}
	s.budget -= size * size
	if !s.writes(in, y, n.Out[0]) {
		return nil, nil
	}
	return in, y
}

// shared is y with the bodies of its op in place of equal ones.
func (s *spellings) shared(y *graph.Node) *graph.Node {
	d, _ := description(y)
	d.Args = slices.Clone(d.Args)
	for i, a := range d.Args {
		if body, ok := a.(*graph.Body); ok {
			d.Args[i] = s.body(body)
		}
	}
	op, err := graph.Make(d, len(y.Inputs()))
	if err != nil {
		return y
	}
	return graph.Apply(op, y.Inputs()...)
}

func (s *spellings) body(b *graph.Body) *graph.Body {
	out := b.Outputs()
	text, _, err := graphio.Encode(map[string][]*graph.Node{"x": b.Inputs(), "y": slices.DeleteFunc(slices.Clone(out), func(n *graph.Node) bool { return n == nil })})
	if err != nil {
		return b
	}
	is := string(text)
	for _, n := range out {
		is += fmt.Sprint(n == nil)
	}
	if s.bodies[is] == nil {
		s.bodies[is] = b
	}
	return s.bodies[is]
}

// extentsOf is the sum of the extents that are numbers.
func extentsOf(n *graph.Node) int {
	sum := 0
	for _, d := range n.Shape().Dims() {
		if !graph.Symbolic(d) {
			sum = min(sum+d, 1<<30)
		}
	}
	return sum
}

// writes reports whether Write makes of y the nodes of the file that compute a value.
func (s *spellings) writes(in []*graph.Node, y *graph.Node, made value) bool {
	low, b := newLowering(), newBuilder("", y.Graph().Dtype())
	root := low.lower(y)
	c := spellingCheck{spellings: s, leaf: map[value]value{}, extent: map[value]string{}, ours: newPlaces(), same: map[[2]value]bool{}}
	for _, x := range in {
		name := b.unique("input")
		b.value[x], c.leaf[name] = name, value(x.Name())
		for _, d := range x.Shape().Dims() {
			c.allow(b, d)
		}
	}
	if err := b.translate([]*graph.Node{root}, func(n *graph.Node) value { return b.unique(nameOf(n)) }); err != nil || b.err != nil {
		return false
	}
	c.ours.add(&b.file)
	return len(c.ours.times) <= mostSpelled && c.equal(made, b.value[root])
}
