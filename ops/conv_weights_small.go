package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// The weights of a small image. A row of ζ and one of patches are then short, and the dots of
// many of them cost more to add up than to multiply. But with the channels of x side by side,
// in xᵀ, what an entry of the window gives to all of them is a sum of products, as in w∗x.

const (
	vectorChannels = 16      // of a group, from which on they fill a vector
	mostTurned     = 1 << 18 // entries of xᵀ, which is to stay in the second cache
)

// byTurning is the work by xᵀ, of x or of the frame it is in, if that is how to do it.
func (c *weightsOf[T]) byTurning() (w compute.Work, ok bool) {
	op, ζ, f := c.op, c.ζ, c.frame
	if f == nil {
		f = &frame[T]{image: c.x, stride: Both(1)}
	}
	entries := f.at(f.h*f.stride[0]-1, f.w*f.stride[1]-1) + f.n // of a channel
	if c.step != Both(1) || f.n >= fewExamples || c.c < vectorChannels || f.c*entries > mostTurned || f.atC < entries || f.atW != f.n || ζ.atW != ζ.n {
		return w, false
	}
	k, m := op.Size[0]*op.Size[1], ζ.c/op.Groups
	taps := make([]kernel.Tap, ζ.h)
	for h := range taps {
		taps[h] = kernel.Tap{A: h * ζ.atH, B: h * f.atH * f.c}
	}
	p := kernel.TapProduct{M: m, K: ζ.w * ζ.n, A: kernel.Layout{Row: ζ.atC, Col: 1}, BRow: f.c, LDC: k * c.c}
	for group := range op.Groups {
		for i := range k {
			p.Runs = append(p.Runs, kernel.Run{
				C: group*m*p.LDC + i*c.c, A: group * m * ζ.atC,
				B:    f.at(i/op.Size[1]*op.Dilation[0], i%op.Size[1]*op.Dilation[1])*f.c + group*c.c,
				Cols: c.c, Taps: taps,
			})
		}
	}
	turned, sums := make([]T, f.c*entries), c.y
	if k > 1 {
		sums = make([]T, len(c.y))
	}
	q := kernel.BindTaps(p, sums, nil, ζ.data, turned)
	return compute.InOnePart(func() {
		c.begin()
		kernel.Transpose(turned, f.data, f.c, entries, f.atC)
		q.Do(0, len(p.Runs))
		if k > 1 {
			for row := range ζ.c {
				kernel.Transpose(c.y[row*p.LDC:], sums[row*p.LDC:], k, c.c, c.c)
			}
		}
	}), true
}

// begin makes the copies of ζ and x.
func (c *weightsOf[T]) begin() {
	for _, begin := range []func(){c.ζ.begin, c.x.begin} {
		if begin != nil {
			begin()
		}
	}
}
