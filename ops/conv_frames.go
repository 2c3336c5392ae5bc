package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// Frames for few examples: see conv_runs.go. In a frame every entry of the window meets
// something, so that the columns of a row are one run.

// inRows puts b into a frame as wide as the windows reach that meet a column of y, if some window
// is past its edge. It reports whether none is then. The frame has slots for so many groups.
func (c *runsOf[T]) inRows(r *room[T], slots int) bool {
	op, b := &c.across, c.b
	before, size := c.reach(1)
	if before == 0 && size <= b.w {
		return true
	}
	if !b.affordsFrame([2]int{b.h, size}, Both(1), c.entries()) {
		return false
	}
	c.inFrame(b.framed(r, op.Groups, slots, [2]int{0, before}, [2]int{b.h, size}, Both(1)))
	if c.back() {
		before *= -op.Stride[1]
	}
	op.Before[1] -= before
	return true
}

// inFrame has the runs read b in a frame.
func (c *runsOf[T]) inFrame(f *frame[T]) { c.frame, c.b = f, f.image }

// slot returns where the channels of a group are in b.
func (c *runsOf[T]) slot(group int) int {
	if c.frame == nil {
		return group
	}
	return c.frame.slot(group)
}

// reach returns how many entries of an axis of b, with zeros, all windows that meet y have, and how
// many of these are before it.
func (c *runsOf[T]) reach(axis int) (before, size int) {
	op, extent := c.op, c.dims[axis+1]
	s, span, before := op.Stride[axis], op.span(axis), op.Before[axis]
	if c.back() {
		before = max(0, (span+s-2-op.Before[axis])/s)
		return before, (extent-1+op.Before[axis])/s + 1 + before
	}
	return before, (extent-1)*s + span
}

// entries is the number of those of y.
func (c *runsOf[T]) entries() int { return c.dims[0] * c.dims[1] * c.dims[2] * c.dims[3] }

// inPlanes lays out the work for rows that fill no vector, and for strides. All rows of y are one
// run, with what the window shows between one row and the next, which is dropped. Forward,
// columns of the image a stride apart are side by side in a frame, and back, those of y: the
// entries of the window that one of them meets are those that the others do. It returns nil where
// the frame would be too large.
func (c *runsOf[T]) inPlanes(r *room[T]) (bind func() compute.Work) {
	op, d := c.op, c.dims
	in, out, before, size := op.Stride, Both(1), [2]int{}, [2]int{}
	if c.back() {
		in, out = out, in
	}
	for a := range 2 {
		before[a], size[a] = c.reach(a)
		size[a] = (size[a] + in[a] - 1) / in[a]
	}
	if !c.b.affordsFrame(size, in, c.entries()) {
		return nil
	}
	c.inFrame(c.b.framed(r, op.Groups, c.deal().slots(op.Groups), before, size, in))
	to := &frame[T]{image: image[T]{data: c.y, h: d[1], w: d[2]}, stride: out}
	to.rows, to.cols = to.phases(0, d[1], 0), to.phases(1, d[2], 0)
	planes := r.take(d[0] / op.Groups * c.frame.slots * c.planeEntries(to))
	return func() compute.Work { return c.throughPlanes(to, planes, before) }
}

// planeEntries is how many entries the planes of a channel of y have.
func (c *runsOf[T]) planeEntries(y *frame[T]) int {
	return len(y.rows) * len(y.cols) * y.rows[0].count * c.frame.atH
}

// throughPlanes is the work by planes of y.
func (c *runsOf[T]) throughPlanes(to *frame[T], planes []T, before [2]int) compute.Work {
	f, g, d, deal := c.frame, c.op.Groups, c.dims, c.deal()
	p := c.planeRuns(to, before)
	q := kernel.BindTaps(p, planes, c.bias, c.w.data, f.data)
	put := func(at, from, end int) { c.putPlanes(to, planes[at*p.LDC:], p.LDC, from, end) }
	var works []compute.Work
	if g == 1 {
		works = append(f.ready(deal), deal(len(p.Runs), q.Do), deal(d[0], func(from, end int) { put(from, from, end) }))
	} else {
		runs, m := len(p.Runs)/g, d[0]/g
		works = append(works, f.inSlots(deal, func(group int) {
			q.Do(group*runs, (group+1)*runs)
			put(f.slot(group)*m, group*m, (group+1)*m)
		}))
	}
	return compute.InTurn(append(works, compute.InOnePart(c.afterFrame))...)
}

// planeRuns returns the product for the planes of y, one group after the other.
func (c *runsOf[T]) planeRuns(y *frame[T], before [2]int) kernel.TapProduct {
	op, f, n := c.op, c.frame, c.b.n
	p := c.product()
	plane := y.rows[0].count * f.atH
	p.LDC = c.planeEntries(y)
	for group := range op.Groups {
		slot := f.slot(group)
		for i, row := range y.rows {
			for j, col := range y.cols {
				taps := c.tapsOf(f, before, [2]int{row.first, col.first})
				total := (row.count-1)*f.atH + col.count*n
				for first := 0; first < total; first += runEntries {
					p.Runs = append(p.Runs, kernel.Run{
						C: slot*p.M*p.LDC + (i*len(y.cols)+j)*plane + first,
						A: group * (c.w.m / op.Groups) * c.w.row, B: slot*p.K*f.atC + first,
						Cin: group * p.M, Cols: min(runEntries, total-first), Taps: taps,
					})
				}
			}
		}
	}
	return p
}

// putPlanes copies channels from ≤ m < end of y from their planes, so many entries each.
func (c *runsOf[T]) putPlanes(y *frame[T], planes []T, entries, from, end int) {
	d, n := c.dims, c.b.n
	for m := from; m < end; m++ {
		for i, row := range y.rows {
			for j, col := range y.cols {
				at := (m-from)*entries + (i*len(y.cols)+j)*y.rows[0].count*c.b.atH
				kernel.CopyPieces(y.data, ((m*d[1]+row.first)*d[2]+col.first)*n, planes, at, kernel.Pieces{
					Rows: row.count, Parts: col.count, Len: n,
					Row: c.b.atH, Part: n, ToRow: y.stride[0] * d[2] * n, ToPart: y.stride[1] * n,
				})
			}
		}
	}
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
