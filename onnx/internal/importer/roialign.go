package importer

import (
	"adjoint/graph"
	"adjoint/ops"
)

// roiAlign is what images (N, C, H, W) are in each cell of a grid over boxes (R, 4), the mean of what they are at
// points of it, between their entries. That is a sum by rows and by columns:
//
//	y_rcpq = Σ_hw a_rph x_bchw a′_rqw,  b the image of box r
//
// with a derivative by the images and by the boxes. K. He et al., Mask R-CNN, 2017.
func roiAlign(c *call) []*Value {
	d, boxes := c.dims(0), c.dims(1)
	if len(d) != 4 || len(boxes) != 2 || boxes[1] != 4 {
		refuse("images of shape %v in boxes of shape %v: %w", c.x(0).Shape, c.x(1).Shape, graph.ErrShape)
	}
	if mode := c.text("mode", "avg"); mode != "avg" {
		refuse("its mode is %q", mode)
	}
	rows := c.boxWeights(1, d[2], c.int("output_height", 1))
	columns := c.boxWeights(0, d[3], c.int("output_width", 1))
	images := ops.Gather(c.node(0), 0, c.index(2, d[0]))
	return c.one(ops.Einsum("rph,rchw,rqw->rcpq", rows, images, columns))
}

// boxWeights is how much of each of n entries of an axis is in each of so many cells of the boxes, (R, cells, n).
// A box begins at its number first, and ends two numbers after that.
func (c *call) boxWeights(first, n, cells int) *graph.Node {
	points := c.int("sampling_ratio", 0)
	if points < 1 || cells < 1 {
		refuse("%d cells with sampling_ratio %d: how many points there are depends on the boxes", cells, points)
	}
	scale, shift, pixels := c.float("spatial_scale", 1), 0.0, false
	missing := "half_pixel"
	if c.version < 16 {
		missing = "output_half_pixel"
	}
	switch mode := c.text("coordinate_transformation_mode", missing); mode {
	case "half_pixel":
		shift = -0.5
	case "output_half_pixel":
		pixels = true
	default:
		refuse("its coordinate_transformation_mode is %q", mode)
	}
	end := func(i int) *graph.Node { return ops.Affine(ops.Slice(c.node(1), 1, i, i+1), scale, shift) } // (R, 1)
	start, size := end(first), ops.Sub(end(first+2), end(first))
	if pixels {
		size = ops.Maximum(size, c.number(1))
	}
	k := ops.Shift(numbered(c.g, cells*points, 1, 2), 0.5)
	at := ops.ExpandDims(ops.Add(start, ops.Mul(ops.Scale(1/float64(cells*points), size), k)), 2) // (R, cells·points, 1)
	there := ops.Mul(ops.GreaterEqual(at, c.number(-1)), ops.LessEqual(at, c.extentNode(n)))
	near := ops.Maximum(ops.Minimum(at, ops.Shift(c.extentNode(n), -1)), c.number(0))
	hat := ops.Maximum(ops.OneMinus(ops.Abs(ops.Sub(numbered(c.g, n, 2, 3), near))), c.number(0))
	return ops.Mean(ops.Reshape(ops.Mul(hat, there), c.dims(1)[0], cells, points, n), 2)
}
