package onnx

import (
	"fmt"
	"slices"
	"strconv"

	"adjoint/graph"

	"gorgonia.org/tensor"
)

// A value is the name of a value in the file.
type value string

// A builder makes the graph of a file.
type builder struct {
	graphProto
	element elementType           // of the formula's values
	value   map[*graph.Node]value // what nodes became
	turned  map[*graph.Node]value // what has the last two axes of a node's value exchanged, if it is there
	taken   map[value]int         // names, and how often each was asked for
	cached  map[string]value      // constants and shapes that are there, by what they are
	extents map[int]extent        // where extents that are no numbers can be read
	err     error                 // the first one
}

// An extent is that of one axis of a value.
type extent struct {
	of   value
	axis int
}

func newBuilder(name string, dtype tensor.Dtype) *builder {
	b := &builder{
		graphProto: graphProto{name: name},
		element:    float64s,
		value:      map[*graph.Node]value{},
		turned:     map[*graph.Node]value{},
		taken:      map[value]int{},
		cached:     map[string]value{},
		extents:    map[int]extent{},
	}
	if name == "" {
		b.name = producer
	}
	if dtype == tensor.Float32 {
		b.element = float32s
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
func (b *builder) input(name value, element elementType, shape graph.Shape) value {
	b.inputs = append(b.inputs, valueInfo{name, element, shape})
	for axis, d := range shape.Dims() {
		if _, known := b.extents[d]; graph.Symbolic(d) && !known {
			b.extents[d] = extent{name, axis}
		}
	}
	return name
}

// promise adds an output, which has to be computed yet.
func (b *builder) promise(name value, element elementType, shape graph.Shape) value {
	name = b.unique(name)
	b.outputs = append(b.outputs, valueInfo{name, element, shape})
	return name
}

// apply adds a node, whose value has a name that is not taken.
func (b *builder) apply(out value, op string, in []value, attributes ...attribute) value {
	b.nodes = append(b.nodes, nodeProto{op, in, out, attributes})
	return out
}

// tensor adds an initializer, whose name is not taken.
func (b *builder) tensor(name value, element elementType, dims []int, raw []byte) value {
	b.initializers = append(b.initializers, tensorProto{name, element, dims, raw})
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
		return b.tensor(b.unique(value(name)), int64s, []int{len(v)}, entriesOf(int64s, v...))
	})
}

// integer returns a constant integer.
func (b *builder) integer(i int) value {
	return b.once(fmt.Sprint("integer ", i), func() value {
		return b.tensor(b.unique(value(strconv.Itoa(i))), int64s, nil, entriesOf(int64s, i))
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
			return b.apply(b.unique(name), "Shape", []value{at.of}, attribute{"start", axis}, attribute{"end", axis + 1})
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
		return b.apply(b.unique(value(s.String())), "Concat", parts, attribute{"axis", int64(0)})
	})
}

// prune removes what no output is computed from, except inputs.
func (b *builder) prune() {
	read, isOutput := map[value]bool{}, map[value]bool{}
	for _, o := range b.outputs {
		isOutput[o.name] = true
	}
	for i := len(b.nodes) - 1; i >= 0; i-- {
		if n := b.nodes[i]; read[n.out] || isOutput[n.out] {
			for _, x := range n.in {
				read[x] = true
			}
		}
	}
	b.nodes = slices.DeleteFunc(b.nodes, func(n nodeProto) bool { return !read[n.out] && !isOutput[n.out] })
	b.initializers = slices.DeleteFunc(b.initializers, func(t tensorProto) bool { return !read[t.name] && !isOutput[t.name] })
	b.values = slices.DeleteFunc(b.values, func(v valueInfo) bool { return !read[v.name] || isOutput[v.name] })
}
