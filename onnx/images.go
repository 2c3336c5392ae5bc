package onnx

import "adjoint/onnx/internal/proto"

// images are the rules of windows over images. There examples are the last axis, in ONNX the
// first.
var images = map[string]rule{
	"Conv": func(c *call) value {
		x := c.examplesFirst(c.x[1], len(c.dims(1)))
		return c.examplesLast(c.node("Conv", []value{x, c.x[0]}, append(c.window(0), attribute("group", int64(c.int(1))))...))
	},
	"ConvImage": func(c *call) value { // to h rows and w columns: what the window does not reach is 0
		x := c.examplesFirst(c.x[1], len(c.dims(1)))
		return c.examplesLast(c.node("ConvTranspose", []value{x, c.x[0]}, append(c.window(2), attribute("group", int64(c.int(3))))...))
	},
	"AvgPool": pool("AveragePool"),
	"MaxPool": pool("MaxPool"),
}

func pool(op string) rule {
	return func(c *call) value {
		attributes := c.window(0)
		if op == "AveragePool" {
			attributes = attributes[:len(attributes)-1] // dilations came later, and are 1
		}
		return c.examplesLast(c.node(op, []value{c.examplesFirst(c.x[0], len(c.dims(0)))}, attributes...))
	}
}

// window returns the attributes of the window that argument i lists: sizes, strides, what is
// before and after, dilations, of rows and of columns. That of a signal has columns only.
func (c *call) window(i int) []proto.Attribute {
	list := c.args[i].([]int)
	from := 4 - c.n.Shape().Rank() // 1 for a signal
	pair := func(k int) []int { return list[2*k+from : 2*k+2] }
	return []proto.Attribute{
		attribute("kernel_shape", pair(0)), attribute("strides", pair(1)),
		attribute("pads", append(append([]int(nil), pair(2)...), pair(3)...)), attribute("dilations", pair(4)),
	}
}

// examplesFirst is (C, H, W, N) as (N, C, H, W).
func (c *call) examplesFirst(x value, rank int) value {
	return c.transpose(x, append([]int{rank - 1}, count(rank-1)...))
}

// examplesLast is (N, C, H, W) as (C, H, W, N).
func (c *call) examplesLast(x value) value {
	rank := c.n.Shape().Rank()
	perm := make([]int, rank)
	for i := range perm {
		perm[i] = (i + 1) % rank
	}
	return c.transpose(x, perm)
}
