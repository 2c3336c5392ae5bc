package ops

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"
)

// A weightsOf is the work of a conv to the weights, ζ·Patches(x)ᵀ: products of rows of ζ and
// of patches, whose pieces lie in x. ζ and x are read in blocks of places, which stay in the
// caches.
type weightsOf[T compute.Float] struct {
	op         conv
	y          []T
	entries    int // of y
	ζ, x       image[T]
	places     image[T]  // ζ as it was
	whole      image[T]  // x as it was
	c          int       // channels of a group
	rows, cols []sector  // of the places
	frame      *frame[T] // that x is in, if it is: no window is past its edge
	step       [2]int    // from one place to the next, in rows and columns of x
	gaps       *frame[T] // of ζ, if its rows are as far apart as those of x, with zeros between them
	misses     bool      // some window has no entry on the image
}

func newWeights[T compute.Float](op conv, y []int, ζ, x image[T]) *weightsOf[T] {
	return &weightsOf[T]{op: op, entries: product(y), ζ: ζ, x: x, places: ζ, whole: x, c: x.c / op.Groups, step: op.Stride}
}

// lay decides how to do it and takes room for that. What it returns binds the work.
func (c *weightsOf[T]) lay(r *room[T]) (bind func() compute.Work) {
	op, ζ, x := c.op, c.ζ, c.x
	c.rows, c.cols = op.sectors(0, ζ.h, x.h), op.sectors(1, ζ.w, x.w)
	missed := func(s sector) bool { return s.taps == 0 }
	c.misses = slices.ContainsFunc(c.rows, missed) || slices.ContainsFunc(c.cols, missed)
	if bind = c.byTurning(r); bind != nil {
		return bind
	}
	strided := op.Stride != Both(1)
	few := x.n < fewExamples || strided && x.n < fewStrided
	if few && (!c.inside() || strided) || c.misses || len(c.rows)*len(c.cols) > mostSectors {
		var size [2]int
		for a, n := range ζ.extents() {
			size[a] = n + (op.span(a)-1)/op.Stride[a]
		}
		if x.affordsFrame(size, op.Stride, c.entries) {
			slots := op.Groups
			if c.c < vectorChannels {
				slots = c.deal().slots(op.Groups)
			}
			c.frame, c.step = x.framed(r, op.Groups, slots, op.Before, size, op.Stride), Both(1)
			c.x, c.rows, c.cols = c.frame.image, []sector{{0, ζ.h, 0, op.Size[0]}}, []sector{{0, ζ.w, 0, op.Size[1]}}
		}
	}
	if x := &c.x; c.inside() && c.step == Both(1) && ζ.w*ζ.n < shortRow && ζ.h > 1 && x.atW == x.n && x.atH == x.w*x.n {
		// Rows that fill no vector are one piece, with zeros for what ζ has between them.
		c.gaps = ζ.framed(r, 1, 1, [2]int{}, [2]int{ζ.h, x.w}, Both(1))
		c.ζ = c.gaps.image
	}
	return c.work
}

// A sector is the places from ≤ o < to of an axis, of which the same entries of the window are on
// the image: so many, from the first on.
type sector struct{ from, to, first, taps int }

// mostSectors is how many blocks of places with the same entries there may be, where a frame can
// be made instead.
const mostSectors = 64

// sectors returns those of so many places over n entries.
func (p Window) sectors(axis, places, n int) (list []sector) {
	for o, hits := range p.hits(axis, places, n, false) {
		s := sector{from: o, to: o + 1, taps: len(hits)}
		if s.taps > 0 {
			s.first = hits[0].tap
		}
		if k := len(list) - 1; k >= 0 && list[k].first == s.first && list[k].taps == s.taps {
			list[k].to++
		} else {
			list = append(list, s)
		}
	}
	return list
}

// inside reports whether no window is past the edge.
func (c *weightsOf[T]) inside() bool {
	return len(c.rows)*len(c.cols) == 1 && c.rows[0].taps == c.op.Size[0] && c.cols[0].taps == c.op.Size[1]
}

func (x image[T]) extents() [2]int { return [2]int{x.h, x.w} }

// work returns the work.
func (c *weightsOf[T]) work() compute.Work {
	ζ := c.ζ
	var bound []*kernel.BoundDots[T]
	for group := range c.op.Groups {
		at := group // of the channels of x
		if c.frame != nil {
			at = c.frame.slot(group)
		}
		m, n := ζ.c/c.op.Groups, c.entries/ζ.c
		bound = append(bound, kernel.BindDots(kernel.RunDots{
			M: m, N: n, C: group * m * n, LDC: n, A: group * m * ζ.atC, ARow: ζ.atC, Jobs: c.jobs(at * c.c),
		}, c.y, ζ.data, c.x.data))
	}
	each := bound[0].Parts()
	do := func(from, to int) {
		for i := from; i < to; {
			n := min(to-i, each-i%each)
			bound[i/each].Do(i%each, i%each+n)
			i += n
		}
	}
	deal := c.deal()
	works := c.gaps.ready(deal)
	if c.frame != nil && c.frame.slots < c.op.Groups {
		works = append(works, c.frame.inSlots(deal, func(group int) { do(group*each, (group+1)*each) }))
	} else {
		works = append(append(works, c.frame.ready(deal)...), deal(c.op.Groups*each, do))
	}
	if !c.inside() || c.gaps != nil {
		works = append(works, compute.InOnePart(c.specials))
	}
	return compute.InTurn(works...)
}

// deal returns the dealer for what is to be multiplied.
func (c *weightsOf[T]) deal() dealer {
	return dealt(float64(c.entries) * float64(c.places.h*c.places.w*c.places.n))
}

// A block is some rows and columns of places: from ≤ h < to.
type block struct{ h, toH, w, toW int }

// jobs returns what is to be done for a group, whose channels of x begin at the first: for the
// places of two sectors at a time, in blocks of some rows and columns.
func (c *weightsOf[T]) jobs(first int) (jobs []kernel.DotJob) {
	ζ := &c.ζ
	if c.gaps != nil {
		run := kernel.DotRun{Len: (ζ.h-1)*ζ.atH + c.places.w*ζ.n}
		return []kernel.DotJob{{Cols: c.columns(first, c.rows[0], c.cols[0]), Runs: []kernel.DotRun{run}}}
	}
	places := dotEntries / ζ.n
	for _, rows := range c.rows {
		for _, cols := range c.cols {
			entries := c.columns(first, rows, cols)
			wide := max(1, min(cols.to-cols.from, places))
			high := max(1, places/wide)
			for h := rows.from; h < rows.to; h += high {
				for w := cols.from; w < cols.to; w += wide {
					b := block{h, min(h+high, rows.to), w, min(w+wide, cols.to)}
					jobs = append(jobs, kernel.DotJob{Cols: entries, Runs: c.pieces(b)})
				}
			}
		}
	}
	return jobs
}

// columns returns those of the entries of the window that the places of two sectors have.
func (c *weightsOf[T]) columns(first int, rows, cols sector) (list []kernel.DotCol) {
	kh, kw := c.op.Size[0], c.op.Size[1]
	for ch := range c.c {
		for i := rows.first; i < rows.first+rows.taps; i++ {
			for j := cols.first; j < cols.first+cols.taps; j++ {
				list = append(list, kernel.DotCol{C: (ch*kh+i)*kw + j, B: (first+ch)*c.x.atC + c.entry(i, j)})
			}
		}
	}
	return list
}

// entry is how far an entry of the window is from the first.
func (c *weightsOf[T]) entry(i, j int) int {
	h, w := i*c.op.Dilation[0], j*c.op.Dilation[1]
	if c.frame != nil {
		return c.frame.at(h, w)
	}
	return h*c.x.atH + w*c.x.atW
}

// pieces returns those of a block of places, and where the first entry of the window is for them,
// or would be.
func (c *weightsOf[T]) pieces(b block) (list []kernel.DotRun) {
	ζ, x, before := c.ζ, c.x, c.op.Before
	if c.frame != nil {
		before = [2]int{}
	}
	along, step := c.step[1]*x.atW, 1
	if along == x.n && ζ.atW == ζ.n {
		step = b.toW - b.w
	}
	for h := b.h; h < b.toH; h++ {
		for w := b.w; w < b.toW; w += step {
			at := (h*c.step[0]-before[0])*x.atH - before[1]*x.atW + w*along
			list = append(list, kernel.DotRun{A: h*ζ.atH + w*ζ.atW, B: at, Len: step * x.n})
		}
	}
	return list
}

// specials computes the weights of a row of ζ again, by their definition, where an entry of ζ
// is not finite: see conv_specials.go. Then some weight to the first channel is not finite, if
// each window has an entry on the image; and with gaps any may be, if an entry of x was
// multiplied by their zeros.
func (c *weightsOf[T]) specials() {
	k := c.op.Size[0] * c.op.Size[1]
	for m := range c.ζ.c {
		row := c.y[m*c.c*k:][:c.c*k]
		looked := row
		if c.gaps == nil {
			looked = row[:k]
		}
		if slices.ContainsFunc(looked, func(v T) bool { return !isFinite(v) }) || c.misses && !c.places.finite(m) {
			c.row(row, m)
		}
	}
}

// row computes the weights of a row of ζ by definition.
func (c *weightsOf[T]) row(y []T, m int) {
	op, ζ, x := c.op, c.places, c.whole
	group := m / (ζ.c / op.Groups)
	for at := range y {
		j, i, ch := at%op.Size[1], at/op.Size[1]%op.Size[0], at/(op.Size[0]*op.Size[1])
		var sum T
		for h := range ζ.h {
			for w := range ζ.w {
				row, col := h*op.Stride[0]+i*op.Dilation[0]-op.Before[0], w*op.Stride[1]+j*op.Dilation[1]-op.Before[1]
				on := row >= 0 && row < x.h && col >= 0 && col < x.w
				for n := range ζ.n {
					var v T
					if on {
						v = x.data[(group*c.c+ch)*x.atC+row*x.atH+col*x.atW+n]
					}
					sum += ζ.data[m*ζ.atC+h*ζ.atH+w*ζ.atW+n] * v
				}
			}
		}
		y[at] = sum
	}
}
