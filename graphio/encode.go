package graphio

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Encode returns the text of a formula, whose nodes have roles, and the values of its leaves,
// which share the memory of the graph's, by the names that they have in a file. The error is
// that of a node that failed, or wraps ErrOp or graph.ErrUnregistered for an op that could not
// be read again, ErrName for a name that is no text or that two parameters or states have, or
// graph.ErrGraph for nodes of several graphs, or none.
func Encode(roles map[string][]*graph.Node) (text []byte, tensors map[string]*tensor.Dense, err error) {
	var roots []*graph.Node
	for role, nodes := range roles {
		roots = append(roots, nodes...)
		if !utf8.ValidString(role) {
			return nil, nil, fmt.Errorf("graphio: %w: role %q", ErrName, role)
		}
	}
	if len(roots) == 0 {
		return nil, nil, fmt.Errorf("graphio: a formula of no nodes: %w", graph.ErrGraph)
	}
	e := &encoder{tensors: map[string]*tensor.Dense{}, number: map[*graph.Body]int{}}
	if err := e.formula(roles, roots); err != nil {
		return nil, nil, fmt.Errorf("graphio: %w", err)
	}
	return e.text, e.tensors, nil
}

type encoder struct {
	text    []byte
	tensors map[string]*tensor.Dense
	number  map[*graph.Body]int // of those that the text has
	depth   int                 // of the body at hand
}

func (e *encoder) formula(roles map[string][]*graph.Node, roots []*graph.Node) error {
	nodes, err := e.list(roots)
	if err == nil {
		err = e.values(nodes, "")
	}
	if err != nil {
		return err
	}
	g := roots[0].Graph()
	bodies := e.text
	e.text = nil
	e.line(&err, header{version, g.Dtype().String(), g.Literal(), len(e.number), len(nodes.lines)})
	e.text = append(e.text, bodies...)
	e.nodes(&err, nodes)
	end := ending{map[string][]int{}}
	for role, list := range roles {
		end.Roles[role] = nodes.all(list)
	}
	e.line(&err, end)
	return err
}

// A listing is the nodes of a graph, the lines that say what they are, and their places.
type listing struct {
	nodes []*graph.Node
	lines []node
	place map[*graph.Node]int
}

func (l *listing) all(nodes []*graph.Node) []int {
	places := make([]int, len(nodes))
	for i, n := range nodes {
		places[i] = l.place[n]
	}
	return places
}

// list lists what roots are computed from, in order. Bodies among the arguments are written.
func (e *encoder) list(roots []*graph.Node) (*listing, error) {
	nodes, err := closure(roots)
	if err != nil {
		return nil, err
	}
	l := &listing{nodes: nodes, place: make(map[*graph.Node]int, len(nodes))}
	for i, n := range nodes {
		l.place[n] = i
	}
	for _, n := range nodes {
		line, err := e.node(l, n)
		if err != nil {
			return nil, err
		}
		l.lines = append(l.lines, line)
	}
	return l, nil
}

// closure returns the nodes that roots are computed from, whose r made these, and what states
// move to, in order of their ids.
func closure(roots []*graph.Node) ([]*graph.Node, error) {
	var nodes []*graph.Node
	seen := map[*graph.Node]bool{}
	visit := func(list ...*graph.Node) error {
		for _, n := range list {
			if err := n.Err(); err != nil {
				return err
			}
			if n.Graph() != roots[0].Graph() {
				return fmt.Errorf("%v: %w", n, graph.ErrGraph)
			}
			if !seen[n] {
				seen[n] = true
				nodes = append(nodes, n)
			}
		}
		return nil
	}
	err := visit(roots...)
	for i := 0; i < len(nodes) && err == nil; i++ {
		n := nodes[i]
		err = visit(n.Inputs()...)
		for _, also := range []*graph.Node{n.ReverseOf(), update(n)} {
			if also != nil && err == nil {
				err = visit(also)
			}
		}
	}
	slices.SortFunc(nodes, func(a, b *graph.Node) int { return a.ID() - b.ID() })
	return nodes, err
}

// update returns what a state moves to, or nil.
func update(n *graph.Node) *graph.Node {
	if n.Kind() != graph.State {
		return nil
	}
	return n.Update()
}

// node returns the line of a node.
func (e *encoder) node(l *listing, n *graph.Node) (node, error) {
	line := node{Shape: encodeShape(n.Shape()), Name: n.Name(), By: l.reference(n.ReverseOf())}
	if !utf8.ValidString(n.Name()) {
		return line, fmt.Errorf("%w: node %q", ErrName, n.Name())
	}
	if n.Kind() == graph.Applied {
		return line, e.applied(&line, l, n)
	}
	kind, ok := kinds[n.Kind()]
	if !ok {
		return line, fmt.Errorf("%w: %v is a leaf of the kind %v, which files do not have", ErrOp, n, n.Kind())
	}
	line.Kind = kind
	line.Becomes = l.reference(update(n))
	if n.Kind() == graph.Examples {
		line.Extent = encodeExtent(n.Extent())
	}
	return line, nil
}

func (l *listing) reference(n *graph.Node) *int {
	if n == nil {
		return nil
	}
	at := l.place[n]
	return &at
}

// applied sets what a line says of an op, which has to make itself again.
func (e *encoder) applied(line *node, l *listing, n *graph.Node) error {
	op, ok := n.Op().(graph.Describer)
	if !ok || op.Describe().Name == "" {
		return fmt.Errorf("%w: %T %v has no name for it: give it a method Describe, or a Pointwise its field Is, and register that name by graph.Register", ErrOp, n.Op(), n.Op())
	}
	d := op.Describe()
	made, err := graph.Make(d, len(n.Inputs()))
	if err != nil {
		return fmt.Errorf("%T %v: %w", n.Op(), n.Op(), err)
	}
	if made != n.Op() {
		return fmt.Errorf("%w: %T %v describes itself as %s%v, which makes %T %v", ErrOp, n.Op(), n.Op(), d.Name, d.Args, made, made)
	}
	line.Op, line.In = d.Name, l.all(n.Inputs())
	line.Args, err = encodeArgs(d.Args, e.body)
	return err
}

// values takes the values of leaves.
func (e *encoder) values(l *listing, prefix string) error {
	for i, n := range l.nodes {
		if !hasTensor(n.Kind()) {
			continue
		}
		name := tensorName(n.Kind(), n.Name(), prefix, i)
		if e.tensors[name] != nil || name == "" {
			return fmt.Errorf("%w: a %s is called %q, as is another, or has no name: give each a name of its own", ErrName, kinds[n.Kind()], name)
		}
		e.tensors[name] = n.Value()
	}
	return nil
}

// mostNested bounds formulas in formulas.
const mostNested = 100

// body returns the number of a formula that is an argument, and writes it if it is new.
func (e *encoder) body(b *graph.Body) (int, error) {
	if number, ok := e.number[b]; ok {
		return number, nil
	}
	if e.depth++; e.depth > mostNested {
		return 0, fmt.Errorf("%w: formulas in formulas, more than %d deep", ErrOp, mostNested)
	}
	defer func() { e.depth-- }()
	roots := b.Inputs()
	for _, y := range b.Outputs() {
		if y != nil {
			roots = append(roots, y)
		}
	}
	nodes, err := e.list(roots) // which writes the formulas within
	if err != nil {
		return 0, err
	}
	number := len(e.number)
	e.number[b] = number
	err = e.values(nodes, bodyPrefix(number))
	line := body{Body: number, Nodes: len(nodes.lines), Inputs: nodes.all(b.Inputs())}
	for _, y := range b.Outputs() {
		line.Outputs = append(line.Outputs, nodes.reference(y))
	}
	e.line(&err, line)
	e.nodes(&err, nodes)
	return number, err
}

// line adds a line, unless there was an error.
func (e *encoder) line(err *error, v any) {
	if *err != nil {
		return
	}
	text, wrong := appendLine(e.text, v)
	if wrong != nil {
		*err = wrong
		return
	}
	e.text = text
}

func (e *encoder) nodes(err *error, l *listing) {
	for _, line := range l.lines {
		e.line(err, line)
	}
}
