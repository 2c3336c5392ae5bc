package onnx

import (
	"fmt"
	"slices"
	"strconv"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"

	"gorgonia.org/tensor"
)

// A value is the name of a value in the file.
type value = proto.Name

// What the files say of themselves.
const (
	irVersion = 8
	opset     = 17
	producer  = "adjoint"
)

// attribute returns a parameter of an operator: an int64, a float32, a string, a []int or a
// proto.Tensor.
func attribute(name string, v any) proto.Attribute { return proto.Attribute{Name: name, Value: v} }

// infoOf returns the type and the shape of a value. An extent that is no number is written as
// a parameter by its name: N, T·N.
func infoOf(name value, element proto.Element, shape graph.Shape) proto.Value {
	v := proto.Value{Name: name, Element: element, Shaped: true}
	for _, d := range shape.Dims() {
		if graph.Symbolic(d) {
			v.Dims = append(v.Dims, proto.Dim{Name: graph.ExtentString(d)})
		} else {
			v.Dims = append(v.Dims, proto.Dim{Known: true, Size: d})
		}
	}
	return v
}

// A builder makes the graph of a file.
type builder struct {
	file    proto.Graph
	element proto.Element               // of the formula's values
	value   map[*graph.Node]value       // what nodes became
	turned  map[*graph.Node]value       // what has the last two axes of a node's value exchanged, if it is there
	taken   map[value]int               // names, and how often each was asked for
	cached  map[string]value            // constants and shapes that are there, by what they are
	extents map[int]extent              // where extents that are no numbers can be read
	whole   map[*graph.Node]*graph.Node // the op that a node defines
	texts   bool                        // there are operators on texts
	inside  bool                        // the graph is an attribute: no doc string of its nodes is read
	err     error                       // the first one
}

// An extent is that of one axis of a value.
type extent struct {
	of   value
	axis int
}

func newBuilder(name string, dtype tensor.Dtype) *builder {
	b := &builder{
		file:    proto.Graph{Name: name},
		element: proto.Float64,
		value:   map[*graph.Node]value{},
		turned:  map[*graph.Node]value{},
		taken:   map[value]int{},
		cached:  map[string]value{},
		extents: map[int]extent{},
	}
	if name == "" {
		b.file.Name = producer
	}
	if dtype == tensor.Float32 {
		b.element = proto.Float32
	}
	return b
}

// fail keeps the first error.
func (b *builder) fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// unique returns the name, with a number after it if it is taken, and takes it.
func (b *builder) unique(name value) value {
	free := name
	for b.taken[free] > 0 {
		b.taken[name]++
		free = name + value("#"+strconv.Itoa(b.taken[name]))
	}
	b.taken[free] = 1
	return free
}

// input adds an input of the file, whose name is not taken.
func (b *builder) input(name value, element proto.Element, shape graph.Shape) value {
	b.file.Inputs = append(b.file.Inputs, infoOf(name, element, shape))
	for axis, d := range shape.Dims() {
		if _, known := b.extents[d]; graph.Symbolic(d) && !known {
			b.extents[d] = extent{name, axis}
		}
	}
	return name
}

// promise adds an output, which has to be computed yet.
func (b *builder) promise(name value, element proto.Element, shape graph.Shape) value {
	name = b.unique(name)
	b.file.Outputs = append(b.file.Outputs, infoOf(name, element, shape))
	return name
}

// apply adds a node, whose value has a name that is not taken.
func (b *builder) apply(out value, op string, in []value, attributes ...proto.Attribute) value {
	b.file.Nodes = append(b.file.Nodes, proto.Node{Name: string(out), Op: op, In: in, Out: []value{out}, Attributes: attributes})
	return out
}

// tensor adds an initializer, whose name is not taken.
func (b *builder) tensor(name value, element proto.Element, dims []int, raw []byte) value {
	b.file.Initializers = append(b.file.Initializers, proto.Tensor{Name: name, Element: element, Dims: dims, Raw: raw})
	return name
}

// once returns the value that make makes the first time it is asked for.
func (b *builder) once(what string, make func() value) value {
	v, ok := b.cached[what]
	if !ok {
		v = make()
		b.cached[what] = v
	}
	return v
}

// number returns a constant scalar of the formula's type.
func (b *builder) number(c float64) value {
	name := strconv.FormatFloat(c, 'g', -1, 64)
	return b.once(name, func() value {
		return b.tensor(b.unique(value(name)), b.element, nil, entriesOf(b.element, c))
	})
}

// integers returns a constant vector of integers.
func (b *builder) integers(v ...int) value {
	name := fmt.Sprint(v)
	return b.once(name, func() value {
		return b.tensor(b.unique(value(name)), proto.Int64, []int{len(v)}, entriesOf(proto.Int64, v...))
	})
}

// integer returns a constant integer.
func (b *builder) integer(i int) value {
	return b.once(fmt.Sprint("integer ", i), func() value {
		return b.tensor(b.unique(value(strconv.Itoa(i))), proto.Int64, nil, entriesOf(proto.Int64, i))
	})
}

// size returns an extent as a vector of one integer. It is that of an input, or computed
// from those.
func (b *builder) size(d int) value {
	if !graph.Symbolic(d) {
		return b.integers(d)
	}
	text := graph.ExtentString(d)
	name := value(text)
	if d == graph.Batch {
		name = "batch"
	}
	if at, ok := b.extents[d]; ok {
		return b.once(text, func() value {
			axis := int64(at.axis)
			return b.apply(b.unique(name), "Shape", []value{at.of}, attribute("start", axis), attribute("end", axis+1))
		})
	}
	if s, a, k, c, ok := graph.QuotientOf(d); ok {
		return b.once(text, func() value { return b.quotient(name, s, a, k, c) })
	}
	factors := graph.Factors(d)
	if len(factors) == 1 {
		b.fail(fmt.Errorf("no input has the extent %s: %w", text, graph.ErrUnfed))
		return ""
	}
	return b.once(text, func() value {
		v := b.size(factors[0])
		for _, f := range factors[1:] {
			v = b.apply(b.unique(name), "Mul", []value{v, b.size(f)})
		}
		return v
	})
}

// quotient returns ⌊(a·s+k)/c⌋, which is not negative where the formula is defined: there the
// division of integers rounds down.
func (b *builder) quotient(name value, s, a, k, c int) value {
	v := b.size(s)
	for _, step := range []struct {
		op      string
		operand int
		idle    int
	}{{"Mul", a, 1}, {"Add", k, 0}, {"Div", c, 1}} {
		if step.operand != step.idle {
			v = b.apply(b.unique(name), step.op, []value{v, b.integers(step.operand)})
		}
	}
	return v
}

// shape returns a shape as a vector of integers.
func (b *builder) shape(s graph.Shape) value {
	if !s.Symbolic() {
		return b.integers(s.Dims()...)
	}
	if s.Rank() == 1 {
		return b.size(s.Dim(0))
	}
	return b.once(s.String(), func() value {
		var parts []value
		var known []int
		flush := func() {
			if len(known) > 0 {
				parts = append(parts, b.integers(known...))
			}
			known = nil
		}
		for _, d := range s.Dims() {
			if graph.Symbolic(d) {
				flush()
				parts = append(parts, b.size(d))
			} else {
				known = append(known, d)
			}
		}
		flush()
		return b.apply(b.unique(value(s.String())), "Concat", parts, attribute("axis", int64(0)))
	})
}

// prune removes what no output is computed from, except inputs.
func (b *builder) prune() {
	read, isOutput := map[value]bool{}, map[value]bool{}
	for _, o := range b.file.Outputs {
		isOutput[o.Name] = true
	}
	kept := func(name value) bool { return read[name] || isOutput[name] }
	nodes := b.file.Nodes
	for _, n := range slices.Backward(nodes) {
		if slices.ContainsFunc(n.Out, kept) {
			n.Reads(func(x value) { read[x] = true })
		}
	}
	b.file.Nodes = slices.DeleteFunc(nodes, func(n proto.Node) bool { return !slices.ContainsFunc(n.Out, kept) })
	b.file.Initializers = slices.DeleteFunc(b.file.Initializers, func(t proto.Tensor) bool { return !kept(t.Name) })
	b.file.Values = slices.DeleteFunc(b.file.Values, func(v proto.Value) bool { return !read[v.Name] || isOutput[v.Name] })
}
