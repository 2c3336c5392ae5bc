package importer

import (
	"adjoint/graph"
	"adjoint/ops"
)

// gridRules are those of images that are read between their places.
var gridRules = map[string]rule{"GridSample": gridSample, "RoiAlign": roiAlign}

// A tap is one of the entries of an axis that a place between entries is made of, and how much
// of it. Both are nodes.
type tap struct{ place, weight *graph.Node }

// gridSample reads images (N, C, H, W) at the places of a grid (N, H', W', 2), pairs of x and y
// from −1 to 1. What it is of an image and of a place is a sum of products, which have a
// derivative by both.
func gridSample(c *call) []*Value {
	d, g := c.dims(0), c.dims(1)
	if len(d) != 4 || len(g) != 4 || g[3] != 2 {
		refuse("images of shape %v at %v: %w", c.x(0).Shape, c.x(1).Shape, graph.ErrShape)
	}
	grid := ops.Reshape(c.node(1), g[0], graph.Times(g[1], g[2]), 2)
	columns := c.taps(ops.Index(grid, 2, 0), d[3])
	rows := c.taps(ops.Index(grid, 2, 1), d[2])
	n := graph.Times(d[2], d[3])
	x := ops.Reshape(c.node(0), d[0], d[1], n)
	var sum *graph.Node
	for _, row := range rows {
		for _, column := range columns {
			at := ops.Add(ops.Mul(c.extentNode(d[3]), row.place), column.place)
			shape := graph.ShapeOf(d[0], d[1], at.Shape().Dim(1))
			entries := ops.GatherAlong(x, 2, ops.BroadcastTo(ops.ExpandDims(at, 1), shape))
			part := ops.Mul(entries, ops.ExpandDims(ops.Mul(row.weight, column.weight), 1))
			if sum == nil {
				sum = part
			} else {
				sum = ops.Add(sum, part)
			}
		}
	}
	return c.one(ops.Reshape(sum, d[0], d[1], g[1], g[2]))
}

// taps are those of places from −1 to 1 on an axis of n entries.
func (c *call) taps(at *graph.Node, n int) []tap {
	size, corners := c.extentNode(n), c.flag("align_corners", 0)
	x := ops.Scale(0.5, ops.Shift(ops.Mul(ops.Shift(at, 1), size), -1)) // pixels are between −1 and 1
	if corners {
		x = ops.Scale(0.5, ops.Mul(ops.Shift(at, 1), ops.Shift(size, -1))) // the middles of the outer pixels are ±1
	}
	var list []tap
	switch mode := c.text("mode", "bilinear"); mode {
	case "nearest":
		list = []tap{{ops.Round(x), c.number(1)}}
	case "bilinear", "linear":
		before := ops.Floor(x)
		part := ops.Sub(x, before)
		list = []tap{{before, ops.OneMinus(part)}, {ops.Shift(before, 1), part}}
	case "bicubic", "cubic":
		before := ops.Floor(x)
		part := ops.Sub(x, before)
		for i := -1; i <= 2; i++ {
			list = append(list, tap{ops.Shift(before, float64(i)), keys(ops.Shift(part, -float64(i)), i == 0 || i == 1)})
		}
	default:
		refuse("its mode is %q", mode)
	}
	for i, t := range list {
		list[i] = c.padded(t, size, n == 1, corners)
	}
	return list
}

// keys is the weight of an entry at a distance t, of cubic convolution with a = −0.75: for |t| up
// to 1, or from there to 2. R. Keys, 1981.
func keys(t *graph.Node, near bool) *graph.Node {
	const a = -0.75
	t = ops.Abs(t)
	if near { // ((a+2)t − (a+3))t² + 1
		return ops.Shift(ops.Mul(ops.Affine(t, a+2, -(a+3)), ops.Square(t)), 1)
	}
	return ops.Affine(ops.Mul(ops.Shift(ops.Mul(ops.Shift(t, -5), t), 8), t), a, -4*a) // a(((t − 5)t + 8)t − 4)
}

// padded is a tap at a place that is there: one that is not has no weight, or that of another.
func (c *call) padded(t tap, size *graph.Node, one, corners bool) tap {
	last := ops.Shift(size, -1)
	clipped := func(x *graph.Node) *graph.Node { return ops.Maximum(ops.Minimum(x, last), c.number(0)) }
	switch padding := c.text("padding_mode", "zeros"); {
	case padding == "zeros":
		there := ops.Mul(ops.GreaterEqual(t.place, c.number(0)), ops.LessEqual(t.place, last))
		return tap{clipped(t.place), ops.Mul(t.weight, there)}
	case padding == "border", padding == "reflection" && one:
		return tap{clipped(t.place), t.weight}
	case padding == "reflection" && corners: // about 0 and n−1
		period := ops.Scale(2, last)
		m := ops.Mod(ops.Abs(t.place), period)
		return tap{clipped(ops.Minimum(m, ops.Sub(period, m))), t.weight}
	case padding == "reflection": // about −½ and n−½
		m := ops.Mod(ops.Abs(ops.Shift(t.place, 0.5)), ops.Scale(2, size))
		return tap{clipped(ops.Shift(ops.Minimum(m, ops.Sub(ops.Scale(2, size), m)), -0.5)), t.weight}
	default:
		refuse("its padding_mode is %q", padding)
	}
	return t
}
