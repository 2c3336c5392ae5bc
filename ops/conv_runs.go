package ops

import (
	"fmt"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// How a conv is computed: no patch is copied. In an image whose examples are its last axis,
// what an entry of the window meets on its way along a row is one contiguous run, of W'·N
// entries if the stride is 1 and of N otherwise. So w∗x is a sum of products, one for each
// entry of the window, whose matrices are parts of w and x as they lie, and so are its
// derivatives: package kernel computes all of them in one pass, with the sums in registers.
// Where the window is past the edge the product is left out.
//
// That wants N to fill a vector. For fewer examples an image is copied into a frame of zeros,
// with columns that are a stride apart side by side, and runs are as long as the row.

const (
	fewExamples = 16   // from so many on images are read as they lie,
	fewStrided  = 64   // and from so many on by a stride
	shortRow    = 32   // columns, up to which all rows are one run
	runEntries  = 512  // of a run, more or less
	shareFlop   = 1e6  // multiplications from which threads share a conv
	dotEntries  = 1024 // of a row in a block of a product with patches
)

func convolve[T compute.Float](op conv, y, bias *tensor.Dense, a, b compute.View, floor bool) compute.Work {
	if op.to == toWeights {
		return newWeightsWork(op, y, imageOf[T](a), imageOf[T](b))
	}
	c := &runsOf[T]{op: op, dims: imageDims(y), w: filterOf[T](a), b: imageOf[T](b), floor: floor}
	c.whole = c.b
	if bias != nil {
		c.bias = compute.Data[T](bias)
	}
	return c.work(y)
}

// A runsOf makes the runs of a conv to places or to an image, of weights w and b.
type runsOf[T compute.Float] struct {
	op         conv
	dims       [4]int
	bias       []T
	w          filter[T]
	b          image[T] // perhaps in a frame
	whole      image[T] // b as it was
	floor      bool
	rows, cols [][]hit // what the window meets for each row and column of y
	list       []kernel.Run
	known      map[string][]kernel.Tap
	short      []bool // of the runs in list: whether the window is past the edge
}

func (c *runsOf[T]) back() bool { return c.op.to == toImage }

func (c *runsOf[T]) work(y *tensor.Dense) compute.Work {
	op, d, back := c.op, c.dims, c.back()
	c.rows, c.cols = op.hits(0, d[1], c.b.h, back), op.hits(1, d[2], c.b.w, back)
	out := compute.Data[T](y)
	few := c.b.n < fewExamples
	if op.Stride != Both(1) && c.b.n < fewStrided || few && d[2]*d[3] < shortRow && op.Size != Both(1) {
		if w, ok := c.inPlanes(y); ok {
			return w
		}
	}
	if few && op.Stride[1] == 1 && (back && op.span(1) > 1 || !back && (op.Before[1] > 0 || op.After[1] > 0)) {
		c.inRows()
	}
	c.makeRuns()
	p := c.product()
	p.LDC, p.Runs = d[1]*d[2]*d[3], c.list
	q := kernel.BindTaps(p, out, c.bias, c.w.data, c.b.data)
	if c.b.begin == nil {
		parts := len(p.Runs)
		if p.M*p.K*op.Size[0]*op.Size[1]*d[1]*d[2]*d[3] < shareFlop {
			parts = 1
		}
		return compute.Work{Parts: parts, Do: func(from, to int) {
			if parts == 1 {
				to = len(p.Runs)
			}
			q.Do(from, to)
			if !back {
				c.specials(out, &p, from, to)
			}
		}}
	}
	return compute.InOnePart(func() {
		c.b.begin()
		q.Do(0, len(p.Runs))
		c.afterFrame(compute.Data[T](y))
		if !back {
			c.specials(out, &p, 0, len(p.Runs))
		}
	})
}

// product is the form without runs.
func (c *runsOf[T]) product() kernel.TapProduct {
	g := c.op.Groups
	p := kernel.TapProduct{M: c.w.m / g, K: c.w.c, A: kernel.Layout{Row: c.w.row, Col: c.w.col}, BRow: c.b.atC, Floor: c.floor}
	if c.back() {
		p.M, p.K, p.A = p.K, p.M, kernel.Layout{Row: p.A.Col, Col: p.A.Row}
	}
	return p
}

// makeRuns makes the runs of every group, row by row.
func (c *runsOf[T]) makeRuns() {
	c.known = map[string][]kernel.Tap{}
	p, d, n := c.product(), c.dims, c.dims[3]
	all := c.op.Size[0] * c.op.Size[1]
	for group := range c.op.Groups {
		for h, row := range c.rows {
			for first := 0; first < len(c.cols); {
				k := 1
				for c.b.atW == c.b.n && k*n < runEntries && first+k < len(c.cols) && follows(c.cols[first], c.cols[first+k], k) {
					k++
				}
				run := kernel.Run{
					C: group*p.M*d[1]*d[2]*n + (h*d[2]+first)*n, A: group * (c.w.m / c.op.Groups) * c.w.row,
					B: group * p.K * c.b.atC, Cin: group * p.M, Cols: k * n,
				}
				c.add(run, row, c.cols[first], len(row)*len(c.cols[first]) < all)
				first += k
			}
		}
	}
}

// add appends a run whose taps are the pairs of rows and columns that hit; it may go on with
// the last one.
func (c *runsOf[T]) add(run kernel.Run, rows, cols []hit, short bool) {
	if len(rows) > 0 && len(cols) > 0 {
		run.B += c.place(rows, cols, &run)
	}
	if k := len(c.list) - 1; k >= 0 && len(run.Taps) > 0 {
		last := &c.list[k]
		if len(last.Taps) == len(run.Taps) && &last.Taps[0] == &run.Taps[0] && last.A == run.A &&
			last.C+last.Cols == run.C && last.B+last.Cols == run.B && last.Cin == run.Cin && last.Cols < runEntries {
			last.Cols += run.Cols
			return
		}
	}
	c.list, c.short = append(c.list, run), append(c.short, short)
}

// place gives a run its taps, and returns where the first of them in memory begins.
func (c *runsOf[T]) place(rows, cols []hit, run *kernel.Run) int {
	low := rows[0].at*c.b.atH + cols[0].at*c.b.atW
	for _, i := range rows {
		for _, j := range cols {
			low = min(low, i.at*c.b.atH+j.at*c.b.atW)
		}
	}
	taps := make([]kernel.Tap, 0, len(rows)*len(cols))
	for _, i := range rows {
		for _, j := range cols {
			taps = append(taps, kernel.Tap{A: i.tap*c.w.h + j.tap*c.w.w, B: i.at*c.b.atH + j.at*c.b.atW - low})
		}
	}
	key := fmt.Sprint(taps)
	if same, ok := c.known[key]; ok {
		taps = same
	}
	c.known[key], run.Taps = taps, taps
	return low
}
