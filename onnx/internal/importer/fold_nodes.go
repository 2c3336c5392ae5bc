package importer

import (
	"errors"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// Arithmetic of shapes is done while a file is read: in whole numbers and extents, or, where a
// file casts them, in floating-point numbers.

// movers are the operators that move entries. What they do with known ones is what their rule
// does with their positions.
var movers = map[string]bool{
	"Identity": true, "Gather": true, "Slice": true, "Squeeze": true, "Unsqueeze": true, "Concat": true,
	"Reshape": true, "Transpose": true, "Flatten": true, "Expand": true, "Tile": true, "GatherElements": true,
}

// folded returns the value of an operator whose inputs are known, if it is one that is computed
// while reading, else nil.
func (c *call) folded(name string, translate rule) *Value {
	move := movers[name]
	f, number := folds[name]
	if !move && !number || len(c.in) == 0 {
		return nil
	}
	in := make([]*known, len(c.in))
	for i, v := range c.in {
		if in[i] = c.foldable(v); in[i] == nil {
			return nil
		}
	}
	if move {
		return c.moved(in, translate)
	}
	return c.computedEntries(in, f)
}

// computedEntries applies a function of entries. It returns nil if that cannot tell.
func (c *call) computedEntries(in []*known, f fold) *Value {
	shape := graph.Shape{}
	var err error
	for _, k := range in {
		if shape, err = graph.BroadcastShapes(shape, graph.ShapeOf(k.dims...)); err != nil {
			refuse("%w", err)
		}
	}
	if entriesOf(shape) > mostKnown {
		return nil
	}
	out, t := &known{dims: shape.Dims()}, c.foldType()
	args := make([]entry, len(in))
	for i := range int(entriesOf(shape)) {
		for j, k := range in {
			args[j] = k.entries[stretched(i, out.dims, k.dims)]
		}
		e, ok := f(c, in[len(in)-1].floats, args)
		if !ok {
			return nil
		}
		if t == proto.Float32 {
			e.v = float64(float32(e.v))
		}
		out.entries = append(out.entries, e)
	}
	return valueOfKnown(t, out)
}

// stretched returns which entry of a tensor is entry i of the one that it is broadcast to.
func stretched(i int, to, from []int) int {
	at, step := 0, 1
	for a := len(to) - 1; a >= 0; a-- {
		k := i % to[a]
		i /= to[a]
		if b := a - len(to) + len(from); b >= 0 {
			if from[b] > 1 {
				at += k * step
			}
			step *= from[b]
		}
	}
	return at
}

// foldType is the type of what is computed of entries.
func (c *call) foldType() proto.Element {
	switch c.is.Op {
	case "Equal", "Greater", "Less", "GreaterOrEqual", "LessOrEqual", "Not", "And", "Or", "Xor":
		return proto.Bool
	case "Cast":
		return proto.Element(c.int("to", 0))
	case "Where":
		return c.x(1).Type
	}
	return c.x(0).Type
}

// moved applies a rule to the positions of known entries, in a formula of their own, and takes
// what is there. An input beyond those that have entries to move is what
// it is.
func (c *call) moved(in []*known, translate rule) *Value {
	for _, k := range in {
		if len(k.entries) == 0 && c.is.Op != "Concat" {
			return nil
		}
	}
	r := *c.reader
	r.g, r.params = graph.NewOf(tensor.Float64), nil
	d := *c
	d.reader, d.in = &r, append([]*Value(nil), c.in...)
	var pool []entry
	for i, k := range in {
		if i > 0 && c.is.Op != "Concat" {
			d.in[i] = valueOfKnown(c.in[i].Type, k)
			continue
		}
		positions := &known{dims: k.dims, floats: true}
		for j := range k.entries {
			positions.entries = append(positions.entries, entry{v: float64(len(pool) + j)})
		}
		pool = append(pool, k.entries...)
		d.in[i] = valueOfKnown(proto.Float64, positions)
	}
	if len(pool) == 0 {
		return nil
	}
	y := translate(&d)[0]
	switch err := r.node(y, asInFile).Err(); {
	case errors.Is(err, graph.ErrEmpty) && len(in[0].dims) == 1: // nothing of a vector
		return valueOfKnown(c.x(0).Type, knownVector())
	case err != nil || y.Shape.Symbolic() || entriesOf(y.Shape) > mostKnown:
		return nil
	}
	places := r.known(y)
	if places == nil {
		return nil
	}
	out := &known{dims: places.dims}
	for _, p := range places.entries {
		out.entries = append(out.entries, pool[int(p.v)])
	}
	return valueOfKnown(c.x(0).Type, out)
}
