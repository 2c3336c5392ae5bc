package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// Frames for few examples: see conv_runs.go. In a frame every entry of the window meets
// something, so that the columns of a row are one run.

// frameForth puts the image into a frame as wide as the windows reach.
func (c *runsOf[T]) frameForth() {
	op, s, dil := c.op, c.op.Stride[1], c.op.Dilation[1]
	c.b = c.b.framed(0, op.Before[1], c.b.h, c.dims[2]+(op.span(1)-1)/s, s)
	c.hitAll(func(o, t int) int { return t*dil%s*c.b.w + o + t*dil/s })
}

// frameBack puts ζ into a frame as wide as the windows reach that meet a column of the image.
func (c *runsOf[T]) frameBack() {
	op, dil := c.op, c.op.Dilation[1]
	left := max(0, op.span(1)-1-op.Before[1])
	c.b = c.b.framed(0, left, c.b.h, c.dims[2]+op.Before[1]+left, 1)
	c.hitAll(func(o, t int) int { return o + op.Before[1] - t*dil + left })
}

// hitAll says where on the frame every entry of the window meets each column.
func (c *runsOf[T]) hitAll(at func(column, tap int) int) {
	for o := range c.cols {
		c.cols[o] = c.cols[o][:0]
		for t := range c.op.Size[1] {
			c.cols[o] = append(c.cols[o], hit{t, at(o, t)})
		}
	}
}

// frameApart is frameBack for a stride. Columns of the image that are a stride apart meet the
// same entries of the window, and are computed side by side.
func (c *runsOf[T]) frameApart() {
	op, s, dil := c.op, c.op.Stride[1], c.op.Dilation[1]
	left := (op.span(1) - 1 + s - 1) / s
	each := c.perRow / s
	c.b = c.b.framed(0, left, c.b.h, each+(op.Before[1]+s-1)/s+left, 1)
	c.cols = make([][]hit, c.perRow)
	for o := range c.cols {
		for t := range op.Size[1] {
			if at := o/each + o%each*s + op.Before[1] - t*dil + left*s; at%s == 0 {
				c.cols[o] = append(c.cols[o], hit{t, at / s})
			}
		}
	}
}

// inOneRun is the work for rows that fill no vector: all rows of y are one run, with what the
// window shows between one row and the next, which is dropped.
func (c *runsOf[T]) inOneRun(y *tensor.Dense) compute.Work {
	op, d, n := c.op, c.dims, c.b.n
	var before, size [2]int
	for a := range 2 {
		last := op.span(a) - 1
		before[a], size[a] = op.Before[a], d[a+1]+last
		if c.back() {
			before[a] = max(0, last-op.Before[a])
			size[a] = d[a+1] + op.Before[a] + before[a]
		}
	}
	c.b = c.b.framed(before[0], before[1], size[0], size[1], 1)
	p := c.product()
	p.LDC = d[1] * c.b.atH
	taps := make([]kernel.Tap, 0, op.Size[0]*op.Size[1])
	for i := range op.Size[0] {
		for j := range op.Size[1] {
			h, v := i*op.Dilation[0], j*op.Dilation[1]
			if c.back() {
				h, v = op.Before[0]-h+before[0], op.Before[1]-v+before[1]
			}
			taps = append(taps, kernel.Tap{A: i*c.w.h + j*c.w.w, B: h*c.b.atH + v*n})
		}
	}
	total := (d[1]-1)*c.b.atH + d[2]*n
	for group := range op.Groups {
		for first := 0; first < total; first += runEntries {
			p.Runs = append(p.Runs, kernel.Run{
				C: group*p.M*p.LDC + first, A: group * (c.w.m / op.Groups) * c.w.row, B: group*p.K*c.b.atC + first,
				Cin: group * p.M, Cols: min(runEntries, total-first), Taps: taps,
			})
		}
	}
	out, from := compute.Data[T](y), make([]T, d[0]*p.LDC)
	q := kernel.BindTaps(p, from, c.bias, c.w.data, c.b.data)
	return compute.InOnePart(func() {
		c.b.begin()
		q.Do(0, len(p.Runs))
		for row := range d[0] * d[1] {
			copy(out[row*d[2]*n:][:d[2]*n], from[row*c.b.atH:])
		}
		c.afterFrame(out)
	})
}
