package onnx

import (
	"fmt"

	"adjoint/graph"
	"adjoint/onnx/internal/proto"
)

// images32 are the rules of convolutions and pools of float32. ONNX has examples first and the
// same weights. In float64, for which ONNX Runtime has no kernel, they are written
// by their definition.
var images32 = map[string]rule{
	"Conv": func(c *call) value {
		w := windowOf(c, c.args[0].([]int))
		x := c.cropped(c.examplesFirst(c.x[1]), w)
		return c.examplesLast(c.node("Conv", []value{x, c.x[0]}, append(w.attributes(), attribute("group", int64(c.int(1))))...))
	},
	"ConvImage": convImage,
	"MaxPool": func(c *call) value {
		w := windowOf(c, c.args[0].([]int))
		x := c.cropped(c.examplesFirst(c.x[0]), w)
		return c.examplesLast(c.node("MaxPool", []value{x}, append(w.attributes(), attribute("kernel_shape", w.size))...))
	},
}

// A window has the numbers of an ops.Window, those of an axis or of two.
type window struct{ size, stride, before, after, dilation []int }

func windowOf(c *call, list []int) window {
	first := 4 - c.n.Shape().Rank() // a signal has one axis
	pair := func(i int) []int { return list[2*i+first : 2*i+2] }
	return window{pair(0), pair(1), pair(2), pair(3), pair(4)}
}

func (w window) attributes() []proto.Attribute {
	pads := append([]int{}, w.before...)
	for _, n := range w.after {
		pads = append(pads, max(n, 0))
	}
	return []proto.Attribute{attribute("strides", w.stride), attribute("pads", pads), attribute("dilations", w.dilation)}
}

// cropped leaves out the last rows and columns where less than none come after them.
func (c *call) cropped(x value, w window) value {
	for i, n := range w.after {
		if n < 0 {
			x = c.do("Slice", x, c.integers(0), c.integers(n), c.integers(2+i))
		}
	}
	return x
}

func (c *call) examplesFirst(x value) value {
	if c.n.Shape().Rank() == 3 {
		return c.transpose(x, []int{2, 0, 1})
	}
	return c.transpose(x, []int{3, 0, 1, 2})
}

func (c *call) examplesLast(x value) value {
	if c.n.Shape().Rank() == 3 {
		return c.transpose(x, []int{1, 2, 0})
	}
	return c.transpose(x, []int{1, 2, 3, 0})
}

// convImage is a transposed convolution. What lies past the end of the image is left out, and
// what no window reaches there is 0.
func convImage(c *call) value {
	w := windowOf(c, c.args[2].([]int))
	rank, some := c.n.Shape().Rank(), false
	zeros := make([]int, 2*rank)
	w.after = make([]int, len(w.size))
	for i := range w.size {
		reached := graph.Quotient(c.dims(1)[1+i], w.stride[i], (w.size[i]-1)*w.dilation[i]+1-w.stride[i]-w.before[i], 1)
		past, ok := graph.Difference(reached, c.n.Shape().Dim(1+i))
		if !ok {
			c.fail(fmt.Errorf("%v: how far the windows reach on axis %d depends on the number: %w", c.n, 1+i, ErrUnsupported))
		}
		w.after[i], zeros[rank+2+i] = max(past, 0), max(-past, 0)
		some = some || past < 0
	}
	y := c.node("ConvTranspose", []value{c.examplesFirst(c.x[1]), c.x[0]}, append(w.attributes(), attribute("group", int64(c.int(3))))...)
	if some {
		y = c.do("Pad", y, c.integers(zeros...))
	}
	return c.examplesLast(y)
}
