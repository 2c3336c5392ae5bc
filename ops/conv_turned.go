package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// Places by wᵀ. With the channels of y side by side, yᵀ is a sum of products of entries of b, which
// may lie any distance apart, and rows of wᵀ. So no vector has to be filled by examples, and no
// columns have to be brought together where a window goes by a stride. Weights are few: turning
// them costs little; and a row of yᵀ is turned back as soon as it is done.

const (
	turnedPlaces = 128 // examples counted, from which turning the weights pays
	turnedParts  = 8   // of the rows of y, at most, that threads share
)

// A turnedW is the work of a conv by wᵀ.
type turnedW[T compute.Float] struct {
	*runsOf[T]
	columns, depth int  // channels of a group, of y and of b
	strange        bool // some weight is infinite or NaN
	parts          int  // of the rows of y, each with a row of yᵀ of its own
	rows           []T  // these, (W, N, M)
	products       []rowProduct[T]
}

// A rowProduct computes some columns of the rows of yᵀ, in so many runs each.
type rowProduct[T compute.Float] struct {
	*kernel.BoundTaps[T]
	runs int
}

// byTurning lays out the work by wᵀ, or returns nil if that is not how to do it.
func (c *runsOf[T]) byTurning(r *room[T]) (bind func() compute.Work) {
	op, d, n := c.op, c.dims, c.b.n
	t := &turnedW[T]{runsOf: c, columns: d[0] / op.Groups, depth: c.b.c / op.Groups, parts: 1}
	places := d[1] * d[2] * n
	if c.back() {
		places = c.b.h * c.b.w * n
	}
	if t.columns < turnedChannels || d[2]*n < vectorChannels/2 || places < turnedPlaces || n == 1 && !c.inRows(r, op.Groups) {
		return nil
	}
	if c.deal()(d[1], nil).Parts > 1 {
		t.parts = min(d[1], turnedParts)
	}
	t.rows = r.take(t.parts * d[2] * n * d[0])
	t.read = filter[T]{data: r.take(c.w.m * c.w.row), h: op.Size[1] * t.columns, w: t.columns}
	return t.work
}

// work is that by wᵀ, which has a row for each channel of b and each entry of the window.
func (t *turnedW[T]) work() compute.Work {
	deal := t.deal()
	works := append(t.frame.ready(deal), t.turn(deal), compute.InOnePart(func() { t.strange = !isFinite(kernel.Sum(t.w.data)) }))
	t.meet()
	t.bind()
	return compute.InTurn(append(works, compute.Work{Parts: t.parts, Do: t.do})...)
}

// turn returns the work of turning the weights.
func (t *turnedW[T]) turn(deal dealer) compute.Work {
	w, k, g := t.w, t.op.Size[0]*t.op.Size[1], t.op.Groups
	each := t.depth * k * t.columns // of a group
	if t.back() {
		return deal(w.m, func(from, to int) {
			for m := from; m < to; m++ {
				kernel.Transpose(t.read.data[m*k*t.columns:], w.data[m*w.row:], t.columns, k, t.columns, k)
			}
		})
	}
	return deal(g, func(from, to int) {
		for i := from; i < to; i++ {
			kernel.Transpose(t.read.data[i*each:], w.data[i*t.columns*w.row:], t.columns, t.depth*k, t.columns, w.row)
		}
	})
}

// bind makes the products. Without more examples than one, a row of A is a column of y: they are
// equally far apart in b, those of y that the stride has in common. With more it is an example.
func (t *turnedW[T]) bind() {
	d, n, k := t.dims, t.b.n, t.op.Size[0]*t.op.Size[1]
	p := kernel.TapProduct{M: n, K: t.depth, A: kernel.Layout{Row: 1, Col: t.b.atC}, BRow: k * t.columns, LDC: d[0]}
	if n > 1 {
		t.add(p, 0, 1)
		return
	}
	in, out := t.op.Stride[1], 1
	if t.back() {
		in, out = out, in
	}
	for first := range min(out, d[2]) {
		p.M, p.A.Row, p.LDC = (d[2]-first+out-1)/out, in*t.b.atW, out*d[0]
		t.add(p, first, d[2])
	}
}

// add makes a product whose runs begin with the columns first, first+step, … of y.
func (t *turnedW[T]) add(p kernel.TapProduct, first, step int) {
	d, k := t.dims, t.op.Size[0]*t.op.Size[1]
	for part := range t.parts {
		for h := part * d[1] / t.parts; h < (part+1)*d[1]/t.parts; h++ {
			for w := first; w < d[2]; w += step {
				taps, low := t.place(t.rowHits[h], t.colHits[w])
				for group := range t.op.Groups {
					p.Runs = append(p.Runs, kernel.Run{
						C: (part*d[2]+w)*d[3]*d[0] + group*t.columns, A: group*t.depth*t.b.atC + low, B: group * t.depth * k * t.columns,
						Cols: t.columns, Taps: taps,
					})
				}
			}
		}
	}
	t.products = append(t.products, rowProduct[T]{kernel.BindTaps(p, t.rows, nil, t.b.data, t.read.data), len(p.Runs) / d[1]})
}

// do computes some parts of the rows of y.
func (t *turnedW[T]) do(from, to int) {
	d := t.dims
	row := d[2] * d[3]
	for part := from; part < to; part++ {
		rowT := t.rows[part*row*d[0]:][:row*d[0]]
		for h := part * d[1] / t.parts; h < (part+1)*d[1]/t.parts; h++ {
			for _, p := range t.products {
				p.Do(h*p.runs, (h+1)*p.runs)
			}
			kernel.Transpose(t.y[h*row:], rowT, row, d[0], d[1]*row, d[0])
			for m := 0; m < d[0] && (t.strange || t.floor || t.bias != nil); m++ {
				t.end(t.y[(m*d[1]+h)*row:][:row], m, h)
			}
		}
	}
}

// end does to row h of channel m of y what is left to be done.
func (t *turnedW[T]) end(y []T, m, h int) {
	if t.strange {
		t.define(y, m, h)
	}
	if t.bias != nil {
		kernel.Shift(y, y, t.bias[m])
	}
	if t.floor {
		kernel.Relu(y, y)
	}
}
