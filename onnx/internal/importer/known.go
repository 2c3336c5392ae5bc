package importer

import (
	"math"

	"adjoint/compute"
	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A known is a tensor whose entries are known while reading, such as a shape that the file
// computes. It may have no entries at all.
type known struct {
	dims    []int
	entries []entry
	floats  bool // the entries are floating-point numbers, else integers or booleans
}

// An entry is a whole number n; or an extent that is a symbol; or a floating-point number v.
type entry struct {
	n      int
	v      float64
	symbol int // an extent, or 0
}

// whole is an entry of an extent.
func extentEntry(d int) entry {
	if graph.Symbolic(d) {
		return entry{symbol: d}
	}
	return entry{n: d}
}

// knownVector is a vector of whole numbers.
func knownVector(list ...entry) *known { return &known{dims: []int{len(list)}, entries: list} }

func knownNumber(e entry) *known { return &known{entries: []entry{e}} }

// number is the entry as a number, if it is no symbol.
func (k *known) number(i int) float64 {
	if k.floats {
		return k.entries[i].v
	}
	return float64(k.entries[i].n)
}

// symbolic reports whether an entry is a symbol.
func (k *known) symbolic() bool {
	for _, e := range k.entries {
		if e.symbol != 0 {
			return true
		}
	}
	return false
}

// valueOfKnown is the value of known entries.
func valueOfKnown(t proto.Element, k *known) *Value {
	k.floats = t.Float()
	return &Value{Type: t, Shape: graph.ShapeOf(k.dims...), known: k}
}

// knownTensor has the entries of a tensor.
func knownTensor(t *tensor.Dense, e proto.Element) *known {
	k := &known{dims: t.Shape().Clone(), floats: e.Float()}
	add := func(v float64) { k.entries = append(k.entries, entry{n: intOf(v), v: v}) }
	if t.Dtype() == tensor.Float32 {
		for _, v := range graph.Values[float32](t) {
			add(float64(v))
		}
	} else {
		for _, v := range graph.Values[float64](t) {
			add(v)
		}
	}
	return k
}

// intOf returns the int nearest to a whole number.
func intOf(v float64) int {
	switch {
	case v >= math.MaxInt:
		return math.MaxInt
	case v <= math.MinInt:
		return math.MinInt
	}
	return int(v)
}

// knownFile has the entries of a small tensor of the file.
func knownFile(t *proto.Tensor) *known {
	k := &known{dims: t.Dims, floats: t.Element.Float()}
	if k.floats {
		list, err := t.Floats()
		if err != nil {
			refuse("%w", err)
		}
		for _, v := range list {
			k.entries = append(k.entries, entry{v: v})
		}
		return k
	}
	list, err := t.Ints()
	if err != nil {
		refuse("%w", err)
	}
	for _, n := range list {
		k.entries = append(k.entries, entry{n: n})
	}
	return k
}

// known returns the entries of a value, or nil: those that are known already, or in the file,
// or can be computed because no input has a part in them.
func (r *reader) known(v *Value) *known {
	if v.known == nil {
		switch {
		case v.tensor != nil && v.tensor.Element != proto.String:
			if n, err := v.tensor.Len(); err != nil || n > mostKnown {
				return nil
			}
			v.known = knownFile(v.tensor)
		case v.tensor == nil:
			v.known = r.computed(v)
		}
	}
	return v.known
}

// foldable is known for what may be computed while reading: no parameter has a part in it.
func (r *reader) foldable(v *Value) *known {
	switch {
	case v == nil || v.tensor == nil && v.known == nil:
		return nil
	case v.tensor != nil && r.trainable(v.tensor):
		return nil
	}
	return r.known(v)
}

// computed runs the formula of a value that depends on no input, or returns nil.
func (r *reader) computed(v *Value) *known {
	n := r.node(v, asInFile)
	if n.Err() != nil || n.Shape().Symbolic() || entriesOf(n.Shape()) > mostKnown || !constant(n) {
		return nil
	}
	p, err := graph.Compile(n)
	if err != nil {
		return nil
	}
	if err := p.Run(); err != nil {
		refuse("a constant: %w", err)
	}
	t, err := p.Value(n)
	if err != nil {
		refuse("a constant: %w", err)
	}
	return knownTensor(t, v.Type)
}

func entriesOf(s graph.Shape) float64 {
	n := 1.0
	for _, d := range s.Dims() {
		n *= float64(d)
	}
	return n
}

// constant reports whether a value depends on no input, and on not many nodes.
func constant(y *graph.Node) bool {
	const most = 1000
	list, seen := []*graph.Node{y}, map[*graph.Node]bool{}
	for len(list) > 0 && len(seen) < most {
		n := list[len(list)-1]
		list = list[:len(list)-1]
		switch {
		case seen[n]:
			continue
		case n.Kind() != graph.Applied && n.Kind() != graph.Const && n.Kind() != graph.Param:
			return false
		}
		seen[n] = true
		list = append(list, n.Inputs()...)
	}
	return len(list) == 0
}

// constant returns a node of known entries.
func (r *reader) constant(k *known) *graph.Node {
	if len(k.entries) == 0 {
		refuse("a tensor of shape %v has no entries: %w", k.dims, graph.ErrEmpty)
	}
	if k.symbolic() {
		list := make([]*graph.Node, len(k.entries))
		for i, e := range k.entries {
			list[i] = r.g.Const(float64(e.n))
			if e.symbol != 0 {
				list[i] = r.g.Size(e.symbol)
			}
		}
		return ops.Reshape(ops.Stack(0, list...), k.dims...)
	}
	values := make([]float64, len(k.entries))
	same := true
	for i := range values {
		values[i] = k.number(i)
		if !k.floats && math.Abs(values[i]) > r.most() {
			refuse("%d is beyond ±%.0f, where %v has no longer all integers", k.entries[i].n, r.most(), r.g.Dtype())
		}
		same = same && values[i] == values[0]
	}
	if same {
		return r.g.Const(values[0], k.dims...)
	}
	return r.array(k.dims, values)
}

// array returns a constant.
func (r *reader) array(dims []int, values []float64) *graph.Node {
	if r.g.Dtype() == tensor.Float64 {
		return r.g.Constant("", dense(dims, values))
	}
	single := make([]float32, len(values))
	for i, v := range values {
		single[i] = float32(v)
	}
	return r.g.Constant("", dense(dims, single))
}

func dense[T compute.Float](dims []int, values []T) *tensor.Dense {
	if len(dims) == 0 {
		return scalar(values)
	}
	return tensor.New(tensor.WithShape(dims...), tensor.WithBacking(values))
}

// constantOf returns the entries of an input that has to be known.
func (c *call) constantOf(i int) *known {
	k := c.known(c.x(i))
	if k == nil {
		refuse("its input %q depends on the inputs of the file, and has to be known while it is read: fix those inputs, or give their extents by Dims", c.is.In[i])
	}
	return k
}

// integers returns an input of known numbers.
func (c *call) integers(i int) []int {
	k := c.constantOf(i)
	list := make([]int, len(k.entries))
	for j, e := range k.entries {
		switch {
		case e.symbol != 0:
			refuse("its input %q is %s, which has to be a number: give it by Dims", c.is.In[i], graph.ExtentString(e.symbol))
		case k.floats:
			list[j] = intOf(e.v)
		default:
			list[j] = e.n
		}
	}
	return list
}

// floats returns an input of known floating-point numbers.
func (c *call) floats(i int) []float64 {
	k := c.constantOf(i)
	list := make([]float64, len(k.entries))
	for j := range list {
		if k.entries[j].symbol != 0 {
			c.integers(i)
		}
		list[j] = k.number(j)
	}
	return list
}

// integer is an input of one number.
func (c *call) integer(i int) int {
	list := c.integers(i)
	if len(list) != 1 {
		refuse("its input %q has %d entries, want one", c.is.In[i], len(list))
	}
	return list[0]
}

// extents returns an input of known extents.
func (c *call) extents(i int) []entry { return c.constantOf(i).entries }
