package ops

import (
	"fmt"
	"slices"

	"adjoint/compute"
	"adjoint/graph"

	"gorgonia.org/tensor"
)

// axesOf returns the axes that a caller named, counted from the front and in
// order; all axes if none was named. Where there is no such axis it returns them
// as they are, for the op to refuse.
func axesOf(x *Node, axes []int) graph.Ints {
	if list, err := resolve(x.Shape(), axes); err == nil {
		return graph.IntsOf(list...)
	}
	return graph.IntsOf(axes...)
}

// resolve is the rule of axesOf. The error wraps graph.ErrAxis.
func resolve(s Shape, axes []int) ([]int, error) {
	list := make([]int, 0, s.Rank())
	for _, a := range axes {
		a, err := s.Axis(a)
		if err != nil {
			return nil, err
		}
		if slices.Contains(list, a) {
			return nil, fmt.Errorf("%w: axis %d twice in %v", graph.ErrAxis, a, graph.IntsOf(axes...))
		}
		list = append(list, a)
	}
	if len(axes) == 0 {
		for a := range s.Rank() {
			list = append(list, a)
		}
	}
	slices.Sort(list)
	return list, nil
}

// product is the product of extents, none of them Batch.
func product(extents []int) int {
	p := 1
	for _, d := range extents {
		p *= d
	}
	return p
}

// onlyAxis takes the argument of a reduction over one axis, a list of it.
func onlyAxis(a *graph.Args) int {
	if list := a.Ints(); len(list) == 1 {
		return list[0]
	}
	return -1 // which reduced refuses
}

// allOnes reports whether all extents are 1.
func allOnes(extents []int) bool {
	return !slices.ContainsFunc(extents, func(d int) bool { return d != 1 })
}

// around views a row-major tensor as (before, extent, after), where extent is
// that of one axis.
func around(t *tensor.Dense, axis int) (before, extent, after int) {
	d := t.Shape()
	return product(d[:axis]), d[axis], product(d[axis+1:])
}

// refuse returns the failed node of a constructor that builds on other ops and
// cannot: err says why, in the words of the caller's op.
func refuse(op string, err error, x ...*Node) *Node {
	return graph.Apply(refused{op, err}, x...)
}

type refused struct {
	op  string
	err error
}

func (r refused) String() string                { return r.op }
func (r refused) Shape(...Shape) (Shape, error) { return Shape{}, r.err }
func (refused) Kernel() compute.Kernel          { return compute.Kernel{} }
func (refused) Reverse(y, _ *Node) []*Node      { return graph.NoDerivative(y) }

// along is how something that works along axes of x treats the examples of a symbol: apart,
// if it is not among the extents of those axes.
func along(examples graph.Treatment, symbol int, x Shape, axes ...int) graph.Treatment {
	if slices.ContainsFunc(axes, func(a int) bool { return graph.Holds(x.Dim(a), symbol) }) {
		return examples
	}
	return graph.Independent
}
