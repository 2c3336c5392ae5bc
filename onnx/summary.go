package onnx

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"adjoint/data"
	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// A Summary is what a file says, whether it is read or not.
type Summary struct {
	Opset     int
	Producer  string
	Operators []Use // by name
}

// A Use is an operator, and how often a file has it, in branches and functions too.
type Use struct {
	Name    string
	Times   int
	Defined bool // in the file, as a function
}

// SummaryOf returns that of a file.
func SummaryOf(path string) (*Summary, error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("onnx: %w", err)
	}
	m, err := proto.Decode(bytes)
	if err != nil {
		return nil, fmt.Errorf("onnx: %s: %w", path, err)
	}
	s := &Summary{Producer: m.Producer}
	for _, o := range m.Opsets {
		if o.Domain == "" || o.Domain == "ai.onnx" {
			s.Opset = o.Version
		}
	}
	uses := map[string]*Use{}
	var walk func(nodes []proto.Node)
	walk = func(nodes []proto.Node) {
		for _, n := range nodes {
			name := n.Op
			if n.Domain != "" && n.Domain != "ai.onnx" {
				name = n.Domain + "." + name
			}
			if uses[name] == nil {
				uses[name] = &Use{Name: name}
			}
			uses[name].Times++
			for _, a := range n.Attributes {
				if g, ok := a.Value.(*proto.Graph); ok {
					walk(g.Nodes)
				}
			}
		}
	}
	walk(m.Graph.Nodes)
	for _, f := range m.Functions {
		walk(f.Nodes)
		if u := uses[strings.TrimPrefix(f.Domain+"."+f.Name, ".")]; u != nil {
			u.Defined = true
		}
	}
	for _, u := range uses {
		s.Operators = append(s.Operators, *u)
	}
	slices.SortFunc(s.Operators, func(a, b Use) int { return strings.Compare(a.Name, b.Name) })
	return s, nil
}

// Tensor returns an array as the port's node is fed: in the formula's float type, with its
// axes in the node's order.
func (p Port) Tensor(a Array) (*tensor.Dense, error) {
	return p.tensor(a, p.Node.Graph().Dtype())
}

// Feed feeds the port's node to a program of one's own. An input that the program does not
// read is left out.
func (p Port) Feed(program *graph.Program, a Array) error {
	t, err := p.Tensor(a)
	if err == nil {
		err = program.Feed(p.Node, t)
	}
	if err != nil && !isUnread(err) {
		return fmt.Errorf("onnx: input %q: %w", p.Name, err)
	}
	return nil
}

// Write writes the formula of a file as another, which takes what Takes says and has the same outputs, with
// examples as the last axis of each. Texts are their places in Port.Names.
func (f *File) Write(w io.Writer) error {
	o := Options{Doc: f.Doc, scalers: map[*graph.Node]*data.Scaler{}}
	var out []*graph.Node
	for _, p := range f.Inputs {
		o.Inputs, o.scalers[p.Node] = append(o.Inputs, p.Node), p.Scaler
	}
	if f.Front != nil {
		o.of = f
	}
	for _, p := range f.Outputs {
		out = append(out, p.Node)
	}
	return Write(w, o, out...)
}
