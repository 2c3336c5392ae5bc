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
func (c *runsOf[T]) specials(p *kernel.TapProduct) {
	if isFinite(kernel.Sum(c.w.data)) {
		return
	}
	for i, short := range c.short {
		if !short {
			continue
		}
		r := &p.Runs[i]
		met := map[int]bool{}
		for _, t := range r.Taps {
			met[t.A] = true
		}
		for m := range p.M {
			if c.missesSpecial(r.A+m*p.A.Row, p, met) {
				kernel.Fill(c.y[r.C+m*p.LDC:][:r.Cols], T(math.NaN()))
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

// afterFrame computes an image again, by definition, if some weight that is not finite may have
// multiplied a zero of the frame.
func (c *runsOf[T]) afterFrame() {
	if !c.back() {
		return
	}
	d, y := c.dims, c.y
	row := d[2] * d[3]
	fewer := y // it has NaN where a weight of a frame is not finite
	if len(c.w.data) < len(y) {
		fewer = c.w.data
	}
	if isFinite(kernel.Sum(fewer)) {
		return
	}
	for m := range d[0] {
		for h := range d[1] {
			c.define(y[(m*d[1]+h)*row:][:row], m, h)
		}
	}
}

// define computes row h of channel m of y by definition.
func (c *runsOf[T]) define(y []T, m, h int) {
	clear(y)
	op, n := c.op, c.whole.n
	x, perGroup := c.whole, c.whole.c/op.Groups
	first := m / (c.dims[0] / op.Groups) * perGroup
	for w := range c.dims[2] {
		to := y[w*n:][:n]
		for i := range op.Size[0] {
			for j := range op.Size[1] {
				row, onRow := op.meet(0, h, i, c.back())
				col, onCol := op.meet(1, w, j, c.back())
				inside := 0 <= row && row < x.h && 0 <= col && col < x.w
				if !onRow || !onCol || !inside && c.back() {
					continue
				}
				for q := first; q < first+perGroup; q++ {
					at := m*c.w.row + (q-first)*c.w.col
					if c.back() {
						at = q*c.w.row + m%c.w.c*c.w.col
					}
					if f := c.w.data[at+i*c.w.h+j*c.w.w]; inside {
						kernel.Axpy(to, x.data[q*x.atC+row*x.atH+col*x.atW:][:n], f)
					} else {
						kernel.Shift(to, to, 0*f)
					}
				}
			}
		}
	}
}
