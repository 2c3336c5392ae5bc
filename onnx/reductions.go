package onnx

import (
	"fmt"

	"adjoint/graph"
)

// reductions are the rules of sums and the like, and of ops that work along an
// axis.
var reductions = map[string]rule{
	"Sum":   func(c *call) value { return c.sumOver(c.x[0], c.axes(), false) },
	"SumTo": sumTo,
	"Dot":   func(c *call) value { return c.sumAll(c.product(c.x[0], c.x[1])) },
	"Mean":  reduction("ReduceMean"),
	"Max":   reduction("ReduceMax"),
	"Min":   reduction("ReduceMin"),
	"Prod":  reduction("ReduceProd"),
	"Norm2": norm2,
	"Det":   native("Det"),
	"ProdOfOthers": func(c *call) value {
		if len(c.x) > 1 {
			c.fail(fmt.Errorf("derivatives of a product beyond the first: %w", ErrUnsupported))
			return ""
		}
		return c.productOfOthers(c.x[0], c.int(0))
	},
	"Softmax":    func(c *call) value { return c.node("Softmax", c.x, attribute("axis", int64(c.int(0)))) },
	"LogSoftmax": func(c *call) value { return c.logSoftmax(c.x[0], c.int(0)) },
	"LogSumExp": func(c *call) value {
		largest, _, rest := c.logSum(c.x[0], c.axes()[0])
		return c.do("Squeeze", c.sum(largest, rest), c.integers(c.axes()...))
	},
}

// reduction is the rule of a reduction over axes, which are taken away.
func reduction(op string) rule {
	return func(c *call) value {
		if len(c.axes()) == 0 {
			return c.x[0]
		}
		return c.node(op, c.x, attribute("axes", c.axes()), attribute("keepdims", int64(0)))
	}
}

// sumOver is the sum of x over axes, which stay with extent 1 or are taken away.
func (c *call) sumOver(x value, axes []int, keep bool) value {
	if len(axes) == 0 {
		return x
	}
	kept := int64(0)
	if keep {
		kept = 1
	}
	return c.node("ReduceSum", []value{x, c.integers(axes...)}, attribute("keepdims", kept))
}

// norm2 is √Σx², of x over the largest |x|, so that no square overflows or is lost.
func norm2(c *call) value {
	size := c.do("Abs", c.x[0])
	if len(c.axes()) == 0 {
		return size
	}
	largest := c.node("ReduceMax", []value{size}, attribute("axes", c.axes()))
	unit := c.clip(largest, c.smallest(), c.largest())
	length := c.do("Sqrt", c.sumOver(c.square(c.quotient(size, unit)), c.axes(), true))
	return c.do("Squeeze", c.product(unit, length), c.integers(c.axes()...))
}

// logSoftmax is z − log Σeᶻ along an axis.
func (c *call) logSoftmax(z value, axis int) value {
	_, below, rest := c.logSum(z, axis)
	return c.difference(below, rest)
}

// logSum is log Σeᶻ along an axis, which stays with extent 1, as largest + rest: the
// largest z, and the logarithm of Σe^below, below = z − largest, to which the largest
// itself adds 1. (The ops of ONNX Runtime lose what the others add where it is little,
// and are NaN at +∞.)
func (c *call) logSum(z value, axis int) (largest, below, rest value) {
	largest = c.node("ReduceMax", []value{z}, attribute("axes", []int{axis}))
	below = c.difference(z, largest)
	isLargest := c.do("Equal", z, largest)
	others := c.sumOver(c.where(isLargest, c.number(0), c.exp(below)), []int{axis}, true)
	ties := c.affine(1, c.sumOver(c.cast(isLargest, c.element), []int{axis}, true), -1)
	return largest, below, c.log1p(c.sum(others, ties))
}

// sumAll is the sum of all entries of x, which has the shape of the input.
func (c *call) sumAll(x value) value { return c.sumOver(x, count(len(c.dims(0))), false) }

// sumTo sums over the axes along which the result would be stretched. Those that
// it does not have are the first ones.
func sumTo(c *call) value {
	from, to := c.dims(0), c.n.Shape().Dims()
	missing := len(from) - len(to)
	axes := count(missing)
	for i, d := range to {
		if d != from[missing+i] {
			axes = append(axes, missing+i)
		}
	}
	if len(axes) == missing {
		return c.sumOver(c.x[0], axes, false)
	}
	y := c.sumOver(c.x[0], axes, true)
	if missing == 0 {
		return y
	}
	return c.do("Squeeze", y, c.integers(count(missing)...))
}

// productOfOthers is, along an axis, the product of all entries but one: of a
// matrix of copies of the axis with 1 on the diagonal.
func (c *call) productOfOthers(x value, axis int) value {
	extent := c.shape(graph.ShapeOf(c.dims(0)[axis]))
	numbers := c.do("Range", c.integer(0), c.do("Squeeze", extent), c.integer(1))
	diagonal := c.do("Equal", c.do("Unsqueeze", numbers, c.integers(1)), numbers)
	if after := len(c.dims(0)) - axis - 1; after > 0 {
		var last []int
		for i := range after {
			last = append(last, 2+i)
		}
		diagonal = c.do("Unsqueeze", diagonal, c.integers(last...))
	}
	copies := c.do("Unsqueeze", x, c.integers(axis))
	others := c.where(diagonal, c.number(1), copies)
	return c.node("ReduceProd", []value{others}, attribute("axes", []int{axis + 1}), attribute("keepdims", int64(0)))
}

// count returns 0, 1, …, n−1.
func count(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
