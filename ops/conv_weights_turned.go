package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// The weights by xᵀ. Rows of ζ times rows of patches are dots, whose sums lie along vectors, and
// have to be added up at the end of each. But with the channels of x side by side, in xᵀ, what an
// entry of the window gives to all of them is a sum of products, as in w∗x. So for some channels and
// a block of places after the other, what they show of x is turned, among the zeros past its edges,
// and its products are added to the weights.

const (
	vectorChannels = 16 // that fill a vector,
	turnedChannels = 32 // and from which xᵀ pays for many examples too
	turnedTogether = 64 // of them in a block, if they are a multiple of so few
)

// A turnedX is the work by xᵀ.
type turnedX[T compute.Float] struct {
	*weightsOf[T]
	high, wide int // rows and columns of places of a block; the last may be lower
	across     int // columns of x that a block shows
	channels   int // of a block
	turned     []T
	sums       []T // (M, kh, kw, C/g)
	blocks     []turnedBlock
	product    *kernel.BoundTaps[T]
}

// A turnedBlock is some places, and some channels of x, from the first of a group.
type turnedBlock struct {
	block
	group, first int
}

// byTurning lays out the work by xᵀ, or returns nil if that is not how to do it.
func (c *weightsOf[T]) byTurning(r *room[T]) (bind func() compute.Work) {
	t := &turnedX[T]{weightsOf: c, sums: c.y}
	if c.c < vectorChannels || c.c < turnedChannels && c.x.n >= fewExamples || !t.cut() {
		return nil
	}
	if c.op.Size != Both(1) {
		t.sums = r.take(c.entries)
	}
	t.turned = r.take(t.at(t.shownRows(t.high), 0))
	return t.work
}

// work is that by xᵀ.
func (t *turnedX[T]) work() compute.Work {
	c, k, deal := t.weightsOf, t.op.Size[0]*t.op.Size[1], t.deal()
	t.cutBlocks()
	t.bind()
	var works []compute.Work
	if t.several() {
		works = append(works, compute.InOnePart(func() { clear(t.sums) }))
	}
	for i, b := range t.blocks {
		works = append(works,
			deal(t.shownRows(b.toH-b.h), func(from, to int) { t.turn(b, from, to) }),
			deal(k, func(from, to int) { t.product.Do(i*k+from, i*k+to) }))
	}
	if k > 1 {
		works = append(works, deal(c.ζ.c, func(from, to int) {
			for row := from; row < to; row++ {
				at := row * k * c.c
				kernel.Transpose(c.y[at:], t.sums[at:], k, c.c, k, c.c)
			}
		}))
	}
	return compute.InTurn(works...)
}

// several reports whether weights are summed up in several blocks.
func (t *turnedX[T]) several() bool { return t.high < t.ζ.h || t.wide < t.ζ.w }

// cut decides how large blocks are, and reports whether they are not too large. Of what a block
// shows, as much as can be is its places.
func (t *turnedX[T]) cut() bool {
	op, ζ := t.op, t.ζ
	t.channels = t.c
	for d := turnedTogether; d >= turnedChannels && t.channels > turnedTogether; d-- {
		if t.c%d == 0 {
			t.channels = d
		}
	}
	entries := func(high, wide int) float64 { // of xᵀ
		return float64((high-1)*op.Stride[0]+op.span(0)) * float64((wide-1)*op.Stride[1]+op.span(1)) * float64(t.x.n*t.channels)
	}
	best := 0.
	for wide := ζ.w; wide > 0; wide-- {
		if ζ.w%wide > 0 || entries(1, wide) > cachedEntries {
			continue
		}
		high := 1
		for high < ζ.h && entries(high+1, wide) <= cachedEntries {
			high++
		}
		if share := float64(high*wide) / entries(high, wide); share > best {
			t.high, t.wide, best = high, wide, share
		}
	}
	t.across = (t.wide-1)*op.Stride[1] + op.span(1)
	return best > 0
}

// cutBlocks makes the blocks.
func (t *turnedX[T]) cutBlocks() {
	op, ζ := t.op, t.ζ
	for group := range op.Groups {
		for first := 0; first < t.c; first += t.channels {
			for h := 0; h < ζ.h; h += t.high {
				for w := 0; w < ζ.w; w += t.wide {
					b := block{h, min(h+t.high, ζ.h), w, w + t.wide}
					t.blocks = append(t.blocks, turnedBlock{b, group, first})
				}
			}
		}
	}
}

// bind makes the product. A tap is a row of places, where their columns of xᵀ are equally far
// apart, or else a place.
func (t *turnedX[T]) bind() {
	op, ζ, n, row := t.op, t.ζ, t.x.n, t.channels
	k, m := op.Size[0]*op.Size[1], ζ.c/op.Groups
	p := kernel.TapProduct{M: m, K: n, A: kernel.Layout{Row: ζ.atC, Col: 1}, BRow: row, LDC: k * t.c, Add: t.several()}
	step := 1
	switch {
	case n == 1:
		step, p.A.Col, p.BRow = t.wide, ζ.atW, op.Stride[1]*row
	case op.Stride[1] == 1 && ζ.atW == n:
		step = t.wide
	}
	p.K *= step
	var taps []kernel.Tap
	for h := range t.high {
		for w := 0; w < t.wide; w += step {
			taps = append(taps, kernel.Tap{A: h*ζ.atH + w*ζ.atW, B: t.at(h*op.Stride[0], w*op.Stride[1])})
		}
	}
	for _, b := range t.blocks {
		for i := range k {
			p.Runs = append(p.Runs, kernel.Run{
				C:    b.group*m*p.LDC + i*t.c + b.first,
				A:    b.group*m*ζ.atC + b.h*ζ.atH + b.w*ζ.atW,
				B:    t.at(i/op.Size[1]*op.Dilation[0], i%op.Size[1]*op.Dilation[1]),
				Cols: t.channels, Taps: taps[:(b.toH-b.h)*t.wide/step],
			})
		}
	}
	t.product = kernel.BindTaps(p, t.sums, nil, ζ.data, t.turned)
}

// at is where an entry of what a block shows begins in xᵀ.
func (t *turnedX[T]) at(h, w int) int { return (h*t.across + w) * t.x.n * t.channels }

// shownRows is the number of rows of x that so many rows of places show.
func (t *turnedX[T]) shownRows(high int) int { return (high-1)*t.op.Stride[0] + t.op.span(0) }

// turn sets some rows of xᵀ to what a block shows.
func (t *turnedX[T]) turn(b turnedBlock, first, end int) {
	op, x := t.op, t.x
	left := b.w*op.Stride[1] - op.Before[1]
	shown := x.data[(b.group*t.c+b.first)*x.atC:]
	from, to := max(0, -left), min(t.across, x.w-left)
	for h := first; h < end; h++ {
		y, row := t.turned[t.at(h, 0):t.at(h+1, 0)], b.h*op.Stride[0]-op.Before[0]+h
		if row < 0 || row >= x.h || from >= to {
			clear(y)
			continue
		}
		clear(y[:t.at(0, from)])
		clear(y[t.at(0, to):])
		step := 1
		if x.atW == x.n {
			step = to - from
		}
		for w := from; w < to; w += step {
			kernel.Transpose(y[t.at(0, w):], shown[row*x.atH+(left+w)*x.atW:], t.channels, step*x.n, t.channels, x.atC)
		}
	}
}
