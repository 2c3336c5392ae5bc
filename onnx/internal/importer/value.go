package importer

import (
	"fmt"
	"slices"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
	"adjoint/ops"

	"gorgonia.org/tensor"
)

// A Value is what a name of the file stands for.
type Value struct {
	Type  proto.Element
	Shape graph.Shape // with axes in the file's order

	tensor *proto.Tensor  // of the file
	known  *known         // its entries, where they are known while reading
	nodes  [2]*graph.Node // by layout; either is made of the other
	names  []string       // of a value of strings: the entries of the node are places in it
}

// A layout is an order of axes.
type layout int

const (
	asInFile     layout = iota
	examplesLast        // the first axis of the file is the last: (N, C, H, W) is (C, H, W, N)
)

// rotated returns the extents of a shape of the file in a layout.
func (l layout) rotated(dims []int) []int {
	if l == asInFile || len(dims) < 2 {
		return dims
	}
	return append(slices.Clone(dims[1:]), dims[0])
}

// axis returns where an axis of the file is.
func (l layout) axis(a, rank int) int {
	switch {
	case l == asInFile:
		return a
	case a == 0:
		return rank - 1
	}
	return a - 1
}

// axes is axis for a list.
func (l layout) axes(list []int, rank int) []int {
	at := make([]int, len(list))
	for i, a := range list {
		at[i] = l.axis(a, rank)
	}
	return at
}

// layout is the one in which the value is there.
func (v *Value) layout() layout {
	if v.nodes[asInFile] == nil && v.nodes[examplesLast] != nil {
		return examplesLast
	}
	return asInFile
}

// valueOf returns the value that a node in a layout is.
func valueOf(t proto.Element, l layout, n *graph.Node) *Value {
	v := &Value{Type: t}
	d := n.Shape().Dims()
	if k := len(d) - 1; l == examplesLast && k > 0 {
		d = append([]int{d[k]}, d[:k]...)
	} else {
		l = asInFile
	}
	v.nodes[l], v.Shape = n, graph.ShapeOf(d...)
	return v
}

// node returns the node of a value in a layout.
func (r *reader) node(v *Value, l layout) *graph.Node {
	if len(v.Shape.Dims()) < 2 {
		l = asInFile
	}
	if v.nodes[l] != nil {
		return v.nodes[l]
	}
	other := v.nodes[1-l]
	switch {
	case other == nil && v.known != nil:
		v.nodes[asInFile] = r.constant(v.known)
		return r.node(v, l)
	case other == nil:
		v.nodes[asInFile] = r.leaf(v)
		return r.node(v, l)
	}
	d := v.Shape.Dims()
	switch rank := len(d); {
	case d[0] == 1:
		v.nodes[l] = ops.Reshape(other, l.rotated(d)...)
	case l == examplesLast:
		v.nodes[l] = transpose(other, append(count(1, rank), 0))
	default:
		v.nodes[l] = transpose(other, append([]int{rank - 1}, count(0, rank-1)...))
	}
	return v.nodes[l]
}

// transpose is ops.Transpose; nothing to be done is nothing.
func transpose(x *graph.Node, perm []int) *graph.Node {
	if slices.IsSorted(perm) {
		return x
	}
	return ops.Transpose(x, perm...)
}

// count returns the integers from ≤ i < to.
func count(from, to int) []int {
	list := make([]int, 0, max(to-from, 0))
	for i := from; i < to; i++ {
		list = append(list, i)
	}
	return list
}

// leaf makes a leaf of a tensor of the file: a parameter if it is one of floating-point
// numbers, with an axis at least, that nobody freezes; else a constant.
func (r *reader) leaf(v *Value) *graph.Node {
	t := v.tensor
	switch {
	case t == nil:
		refuse("a value without entries")
	case r.trainable(t):
		p := r.g.Param(string(t.Name), r.dense(t))
		r.params = append(r.params, p)
		return p
	}
	if k := r.known(v); k != nil {
		return r.constant(k)
	}
	return r.g.Constant(string(t.Name), r.dense(t))
}

func (r *reader) trainable(t *proto.Tensor) bool {
	return t.Element.Float() && len(t.Dims) > 0 && t.Name != "" && !r.standardizer.has(t) && (r.Frozen == nil || !r.Frozen(string(t.Name)))
}

// dense returns the entries of a tensor of the file in the graph's type.
func (r *reader) dense(t *proto.Tensor) *tensor.Dense {
	n, err := t.Len()
	switch {
	case err != nil:
		refuse("%w", err)
	case n == 0:
		refuse("tensor %s of shape %v has no entries: %w", t.Name, t.Dims, graph.ErrEmpty)
	case t.Element == proto.String:
		refuse("tensor %s is of strings", t.Name)
	}
	r.exact(t)
	var backing any
	if r.g.Dtype() == tensor.Float32 {
		backing, err = t.Floats32()
	} else {
		backing, err = t.Floats()
	}
	if err != nil {
		refuse("%w", err)
	}
	if len(t.Dims) == 0 {
		return scalar(backing)
	}
	return tensor.New(tensor.WithShape(t.Dims...), tensor.WithBacking(backing))
}

// scalar returns a tensor of shape () that has the one entry of a list.
func scalar(backing any) *tensor.Dense {
	if v, ok := backing.([]float32); ok {
		return tensor.New(tensor.FromScalar(v[0]))
	}
	return tensor.New(tensor.FromScalar(backing.([]float64)[0]))
}

// most is the largest whole number up to which the graph's type has all.
func (r *reader) most() float64 {
	if r.g.Dtype() == tensor.Float32 {
		return 1 << 24
	}
	return 1 << 53
}

// exact refuses integers of a tensor that the graph's type would round.
func (r *reader) exact(t *proto.Tensor) {
	if t.Element.Float() || t.Element == proto.Bool {
		return
	}
	list, err := t.Ints()
	if err != nil {
		refuse("%w", err)
	}
	for i, n := range list {
		if float64(max(n, -n)) > r.most() || n == -n && n != 0 {
			refuse("tensor %s has %d at position %d, beyond ±%.0f, where %v has no longer all integers", t.Name, n, i, r.most(), r.g.Dtype())
		}
	}
}

// judged is x, of integers or booleans, of which other numbers are an error when it is run.
func (r *reader) judged(x *graph.Node, t proto.Element) *graph.Node {
	least, most, ok := t.Range()
	if !ok {
		return x
	}
	return ops.Whole(x, max(least, -r.most()), min(most, r.most()))
}

// refusal is the panic by which a rule ends that cannot go on.
type refusal struct{ error }

// refuse ends a rule.
func refuse(format string, args ...any) {
	panic(refusal{fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)})
}

// refused, deferred, makes an error of a refusal.
func refused(err *error) {
	switch v := recover().(type) {
	case nil:
	case refusal:
		*err = v.error
	default:
		panic(v)
	}
}
