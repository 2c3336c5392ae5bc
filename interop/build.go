package interop

import (
	"errors"
	"fmt"

	"adjoint/graph"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

type node = gorgonia.Node

// A builder makes the nodes of a Formula. Its methods, and the rules, panic with
// an error, as gorgonia.Must does; build returns it.
type builder struct {
	*Formula
	n     int
	dtype tensor.Dtype
	extra int // leaves that no node of ours became
}

// A rule builds what an op becomes.
type rule func(c call) *node

// A call is the application of an op that is being translated.
type call struct {
	*builder
	shape []int // of the result
	args  []any // of its Description
	x     []*node
}

func (c call) float(i int) float64 { return c.args[i].(float64) }
func (c call) int(i int) int       { return c.args[i].(int) }
func (c call) axes() []int         { return c.args[0].([]int) }

// build returns what n becomes. What it is computed from has been built.
func (b *builder) build(n *graph.Node) (m *node, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = failure(p)
		}
	}()
	if needsN := n.Shape().Symbolic() || n.Kind() == graph.Examples; needsN && b.n <= 0 {
		return nil, fmt.Errorf("%w: N is %d", graph.ErrShape, b.n)
	}
	shape := n.Shape().At(b.n).Dims()
	if n.Op() == nil {
		return b.leafOf(n, shape), nil
	}
	op, ok := n.Op().(graph.Describer)
	if !ok {
		return nil, ErrUnsupported
	}
	d := op.Describe()
	translate := rules[d.Name]
	if translate == nil {
		return nil, ErrUnsupported
	}
	c := call{builder: b, shape: shape, args: d.Args}
	for _, x := range n.Inputs() {
		c.x = append(c.x, b.Node[x])
	}
	return translate(c), nil
}

// failure is the error that a panic stands for.
func failure(p any) error {
	err, ok := p.(error)
	switch {
	case !ok:
		return fmt.Errorf("%w: %v", ErrGorgonia, p)
	case errors.Is(err, ErrUnsupported):
		return err
	}
	return fmt.Errorf("%w: %w", ErrGorgonia, err)
}

// refuse gives up on an op, for a reason.
func refuse(reason string) { panic(fmt.Errorf("%w: %s", ErrUnsupported, reason)) }

// leafOf returns the leaf that a leaf of ours becomes. gorgonia takes leaves of
// one name for one node, so its name ends in the number of n.
func (b *builder) leafOf(n *graph.Node, shape []int) *node {
	name := fmt.Sprintf("%s#%d", n.Name(), n.ID())
	switch {
	case n.Kind() == graph.Examples:
		return b.leaf(name, shape, gorgonia.WithValue(floatOf(b.dtype, float64(graph.ShapeOf(n.Extent()).At(b.n).Dim(0)))))
	case n.Value() != nil:
		return b.leaf(name, shape, gorgonia.WithValue(valueOf(n.Value())))
	}
	return b.leaf(name, shape)
}

func (b *builder) leaf(name string, shape []int, options ...gorgonia.NodeConsOpt) *node {
	options = append([]gorgonia.NodeConsOpt{gorgonia.WithName(name), gorgonia.WithShape(shape...)}, options...)
	if len(shape) == 0 {
		return gorgonia.NewScalar(b.Graph, b.dtype, options...)
	}
	return gorgonia.NewTensor(b.Graph, b.dtype, len(shape), options...)
}

// array returns a leaf whose entry i, row by row, is entry(i). It is a leaf, not a
// constant of gorgonia's, because those are one node if they print alike.
func (b *builder) array(shape []int, entry func(i int) float64) *node {
	b.extra++
	name := fmt.Sprintf("array@%d", b.extra)
	if len(shape) == 0 {
		return b.leaf(name, shape, gorgonia.WithValue(floatOf(b.dtype, entry(0))))
	}
	v := tensor.New(tensor.Of(b.dtype), tensor.WithShape(shape...))
	for i := range v.DataSize() {
		v.Set(i, floatOf(b.dtype, entry(i)))
	}
	return b.leaf(name, shape, gorgonia.WithValue(v))
}

// filled returns a leaf of entries c.
func (b *builder) filled(shape []int, c float64) *node {
	return b.array(shape, func(int) float64 { return c })
}

// number returns a constant, for use beside a tensor or a scalar.
func (b *builder) number(c float64) *node { return gorgonia.NewConstant(floatOf(b.dtype, c)) }

// floatOf returns c in a float type.
func floatOf(dtype tensor.Dtype, c float64) any {
	if dtype == tensor.Float32 {
		return float32(c)
	}
	return c
}
