package graphio

import (
	"errors"
	"fmt"
	"slices"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// Decode returns the nodes of a formula by role, in a graph of its own. It takes the values of
// the leaves away from tensors, and copies them. The error wraps ErrCorrupt, ErrFormat or, if
// nobody registered an op, graph.ErrUnregistered.
func Decode(text []byte, tensors map[string]*tensor.Dense) (roles map[string][]*graph.Node, err error) {
	d := &decoder{lines: lines{rest: text}, tensors: tensors}
	roles, err = d.formula()
	switch {
	case err == nil:
		return roles, nil
	case !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrFormat) && !errors.Is(err, graph.ErrUnregistered):
		err = fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return nil, fmt.Errorf("graphio: formula:%d: %w", d.lines.taken, err)
}

type decoder struct {
	lines   lines
	tensors map[string]*tensor.Dense
	bodies  []*graph.Body
}

func (d *decoder) formula() (map[string][]*graph.Node, error) {
	var h header
	if err := d.lines.next(&h); err != nil {
		return nil, fmt.Errorf("%w: no formula begins so: %v", ErrFormat, err)
	}
	if h.Formula != version {
		return nil, fmt.Errorf("%w: version %d, want %d", ErrFormat, h.Formula, version)
	}
	newGraph, err := graphs(h)
	if err != nil {
		return nil, err
	}
	for i := range h.Bodies {
		b, err := d.body(i, newGraph())
		if err != nil {
			return nil, err
		}
		d.bodies = append(d.bodies, b)
	}
	nodes, err := d.nodes(newGraph(), h.Nodes, "")
	if err != nil {
		return nil, err
	}
	var end ending
	if err := d.lines.next(&end); err != nil {
		return nil, err
	}
	if len(d.lines.rest) > 0 {
		return nil, errors.New("something follows the roles")
	}
	roles := map[string][]*graph.Node{}
	for role, list := range end.Roles {
		if roles[role], err = among(nodes, list); err != nil {
			return nil, fmt.Errorf("role %.80q: %w", role, err)
		}
	}
	return roles, nil
}

// graphs returns the function that makes the graphs that a header asks for.
func graphs(h header) (func() *graph.Graph, error) {
	for _, t := range []tensor.Dtype{tensor.Float32, tensor.Float64} {
		if t.String() == h.Float {
			return func() *graph.Graph {
				g := graph.NewOf(t)
				if h.Literal {
					g.NoStable()
				}
				return g
			}, nil
		}
	}
	return nil, fmt.Errorf("%w: float type %.20q", ErrFormat, h.Float)
}

// body reads a formula that is an argument.
func (d *decoder) body(number int, g *graph.Graph) (*graph.Body, error) {
	var line body
	if err := d.lines.next(&line); err != nil {
		return nil, err
	}
	if line.Body != number {
		return nil, fmt.Errorf("body %d, want %d", line.Body, number)
	}
	nodes, err := d.nodes(g, line.Nodes, bodyPrefix(number))
	if err != nil {
		return nil, err
	}
	in, err := among(nodes, line.Inputs)
	if err != nil {
		return nil, err
	}
	out := make([]*graph.Node, len(line.Outputs))
	for i, at := range line.Outputs {
		if out[i], err = maybe(nodes, at); err != nil {
			return nil, err
		}
	}
	return graph.NewBody(in, out)
}

// among returns the nodes at some places.
func among(nodes []*graph.Node, places []int) ([]*graph.Node, error) {
	list := make([]*graph.Node, len(places))
	for i, at := range places {
		if at < 0 || at >= len(nodes) {
			return nil, fmt.Errorf("node %d, where there are %d before", at, len(nodes))
		}
		list[i] = nodes[at]
	}
	return list, nil
}

// maybe returns the node at a place, or nil for no place.
func maybe(nodes []*graph.Node, place *int) (*graph.Node, error) {
	if place == nil {
		return nil, nil
	}
	list, err := among(nodes, []int{*place})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// nodes reads the nodes of a graph. Their places are their ids.
func (d *decoder) nodes(g *graph.Graph, count int, prefix string) ([]*graph.Node, error) {
	var nodes []*graph.Node
	becomes := map[*graph.Node]int{}
	for range count {
		var line node
		if err := d.lines.next(&line); err != nil {
			return nil, err
		}
		n, err := d.node(g, &line, nodes, prefix)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, n)
		if line.Becomes != nil {
			becomes[n] = *line.Becomes
		}
	}
	return nodes, move(nodes, becomes)
}

// move says what states move to.
func move(nodes []*graph.Node, becomes map[*graph.Node]int) error {
	for _, s := range nodes {
		at, ok := becomes[s]
		if !ok {
			continue
		}
		next, err := among(nodes, []int{at})
		if err != nil {
			return err
		}
		s.Becomes(next[0])
	}
	_, err := graph.States(nodes...)
	return err
}

// node adds the node of a line.
func (d *decoder) node(g *graph.Graph, line *node, before []*graph.Node, prefix string) (*graph.Node, error) {
	shape, err := decodeShape(line.Shape)
	if err != nil {
		return nil, err
	}
	by, err := maybe(before, line.By)
	if err != nil {
		return nil, err
	}
	var n *graph.Node
	if line.Kind == "" {
		n, err = d.applied(g, line, before)
	} else {
		n, err = d.leaf(g, line, shape, prefix, len(before))
	}
	if err == nil {
		err = n.Err()
	}
	switch {
	case err != nil:
		return nil, err
	case n.Shape() != shape:
		return nil, fmt.Errorf("%s%s has shape %v, not %v", line.Op, line.Kind, n.Shape(), shape)
	case n.ID() != len(before):
		return nil, fmt.Errorf("%s%s is there before", line.Op, line.Kind)
	case by != nil && by.Op() == nil:
		return nil, errors.New("it was made by the r of a leaf")
	case line.Becomes != nil && n.Kind() != graph.State:
		return nil, fmt.Errorf("%s%s is no state, and does not move", line.Op, line.Kind)
	}
	if n.Name() != line.Name {
		n.Named(line.Name)
	}
	return n.SetReverseOf(by), nil
}

// applied adds the value of an op.
func (d *decoder) applied(g *graph.Graph, line *node, before []*graph.Node) (*graph.Node, error) {
	in, err := among(before, line.In)
	if err != nil {
		return nil, err
	}
	args, err := decodeArgs(line.Args, d.bodies)
	if err != nil {
		return nil, err
	}
	op, err := graph.Make(graph.Description{Name: line.Op, Args: args}, len(in))
	if err != nil {
		return nil, err
	}
	return g.Restore(op, in...), nil
}

// leaf adds the leaf that has a place.
func (d *decoder) leaf(g *graph.Graph, line *node, shape graph.Shape, prefix string, at int) (*graph.Node, error) {
	if line.Op != "" || len(line.In) > 0 || len(line.Args) > 0 {
		return nil, errors.New("a leaf that is an op")
	}
	kind := graph.Applied
	for k, name := range kinds {
		if name == line.Kind {
			kind = k
		}
	}
	var value *tensor.Dense
	if hasTensor(kind) {
		var err error
		if value, err = d.take(tensorName(kind, line.Name, prefix, at), shape); err != nil {
			return nil, err
		}
	}
	switch kind {
	case graph.Input:
		return g.Input(line.Name, shape.Dims()...), nil
	case graph.Random:
		return g.Random(line.Name, shape.Dims()...), nil
	case graph.Argument:
		return g.Argument(line.Name, shape.Dims()...), nil
	case graph.Const:
		return g.Constant(line.Name, value), nil
	case graph.Param:
		return g.Param(line.Name, value), nil
	case graph.State:
		return g.State(line.Name, value), nil
	case graph.Examples:
		extent, err := decodeExtent(line.Extent)
		if err == nil && !graph.Symbolic(extent) {
			err = fmt.Errorf("extent %d, want a symbol", extent)
		}
		return g.Size(extent), err
	}
	return nil, fmt.Errorf("%w: a leaf of the kind %.20q", ErrFormat, line.Kind)
}

// take takes a tensor away.
func (d *decoder) take(name string, shape graph.Shape) (*tensor.Dense, error) {
	v := d.tensors[name]
	if v == nil {
		return nil, fmt.Errorf("there is no tensor %.80q", name)
	}
	if !slices.Equal(v.Shape(), shape.Dims()) {
		return nil, fmt.Errorf("tensor %.80q has shape %v, want %v", name, v.Shape(), shape)
	}
	delete(d.tensors, name)
	return v, nil
}
