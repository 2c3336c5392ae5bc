package importer

import (
	"math"

	"adjoint/graph"
	"adjoint/ops"
)

// convRules are those of windows that go over images (N, C, H, W) and signals (N, C, T).
var convRules = map[string]rule{
	"Conv":          conv,
	"ConvTranspose": convTranspose,
	"MaxPool":       maxPool,
	"AveragePool":   averagePool,
	"MaxUnpool":     maxUnpool,
	"Pad":           pad,
}

// image is an input with its examples last: (C, H, W, N) or (C, T, N).
func (c *call) image(i int) *graph.Node {
	if rank := c.rank(i); rank < 3 || rank > 4 {
		refuse("input %d of shape %v: those known are images (N, C, H, W) and signals (N, C, T)", i, c.x(i).Shape)
	}
	return c.reader.node(c.x(i), examplesLast)
}

// of an image is what becomes of one.
func (c *call) imageOf(n *graph.Node) []*Value {
	return []*Value{valueOf(c.x(0).Type, examplesLast, n)}
}

// pair returns two numbers of an attribute: of a signal, the second.
func (c *call) axesPair(list []int, missing int) [2]int {
	k := c.rank(0) - 2
	if list != nil && len(list) != k {
		refuse("%d numbers for %d axes of places: %w", len(list), k, graph.ErrShape)
	}
	p := [2]int{missing, missing}
	copy(p[2-k:], list)
	return p
}

// window reads the attributes of a window of some size over the first input.
func (c *call) window(size [2]int) ops.Window {
	k := c.rank(0) - 2
	p := ops.Window{
		Size: size, Stride: c.axesPair(c.ints("strides"), 1), Dilation: c.axesPair(c.ints("dilations"), 1), Groups: c.int("group", 1),
	}
	if min(p.Stride[0], p.Stride[1], p.Dilation[0], p.Dilation[1], p.Groups, size[0], size[1]) < 1 {
		refuse("strides, dilations, groups and sizes of 1 or more: %w", graph.ErrShape)
	}
	switch auto := c.text("auto_pad", "NOTSET"); auto {
	case "NOTSET":
		if pads := c.ints("pads"); pads != nil {
			if len(pads) != 2*k {
				refuse("%d pads for %d axes of places: %w", len(pads), k, graph.ErrShape)
			}
			p.Before, p.After = c.axesPair(pads[:k], 0), c.axesPair(pads[k:], 0)
		}
	case "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		for a := 2 - k; a < 2; a++ {
			p.Before[a], p.After[a] = c.samePads(p, a, auto == "SAME_LOWER")
		}
	default:
		refuse("auto_pad %q", auto)
	}
	return p
}

func span(p ops.Window, a int) int { return (p.Size[a]-1)*p.Dilation[a] + 1 }

// samePads are the zeros before and after an axis of n that make ⌈n/stride⌉ places, the odd one
// after it, or before it.
func (c *call) samePads(p ops.Window, a int, lower bool) (before, after int) {
	n := c.place(a)
	total := span(p, a) - 1
	if p.Stride[a] > 1 {
		if graph.Symbolic(n) {
			refuse("an axis is %s, and how many zeros go around it depends on the number: give it by Dims", graph.ExtentString(n))
		}
		total = max(0, (n-1)/p.Stride[a]*p.Stride[a]+span(p, a)-n)
	}
	before = total / 2
	if lower {
		before = total - before
	}
	return before, total - before
}

// place is the extent of rows, a = 0, or of columns, a = 1, of the first input.
func (c *call) place(a int) int { return c.dims(0)[c.rank(0)-2+a] }

// sizeOf is the size of weights (M, C, kh, kw).
func (c *call) sizeOf(i int) [2]int {
	d := c.dims(i)
	if len(d) != c.rank(0) {
		refuse("weights of shape %v for %v: %w", c.x(i).Shape, c.x(0).Shape, graph.ErrShape)
	}
	return c.axesPair(d[2:], 1)
}

func conv(c *call) []*Value {
	x := c.image(0)
	return c.imageOf(c.channelBias(ops.Conv(c.node(1), x, c.window(c.sizeOf(1)))))
}

// channelBias adds input 2, a number for each channel, if it is there.
func (c *call) channelBias(u *graph.Node) *graph.Node {
	if !c.has(2) {
		return u
	}
	ones := make([]int, u.Shape().Rank())
	for i := range ones {
		ones[i] = 1
	}
	ones[0] = graph.Times(c.dims(2)...)
	return ops.Bias(ops.Reshape(c.node(2), ones...), u)
}

// convTranspose leaves out at the end what output_padding asks for, or takes from both ends
// what output_shape leaves.
func convTranspose(c *call) []*Value {
	x := c.image(0)
	p := c.window(c.sizeOf(1))
	more := c.axesPair(c.ints("output_padding"), 0)
	k := c.rank(0) - 2
	if shape := c.ints("output_shape"); shape != nil || c.text("auto_pad", "NOTSET") != "NOTSET" {
		to := c.axesPair(shape, 0)
		for a := 2 - k; a < 2; a++ {
			n := c.place(a)
			if graph.Symbolic(n) {
				refuse("an axis of %s: give that by Dims", graph.ExtentString(n))
			}
			if shape == nil {
				to[a] = n * p.Stride[a]
			}
			total := p.Stride[a]*(n-1) + more[a] + span(p, a) - to[a]
			p.Before[a] = max(total, 0) / 2
			if c.text("auto_pad", "NOTSET") != "SAME_UPPER" {
				p.Before[a] = max(total, 0) - p.Before[a]
			}
			p.After[a] = total - p.Before[a]
		}
	}
	for a := range more {
		p.After[a] -= more[a]
	}
	return c.imageOf(c.channelBias(ops.ConvTranspose(c.node(1), x, p)))
}

// pooling reads the window of a pool. With ceil_mode it may go over the end.
func (c *call) pooling() ops.Window {
	size := c.ints("kernel_shape")
	if size == nil {
		refuse("it has no kernel_shape: %w", graph.ErrShape)
	}
	c.image(0)
	p := c.window(c.axesPair(size, 1))
	if !c.flag("ceil_mode", 0) {
		return p
	}
	k := c.rank(0) - 2
	for a := 2 - k; a < 2; a++ {
		n := c.place(a)
		if graph.Symbolic(n) {
			refuse("an axis of %s, with ceil_mode: give that by Dims", graph.ExtentString(n))
		}
		over := n + p.Before[a] + p.After[a] - span(p, a)
		places := (over+p.Stride[a]-1)/p.Stride[a] + 1
		if (places-1)*p.Stride[a] >= n+p.Before[a] { // the last one would begin past the end
			places--
		}
		p.After[a] += max(0, (places-1)*p.Stride[a]-over)
	}
	return p
}

func maxPool(c *call) []*Value { return c.imageOf(ops.MaxPool(c.image(0), c.pooling())) }

// averagePool counts what is past the edge only if it is told to.
func averagePool(c *call) []*Value {
	p, x := c.pooling(), c.image(0)
	if c.flag("count_include_pad", 0) {
		k := c.rank(0) - 2
		explicit := ops.Window{}
		if pads := c.ints("pads"); pads != nil {
			explicit.Before, explicit.After = c.axesPair(pads[:k], 0), c.axesPair(pads[k:], 0)
		} else {
			explicit = p
		}
		for a := 2 - k; a < 2; a++ {
			if explicit.Before[a]+explicit.After[a] > 0 {
				x = ops.Pad(x, a+k-1, explicit.Before[a], explicit.After[a], 0)
			}
			p.Before[a], p.After[a] = 0, p.After[a]-explicit.After[a]
		}
	}
	return c.imageOf(ops.AvgPool(x, p))
}

// maxUnpool puts entries back where a pool took them from, by places in the whole tensor.
func maxUnpool(c *call) []*Value {
	d, size := c.dims(0), c.ints("kernel_shape")
	if len(size) != len(d)-2 {
		refuse("kernel_shape %v for shape %v: %w", size, c.x(0).Shape, graph.ErrShape)
	}
	strides, pads := c.ints("strides"), c.ints("pads")
	to := append([]int(nil), d[:2]...)
	for i, k := range size {
		stride, zeros := 1, 0
		if strides != nil {
			stride = strides[i]
		}
		if pads != nil {
			zeros = pads[i] + pads[len(size)+i]
		}
		to = append(to, (d[2+i]-1)*stride+k-zeros)
	}
	if graph.ShapeOf(append(d, to...)...).Symbolic() {
		refuse("shape %v: give extents by Dims", c.x(0).Shape)
	}
	n := graph.Times(d...)
	flat := ops.ScatterAdd(ops.Reshape(c.node(0), n), 0, ops.Reshape(c.node(1), n), graph.Times(to...))
	y := ops.Reshape(flat, to...)
	if c.has(2) {
		for a, n := range c.integers(2) {
			if n != to[a] {
				y = padded(y, a, n)
			}
		}
	}
	return c.one(y)
}

// pad adds entries before and after axes, or, where their number is negative, takes them away.
func pad(c *call) []*Value {
	rank := c.rank(0)
	pads := c.ints("pads")
	if c.version >= 11 {
		pads = c.integers(1)
	} else if pads == nil {
		pads = c.ints("paddings")
	}
	axes := count(0, rank)
	if c.has(3) {
		axes = c.integers(3)
	}
	if len(pads) != 2*len(axes) {
		refuse("%d pads for %d axes: %w", len(pads), len(axes), graph.ErrShape)
	}
	value := c.float("value", 0)
	if c.version >= 11 && c.has(2) {
		value = c.floats(2)[0]
	}
	l := c.x(0).layout()
	x := c.reader.node(c.x(0), l)
	for i, a := range axes {
		at := l.axis(axisOf(a, rank), rank)
		before, after := pads[i], pads[len(axes)+i]
		if before < 0 || after < 0 {
			x = ops.Slice(x, at, max(-before, 0), graph.Shift(x.Shape().Dim(at), min(after, 0)))
		}
		if before, after = max(before, 0), max(after, 0); before+after > 0 {
			x = c.padding(x, at, before, after, value)
		}
	}
	return []*Value{valueOf(c.x(0).Type, l, x)}
}

func (c *call) padding(x *graph.Node, axis, before, after int, value float64) *graph.Node {
	switch mode := c.text("mode", "constant"); mode {
	case "constant":
		if math.IsNaN(value) {
			refuse("it pads with NaN")
		}
		return ops.Pad(x, axis, before, after, value)
	case "reflect":
		return ops.PadReflect(x, axis, before, after)
	case "edge":
		return ops.PadEdge(x, axis, before, after)
	case "wrap":
		n := x.Shape().Dim(axis)
		if graph.Symbolic(n) || max(before, after) > n {
			refuse("%d and %d entries around an axis of %s go round more than once", before, after, graph.ExtentString(n))
		}
		places := append(append(count(n-before, n), count(0, n)...), count(0, after)...)
		return c.taken(x, axis, places)
	default:
		refuse("its mode is %q", mode)
	}
	return nil
}
