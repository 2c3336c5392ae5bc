package importer

import (
	"math"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"
)

// constantRules are those of constants, of shapes as values, and of types.
var constantRules = map[string]rule{
	"Constant":        constantRule,
	"ConstantOfShape": constantOfShape,
	"Shape":           shapeOf,
	"Size": func(c *call) []*Value {
		return []*Value{valueOfKnown(proto.Int64, knownNumber(extentEntry(graph.Times(c.dims(0)...))))}
	},
	"Range":    rangeRule,
	"EyeLike":  eyeLike,
	"OneHot":   oneHot,
	"Cast":     func(c *call) []*Value { return c.cast(c.x(0), proto.Element(c.int("to", 0))) },
	"CastLike": func(c *call) []*Value { return c.cast(c.x(0), c.x(1).Type) },
}

func constantRule(c *call) []*Value {
	for _, a := range c.is.Attributes {
		switch v := a.Value.(type) {
		case proto.Tensor:
			v.Name = "" // no parameter
			value, err := c.tensor(&v)
			if err != nil {
				refuse("%w", err)
			}
			return []*Value{value}
		case float32:
			return []*Value{valueOfKnown(proto.Float32, knownNumber(entry{v: float64(v)}))}
		case int64:
			return []*Value{valueOfKnown(proto.Int64, knownNumber(entry{n: proto.Int(v)}))}
		case []float32:
			k := knownVector()
			for _, v := range v {
				k.entries = append(k.entries, entry{v: float64(v)})
			}
			k.dims[0] = len(v)
			return []*Value{valueOfKnown(proto.Float32, k)}
		case []int:
			k := knownVector()
			for _, n := range v {
				k.entries = append(k.entries, entry{n: n})
			}
			k.dims[0] = len(v)
			return []*Value{valueOfKnown(proto.Int64, k)}
		}
	}
	refuse("its value is of strings, or sparse")
	return nil
}

func constantOfShape(c *call) []*Value {
	t, e := proto.Float32, entry{}
	if fill, ok := attributeOf[proto.Tensor](c, "value"); ok {
		if n, err := fill.Len(); err != nil || n != 1 {
			refuse("its value has %d entries, want one", n)
		}
		t, e = fill.Element, knownFile(&fill).entries[0]
	}
	var dims []int
	for _, d := range c.extents(0) {
		dims = append(dims, d.extent())
	}
	s := graph.ShapeOf(dims...)
	if !s.Symbolic() && entriesOf(s) <= mostKnown {
		k := &known{dims: dims, entries: make([]entry, int(entriesOf(s)))}
		for i := range k.entries {
			k.entries[i] = e
		}
		return []*Value{valueOfKnown(t, k)}
	}
	one := &known{entries: []entry{e}, floats: t.Float()}
	return c.of(t, c.g.Const(one.number(0), dims...))
}

// shapeOf is the extents of axes from start to end.
func shapeOf(c *call) []*Value {
	d := c.dims(0)
	within := func(i int) int {
		if i < 0 {
			i += len(d)
		}
		return max(0, min(i, len(d)))
	}
	from, to := within(c.int("start", 0)), within(c.int("end", len(d)))
	k := knownVector()
	for _, n := range d[from:max(from, to)] {
		k.entries = append(k.entries, extentEntry(n))
	}
	k.dims[0] = len(k.entries)
	return []*Value{valueOfKnown(proto.Int64, k)}
}

// rangeRule counts from start by steps. Up to an extent that is a symbol it counts by 1.
func rangeRule(c *call) []*Value {
	t := c.x(0).Type
	if to := c.constantOf(1).entries[0]; to.symbol != 0 {
		start, step := c.floats(0)[0], c.floats(2)[0]
		if step != 1 {
			refuse("steps of %g up to %s: give that by Dims", step, graph.ExtentString(to.symbol))
		}
		n := graph.Shift(to.symbol, -intOf(start))
		return c.of(t, ops.Range(c.number(start), n))
	}
	start, to, step := c.floats(0)[0], c.floats(1)[0], c.floats(2)[0]
	n := math.Ceil((to - start) / step)
	if !(n >= 1 && n <= 1<<24) {
		refuse("from %g to %g by %g there are %g numbers: %w", start, to, step, n, graph.ErrSize)
	}
	values := make([]float64, int(n))
	for i := range values {
		values[i] = start + float64(i)*step
	}
	if n <= mostKnown {
		k := knownVector()
		for _, v := range values {
			k.entries = append(k.entries, entry{n: intOf(v), v: v})
		}
		k.dims[0] = len(values)
		return []*Value{valueOfKnown(t, k)}
	}
	return c.of(t, c.array([]int{len(values)}, values))
}

func eyeLike(c *call) []*Value {
	d, k := c.dims(0), c.int("k", 0)
	if len(d) != 2 {
		refuse("shape %v: want a matrix: %w", c.x(0).Shape, graph.ErrShape)
	}
	t := c.x(0).Type
	if to := c.int("dtype", 0); to != 0 {
		t = proto.Element(to)
	}
	zeros := c.g.Const(0, d...)
	return c.of(t, ops.Equal(positions(zeros, 1), ops.Shift(positions(zeros, 0), float64(k))))
}

// oneHot puts one value at the place that an index names, and the other elsewhere.
func oneHot(c *call) []*Value {
	depth := c.integer(1)
	if depth < 1 {
		refuse("depth %d: %w", depth, graph.ErrShape)
	}
	rank := c.rank(0) + 1
	axis := c.axis("axis", -1, rank)
	index := ops.ExpandDims(c.fromFront(c.node(0), depth), axis)
	hit := ops.Equal(index, numbered(c.g, depth, axis, rank))
	off, on := ops.Index(c.node(2), 0, 0), ops.Index(c.node(2), 0, 1)
	return c.of(c.x(2).Type, ops.Where(hit, on, off))
}

// cast is a value as another type. To booleans it is whether it is not 0; to integers, what is
// before the point; to shorter floating-point numbers, the nearest.
func (c *call) cast(v *Value, to proto.Element) []*Value {
	l := v.layout()
	x := c.reader.node(v, l)
	switch from := v.Type; {
	case to == proto.String:
		refuse("to strings")
	case to == proto.Bool && from != proto.Bool:
		x = truth(c.reader, x)
	case from.Float() && !to.Float():
		x = ops.Trunc(x)
	case to == proto.Float16 && from != to:
		x = ops.Narrow(x, ops.Float16)
	case to == proto.BFloat16 && from != to:
		refuse("to bfloat16: the standard does not say how it is rounded, and programs differ")
	case to == proto.Float32 && from == proto.Float64:
		x = ops.Narrow(x, ops.Float32)
	}
	return []*Value{valueOf(to, l, x)}
}
