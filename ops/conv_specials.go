package ops

import (
	"math"

	"adjoint/compute"
	"adjoint/internal/kernel"
)

// Infinite and NaN factors. By definition what is past the edge of x is 0 and is multiplied:
// 0·∞ is NaN in w∗x and in ζ·Patches(x)ᵀ. And Fold(wᵀζ) multiplies by no zeros at all. The
// kernels leave such products out, or have them in a frame, whichever is quicker. For finite
// factors that is the same; for others what follows sees to it.

func isFinite[T compute.Float](v T) bool { return v-v == 0 }

// finite reports whether all entries of a channel are.
func (x image[T]) finite(channel int) bool {
	for h := range x.h {
		for w := range x.w {
			if !isFinite(kernel.Sum(x.data[channel*x.atC+h*x.atH+w*x.atW:][:x.n])) {
				return false
			}
		}
	}
	return true
}

// specials makes NaN in runs whose window is past the edge with a weight that is not finite.
func (c *runsOf[T]) specials(out []T, p *kernel.TapProduct, from, to int) {
	short := false
	for _, s := range c.short[from:to] {
		short = short || s
	}
	if !short || isFinite(kernel.Sum(c.w.data)) {
		return
	}
	for i := from; i < to; i++ {
		if !c.short[i] {
			continue
		}
		r := &p.Runs[i]
		met := map[int]bool{}
		for _, t := range r.Taps {
			met[t.A] = true
		}
		for m := range p.M {
			if c.missesSpecial(r.A+m*p.A.Row, p, met) {
				kernel.Fill(out[r.C+m*p.LDC:][:r.Cols], T(math.NaN()))
			}
		}
	}
}

// missesSpecial reports whether some weight of a row that is not among those met is not finite.
func (c *runsOf[T]) missesSpecial(row int, p *kernel.TapProduct, met map[int]bool) bool {
	for i := range c.op.Size[0] {
		for j := range c.op.Size[1] {
			at := i*c.w.h + j*c.w.w
			for k := range p.K {
				if !met[at] && !isFinite(c.w.data[row+at+k*p.A.Col]) {
					return true
				}
			}
		}
	}
	return false
}

// afterFrame computes channels of an image again, by their definition, where some weight
// multiplied a zero of the frame and is not finite. Then one of the first columns of its row,
// as many as the stride, is not finite either: they have products with every weight.
func (c *runsOf[T]) afterFrame(y []T) {
	if !c.back() {
		return
	}
	d := c.dims
	size, row := len(y)/d[0], d[2]*d[3]
	for m := range d[0] {
		channel := y[m*size:][:size]
		for at := range d[1] * min(c.op.Stride[1], d[2]) {
			if !isFinite(channel[at%d[1]*row+at/d[1]*d[3]]) {
				c.image(channel, m)
				break
			}
		}
	}
}

// image computes a channel of the image by definition.
func (c *runsOf[T]) image(y []T, channel int) {
	clear(y)
	op, d, n := c.op, c.dims, c.dims[3]
	perGroup, group := c.w.m/op.Groups, channel/c.w.c
	rows, cols := op.hits(0, d[1], c.whole.h, true), op.hits(1, d[2], c.whole.w, true)
	for h, row := range rows {
		for w, col := range cols {
			to := y[(h*d[2]+w)*n:][:n]
			for _, i := range row {
				for _, j := range col {
					for m := group * perGroup; m < (group+1)*perGroup; m++ {
						f := c.w.data[m*c.w.row+channel%c.w.c*c.w.col+i.tap*c.w.h+j.tap*c.w.w]
						kernel.Axpy(to, c.whole.data[m*c.whole.atC+i.at*c.whole.atH+j.at*c.whole.atW:][:n], f)
					}
				}
			}
		}
	}
}
