package interop

import (
	"slices"

	"gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// shaped are the rules of the linear maps, and of others that change a shape.
var shaped = map[string]rule{
	"MatMul":      matMul,
	"Bias":        func(c call) *node { return add(c.broadcast(c.x[0], c.shape), c.x[1]) },
	"Dot":         func(c call) *node { return sum(mul(c.x[0], c.x[1])) },
	"Einsum":      einsum,
	"Transpose":   func(c call) *node { return must(gorgonia.Transpose(c.x[0], c.axes()...)) },
	"Reshape":     func(c call) *node { return c.reshape(c.x[0], c.shape) },
	"BroadcastTo": func(c call) *node { return c.broadcast(c.x[0], c.shape) },
	"SumTo":       func(c call) *node { return c.sumTo(c.x[0], c.shape) },
	"Slice":       slice,
	"Concat":      func(c call) *node { return c.concat(c.int(0), c.x...) },
	"Pad":         pad,
	"OneHot":      func(c call) *node { return c.oneHot(c.x[0], c.shape) },
	"Sum":         func(c call) *node { return sum(c.x[0], c.axes()...) },
	"Mean":        func(c call) *node { return must(gorgonia.Mean(c.x[0], c.axes()...)) },
	"Max":         func(c call) *node { return max(c.x[0], c.axes()...) },
	"Min":         func(c call) *node { return neg(max(neg(c.x[0]), c.axes()...)) },
	"Norm2":       func(c call) *node { return sqrt(sum(square(c.x[0]), c.axes()...)) },
}

// sum is Σx over axes, which are removed; over all if none is given.
func sum(x *node, axes ...int) *node { return must(gorgonia.Sum(x, axes...)) }

// max is the maximum over axes, which are removed.
func max(x *node, axes ...int) *node {
	upToFourAxes(x.Shape())
	return must(gorgonia.Max(x, axes...))
}

// upToFourAxes refuses other shapes: gorgonia broadcasts no more.
func upToFourAxes(shape []int) {
	if len(shape) > 4 {
		refuse("gorgonia broadcasts up to four axes")
	}
}

func matMul(c call) *node {
	if len(c.shape) > 2 {
		return must(gorgonia.BatchedMatMul(c.x[0], c.x[1]))
	}
	return must(gorgonia.Mul(c.x[0], c.x[1]))
}

// reshape is x with other extents.
//
// gorgonia's Reshape shares memory with its operand, whoever else reads that, and
// what follows may be computed in place. Multiplying by a 1 that no other node has
// keeps them apart, before it and, for the cotangent, after it.
func (b *builder) reshape(x *node, to []int) *node {
	switch {
	case slices.Equal(x.Shape(), to):
		return x
	case x.IsScalar():
		return mul(x, b.filled(to, 1))
	case len(to) == 0:
		return sum(x)
	}
	one := b.filled(nil, 1)
	return mul(must(gorgonia.Reshape(mul(x, one), slices.Clone(to))), one)
}

// broadcast is x stretched to a shape.
func (b *builder) broadcast(x *node, to []int) *node {
	if x.IsScalar() {
		return b.reshape(x, to)
	}
	x = b.reshape(x, aligned(x.Shape(), len(to)))
	var axes []byte
	for _, a := range differing(x.Shape(), to) {
		axes = append(axes, byte(a))
	}
	if len(axes) == 0 {
		return x
	}
	upToFourAxes(to)
	return must(gorgonia.BroadcastHadamardProd(b.filled(to, 1), x, nil, axes))
}

// sumTo is x summed over the axes along which the shape to would be stretched.
func (b *builder) sumTo(x *node, to []int) *node {
	if axes := differing(aligned(to, x.Dims()), x.Shape()); len(axes) > 0 {
		x = sum(x, axes...)
	}
	return b.reshape(x, to)
}

// aligned returns a shape with leading extents of 1, up to a rank.
func aligned(shape []int, rank int) []int {
	return append(slices.Repeat([]int{1}, rank-len(shape)), shape...)
}

// differing returns the axes on which two shapes of one rank differ.
func differing(a, b []int) []int {
	var axes []int
	for i := range a {
		if a[i] != b[i] {
			axes = append(axes, i)
		}
	}
	return axes
}

// kept returns a shape with 1 for one of its extents.
func kept(shape []int, axis int) []int {
	s := slices.Clone(shape)
	s[axis] = 1
	return s
}

// mostSliced is the largest index up to which gorgonia tells slices apart: it
// identifies them by one byte of each end.
const mostSliced = 256

// slice is a part of an axis, which stays. gorgonia removes one of extent 1.
func slice(c call) *node {
	axis, from, to := c.int(0), c.int(1), c.int(2)
	if to > mostSliced {
		refuse("gorgonia confuses slices beyond 256")
	}
	part := make([]tensor.Slice, axis+1)
	part[axis] = gorgonia.S(from, to)
	y := must(gorgonia.Slice(c.x[0], part...))
	if to-from == 1 {
		// Nobody else reads y, so it may share its memory: see reshape.
		y = must(gorgonia.Reshape(y, slices.Clone(c.shape)))
	}
	return y
}

// concat is the tensors x along an axis. Its reverse slices.
func (b *builder) concat(axis int, x ...*node) *node {
	total := 0
	for _, x := range x {
		total += x.Shape()[axis]
	}
	if total > mostSliced {
		refuse("gorgonia confuses slices beyond 256")
	}
	return must(gorgonia.Concat(axis, x...))
}

// pad is x among zeros, of which an axis has so many before and after it.
func pad(c call) *node {
	axis, from, n := c.int(0), c.int(1), c.int(2)
	x := c.x[0]
	zeros := func(extent int) []*node {
		if extent == 0 {
			return nil
		}
		shape := slices.Clone(c.shape)
		shape[axis] = extent
		return []*node{c.filled(shape, 0)}
	}
	parts := append(zeros(from), x)
	if parts = append(parts, zeros(n-from-x.Shape()[axis])...); len(parts) == 1 {
		return x
	}
	return c.concat(axis, parts...)
}

// oneHot is a matrix that is 1 where the label of the column is the number of the
// row.
func (b *builder) oneHot(labels *node, shape []int) *node {
	rows := b.array(shape, func(i int) float64 { return float64(i / shape[1]) })
	return must(gorgonia.Eq(b.broadcast(labels, shape), rows, true))
}
