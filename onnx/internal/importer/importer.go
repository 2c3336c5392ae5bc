// Package importer makes formulas of ONNX files.
//
// A [rule] says what an operator becomes; the table of them is in rules.go, and the rules stand
// in files by subject. A [Value] is what a name of the file stands for: a node, a tensor of the
// file from which no node has been made yet, or entries that are known while reading, such as
// the shapes that a file computes.
//
// Files have examples as the first axis, formulas as the last. An input whose first axis is the
// number of examples becomes an Input leaf with that axis last, and rules keep it there for as
// long as they can: see [Value].
package importer

import (
	"cmp"
	"errors"
	"fmt"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// ErrUnsupported is what the error of a file that is not read wraps.
var ErrUnsupported = errors.New("ONNX file is not read")

// Options are those of Read.
type Options struct {
	Dims   map[string]int           // extents, by the names that the file has for them
	Fixed  map[string]*tensor.Dense // inputs that are constants
	Frozen func(name string) bool   // whether a tensor of numbers is a constant; nil: none is
	Load   Loader                   // reads what is in files beside this one; nil: that is refused
	Dtype  tensor.Dtype             // of the graph; the zero Dtype: the one that the file asks for

	// Spelled returns the formula of the op that a node and those before it are, and its inputs,
	// which have the names of values; nil if they are none.
	Spelled func(n *proto.Node) (in []*graph.Node, y *graph.Node)
}

// A Loader returns bytes of a file beside the one that is read; all from offset on if length
// is negative.
type Loader func(name string, offset, length int64) ([]byte, error)

// A Formula is what a file becomes.
type Formula struct {
	Graph           *graph.Graph
	Inputs, Outputs []Port
	Params          []*graph.Node
	File            *proto.Model
	Front           *Formula // of float64, whose outputs, rounded, are inputs of this; nil if there is none
}

// A Port is an input or an output of the file.
type Port struct {
	Name string
	Type proto.Element
	Dims []int // extents in the file's order
	Axes []int // axis i of the file is axis Axes[i] of Node
	Node *graph.Node

	Names []string // of strings: the entries of Node are places in it, or past it

	Standardizer *Standardizer // of float64: what is fed is standardised by it before it is rounded to Node's type
}

// A reader makes a formula of a file.
type reader struct {
	Options
	g         *graph.Graph
	file      *proto.Model
	opsets    map[string]int
	functions map[string]*proto.Function
	batch     string // the name of the extent that is graph.Batch
	params    []*graph.Node
	tensors   map[*proto.Tensor]*Value   // those of graphs; each is there once, however often its graph is read
	texts     []string                   // those that inputs may be
	spellings map[*proto.Node]spelling   // the ops that nodes of the file's graph end
	late      map[proto.Name]*proto.Node // those that only such ops stand for, by what they compute
	top       *scope

	standardizer *Standardizer
	front        *front
	budget       int // how many nodes may be read yet
	depth        int // of graphs and functions
}

// A scope has the values of a graph. A branch, or the body of a loop, sees those around it.
type scope struct {
	outer  *scope
	values map[proto.Name]*Value
}

// outermost is the scope of the file's graph, or of a function.
func (s *scope) outermost() *scope {
	for s.outer != nil {
		s = s.outer
	}
	return s
}

func (s *scope) find(name proto.Name) *Value {
	for ; s != nil; s = s.outer {
		if v := s.values[name]; v != nil {
			return v
		}
	}
	return nil
}

// Bounds on what a file may ask for.
const (
	deepest    = 64   // graphs and functions that are inside each other
	mostKnown  = 4096 // entries of a value that are computed while reading
	mostNodes  = 1 << 16
	bytesANode = 16
)

// Read makes the formula of a file of so many bytes.
func Read(m *proto.Model, bytes int, o Options) (f *Formula, err error) {
	r := &reader{
		Options:   o,
		file:      m,
		opsets:    map[string]int{},
		functions: map[string]*proto.Function{},
		tensors:   map[*proto.Tensor]*Value{},
		budget:    mostNodes + bytes/bytesANode,
		texts:     textsOf(m),
		spellings: map[*proto.Node]spelling{},
		late:      map[proto.Name]*proto.Node{},
	}
	for _, s := range m.Opsets {
		r.opsets[domainOf(s.Domain)] = s.Version
	}
	if len(m.Opsets) == 0 {
		r.opsets[""] = 1
	}
	for i, p := range m.Functions {
		r.functions[domainOf(p.Domain)+":"+p.Name] = &m.Functions[i]
	}
	r.standardizer = r.standardizerOf(m)
	r.g = graph.NewOf(r.dtypeOf(m))
	if r.front == nil || r.front.standardizes {
		return r.read(m.Graph, nil)
	}
	first, err := r.readFront(m, bytes)
	if err != nil {
		return nil, err
	}
	return r.read(m.Graph, first)
}

// domainOf is the name of a domain; that of ONNX's own operators is "".
func domainOf(name string) string {
	if name == "ai.onnx" {
		return ""
	}
	return name
}

// read makes the formula of the file's graph, that of the rest if the file has a front.
func (r *reader) read(g *proto.Graph, first *Formula) (*Formula, error) {
	f := &Formula{Graph: r.g, File: r.file, Front: first}
	s := &scope{values: map[proto.Name]*Value{}}
	if err := r.initialize(g, s); err != nil {
		return nil, err
	}
	r.batch = batchName(g, s)
	for _, in := range g.Inputs {
		if s.values[in.Name] != nil || r.front.owns(in.Name) { // the default of an input is what it is
			continue
		}
		p, v, err := r.input(in)
		if err != nil {
			return nil, fmt.Errorf("input %s: %w", in.Name, err)
		}
		if s.values[in.Name] = v; p.Node != nil {
			r.standardize(&p, v, s)
			f.Inputs = append(f.Inputs, p)
		}
	}
	if err := r.join(f, s); err != nil {
		return nil, err
	}
	r.top = s
	r.spell(g)
	if err := r.nodes(g.Nodes, s, nil); err != nil {
		return nil, err
	}
	for _, out := range g.Outputs {
		p, err := r.output(out, s)
		if err != nil {
			return nil, fmt.Errorf("output %s: %w", out.Name, err)
		}
		f.Outputs = append(f.Outputs, p)
	}
	if len(f.Outputs) == 0 {
		return nil, fmt.Errorf("%w: the graph has no outputs", ErrUnsupported)
	}
	f.Params = r.params
	return f, nil
}

// initialize enters the tensors of a graph.
func (r *reader) initialize(g *proto.Graph, s *scope) error {
	for i := range g.Initializers {
		t := &g.Initializers[i]
		if r.tensors[t] == nil {
			v, err := r.tensor(t)
			if err != nil {
				return fmt.Errorf("tensor %s: %w", t.Name, err)
			}
			r.tensors[t] = v
		}
		s.values[t.Name] = r.tensors[t]
	}
	return nil
}

// tensor returns the value that a tensor of the file is.
func (r *reader) tensor(t *proto.Tensor) (*Value, error) {
	if err := r.load(t); err != nil {
		return nil, err
	}
	if _, err := t.Len(); err != nil {
		return nil, err
	}
	return &Value{Type: t.Element, Shape: graph.ShapeOf(t.Dims...), tensor: t}, nil
}

// load reads the entries of a tensor that are in another file.
func (r *reader) load(t *proto.Tensor) error {
	if len(t.External) == 0 {
		return nil
	}
	place := map[string]string{}
	for _, e := range t.External {
		place[e.Key] = e.Value
	}
	offset, err1 := number(place["offset"], 0)
	length, err2 := number(place["length"], -1)
	if err := cmp.Or(err1, err2); err != nil {
		return err
	}
	if r.Load == nil {
		return fmt.Errorf("%w: its entries are in the file %q, and no folder is given", ErrUnsupported, place["location"])
	}
	var err error
	t.Raw, err = r.Load(place["location"], offset, length)
	t.External = nil
	return err
}

// nodes reads nodes in order; given are the attributes of the function that they are in.
func (r *reader) nodes(list []proto.Node, s *scope, given map[string]any) error {
	for i := range list {
		if r.isLate(&list[i]) || !r.front.leaves(&list[i]) {
			continue
		}
		if err := r.apply(&list[i], s, given); err != nil {
			return err
		}
	}
	return nil
}
