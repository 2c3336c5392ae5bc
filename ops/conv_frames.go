package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// Frames for few examples: see conv_runs.go. In a frame every entry of the window meets
// something, so that the columns of a row are one run.

// inRows puts b into a frame as wide as the windows reach that meet a column of y.
func (c *runsOf[T]) inRows() {
	op, dil := c.op, c.op.Dilation[1]
	before, size, back := op.Before[1], c.dims[2]+op.span(1)-1, c.back()
	if back {
		before = max(0, op.span(1)-1-op.Before[1])
		size = c.dims[2] + op.Before[1] + before
	}
	if !c.b.affordsFrame([2]int{c.b.h, size}, Both(1), c.entries()) {
		return
	}
	c.b = c.b.framed(c.b.c, [2]int{0, before}, [2]int{c.b.h, size}, Both(1)).image
	for o := range c.cols {
		c.cols[o] = c.cols[o][:0]
		for t := range op.Size[1] {
			at := o + t*dil
			if back {
				at = o + op.Before[1] - t*dil + before
			}
			c.cols[o] = append(c.cols[o], hit{t, at})
		}
	}
}

// entries is the number of those of y.
func (c *runsOf[T]) entries() int { return c.dims[0] * c.dims[1] * c.dims[2] * c.dims[3] }

// inPlanes is the work for rows that fill no vector, and for strides. All rows of y are one
// run, with what the window shows between one row and the next, which is dropped. Forward,
// columns of the image a stride apart are side by side in a frame, and back, those of y: the
// entries of the window that one of them meets are those that the others do. There is none where
// the frame would be too large.
func (c *runsOf[T]) inPlanes(y *tensor.Dense) (w compute.Work, ok bool) {
	op, d, n := c.op, c.dims, c.b.n
	in, out, before, size := op.Stride, Both(1), op.Before, [2]int{}
	if c.back() {
		in, out = out, in
	}
	for a := range 2 {
		if size[a] = d[a+1] + (op.span(a)-1)/in[a]; c.back() {
			before[a] = max(0, (op.span(a)+out[a]-2-op.Before[a])/out[a])
			size[a] = (d[a+1]-1+op.Before[a])/out[a] + 1 + before[a]
		}
	}
	if !c.b.affordsFrame(size, in, c.entries()) {
		return w, false
	}
	f := c.b.framed(c.b.c, before, size, in)
	c.b = f.image
	p := c.product()
	planes := frame[T]{image: image[T]{h: d[1], w: d[2]}, stride: out} // of y
	rows, cols := planes.phases(0, d[1], 0), planes.phases(1, d[2], 0)
	plane := rows[0].count * f.atH
	p.LDC = len(rows) * len(cols) * plane
	for i, row := range rows {
		for j, col := range cols {
			taps := c.tapsOf(&f, before, [2]int{row.first, col.first})
			total := (row.count-1)*f.atH + col.count*n
			for group := range op.Groups {
				for first := 0; first < total; first += runEntries {
					p.Runs = append(p.Runs, kernel.Run{
						C: group*p.M*p.LDC + (i*len(cols)+j)*plane + first,
						A: group * (c.w.m / op.Groups) * c.w.row, B: group*p.K*f.atC + first,
						Cin: group * p.M, Cols: min(runEntries, total-first), Taps: taps,
					})
				}
			}
		}
	}
	to, from := compute.Data[T](y), make([]T, d[0]*p.LDC)
	q := kernel.BindTaps(p, from, c.bias, c.w.data, f.data)
	return compute.InOnePart(func() {
		f.begin()
		q.Do(0, len(p.Runs))
		at := 0
		for m := range d[0] {
			for _, row := range rows {
				for _, col := range cols {
					g := grid{n, row.count, col.count, out[0] * d[2] * n, out[1] * n, f.atH, n}
					copyGrid(to[((m*d[1]+row.first)*d[2]+col.first)*n:], from[at:], g)
					at += plane
				}
			}
		}
		c.afterFrame(to)
	}), true
}

// tapsOf returns the taps of the entries of y of a phase, with the zeros before the frame.
func (c *runsOf[T]) tapsOf(f *frame[T], before, phase [2]int) (taps []kernel.Tap) {
	op := c.op
	for i := range op.Size[0] {
		for j := range op.Size[1] {
			at, on := [2]int{i * op.Dilation[0], j * op.Dilation[1]}, true
			for a := range at {
				if c.back() {
					s := op.Stride[a]
					from := phase[a] + op.Before[a] - at[a]
					on = on && from%s == 0
					at[a] = from/s + before[a]
				}
			}
			if on {
				taps = append(taps, kernel.Tap{A: i*c.w.h + j*c.w.w, B: f.at(at[0], at[1])})
			}
		}
	}
	return taps
}
