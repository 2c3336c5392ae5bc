package ops

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A weightsOf is the work of a conv to the weights, ζ·Patches(x)ᵀ: products of rows of ζ and
// of patches, whose pieces lie in x. ζ and x are read in blocks of places, which stay in the
// caches.
type weightsOf[T compute.Float] struct {
	op     conv
	y      []T
	ζ, x   image[T]
	places image[T]  // ζ as it was
	whole  image[T]  // x as it was
	c      int       // channels of a group
	frame  *frame[T] // that x is in, if it is: no window is past its edge
	step   [2]int    // from one place to the next, in rows and columns of x
	gaps   *frame[T] // of ζ, if its rows are as far apart as those of x, with zeros between them
	slots  int       // how many groups x has the channels of at a time
	misses bool      // some window has no entry on the image
}

func newWeightsWork[T compute.Float](op conv, y *tensor.Dense, ζ, x image[T]) compute.Work {
	c := &weightsOf[T]{op: op, y: compute.Data[T](y), ζ: ζ, x: x, places: ζ, whole: x, c: x.c / op.Groups, slots: op.Groups, step: op.Stride}
	if w, ok := c.byTurning(); ok {
		return w
	}
	strided, inside := op.Stride != Both(1), op.inside(ζ, x)
	c.misses = !inside && !op.meets(ζ, x)
	if few := x.n < fewExamples || strided && x.n < fewStrided; few && (!inside || strided) || !inside && (c.c < 4 || c.misses) {
		var size [2]int
		for a, n := range ζ.extents() {
			size[a] = n + (op.span(a)-1)/op.Stride[a]
		}
		if x.affordsFrame(size, op.Stride, len(c.y)) {
			if c.c < vectorChannels { // one group after the other, in a frame that stays in the caches
				c.slots = min(op.Groups, c.deal()(frameSlots, nil).Parts)
			}
			c.frame, c.step = x.framed(c.slots*c.c, op.Before, size, op.Stride), Both(1)
			c.x = c.frame.image
		}
	}
	together := c.frame != nil || inside
	if x := &c.x; together && c.step == Both(1) && ζ.w*ζ.n < shortRow && ζ.h > 1 && x.atW == x.n && x.atH == x.w*x.n {
		// Rows that fill no vector are one piece, with zeros for what ζ has between them.
		c.gaps = ζ.framed(ζ.c, [2]int{}, [2]int{ζ.h, x.w}, Both(1))
		c.ζ = c.gaps.image
	}
	return c.work(together)
}

// inside reports whether no window is past the edge.
func (p Window) inside(ζ, x interface{ extents() [2]int }) bool {
	places, n := ζ.extents(), x.extents()
	for a := range 2 {
		if p.Before[a] > 0 || (places[a]-1)*p.Stride[a]+p.span(a) > n[a] {
			return false
		}
	}
	return true
}

// meets reports whether every window has an entry on the image.
func (p Window) meets(ζ, x interface{ extents() [2]int }) bool {
	places, n := ζ.extents(), x.extents()
	for a := range 2 {
		for _, h := range p.hits(a, places[a], n[a], false) {
			if len(h) == 0 {
				return false
			}
		}
	}
	return true
}

func (x image[T]) extents() [2]int { return [2]int{x.h, x.w} }

// work returns the work. If all entries of the window meet the image in the same pieces they
// are done together, else one after the other.
func (c *weightsOf[T]) work(together bool) compute.Work {
	ζ, k := c.ζ, c.op.Size[0]*c.op.Size[1]
	wide := max(1, min(ζ.w, dotEntries/ζ.n))
	high := max(1, dotEntries/(wide*ζ.n))
	if c.gaps != nil {
		high = ζ.h
	}
	var bound []*kernel.BoundDots[T]
	for group := range c.op.Groups {
		p := kernel.RunDots{M: ζ.c / c.op.Groups, ARow: ζ.atC, LDC: c.c * k, CCol: k}
		if together {
			p.CCol = 1
		}
		for h := 0; h < ζ.h; h += high {
			for w := 0; w < ζ.w; w += wide {
				b := block{h, min(h+high, ζ.h), w, min(w+wide, ζ.w)}
				jobs := c.jobs(group, b, together)
				for i := range jobs {
					jobs[i].C += group * p.M * p.LDC
					jobs[i].A = group * p.M * ζ.atC
				}
				p.Blocks = append(p.Blocks, jobs)
			}
		}
		bound = append(bound, kernel.BindDots(p, c.y, ζ.data, c.x.data))
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
	works := c.ζ.ready(c.gaps, deal)
	if c.frame != nil && c.slots < c.op.Groups {
		works = append(append(works, c.whole.ready(nil, deal)...), deal(c.slots, func(from, to int) {
			for group := range c.op.Groups {
				if slot := c.slot(group); from <= slot && slot < to {
					c.frame.fill(group*c.c, (group+1)*c.c, slot*c.c)
					do(group*each, (group+1)*each)
				}
			}
		}))
	} else {
		works = append(append(works, c.x.ready(c.frame, deal)...), deal(c.op.Groups*each, do))
	}
	if !together || c.gaps != nil {
		works = append(works, compute.InOnePart(c.specials))
	}
	return compute.InTurn(works...)
}

// frameSlots is the number of frames, at most, that threads fill for groups.
const frameSlots = 8

// slot returns which part of the frame has the channels of a group.
func (c *weightsOf[T]) slot(group int) int { return group * c.slots / c.op.Groups }

// deal returns the dealer for what is to be multiplied.
func (c *weightsOf[T]) deal() dealer {
	return dealt(float64(len(c.y)) * float64(c.places.h*c.places.w*c.places.n))
}

// A block is some rows and columns of places: from ≤ h < to.
type block struct{ h, toH, w, toW int }

// jobs returns what is to be done for a block of places.
func (c *weightsOf[T]) jobs(group int, b block, together bool) []kernel.DotJob {
	kh, kw := c.op.Size[0], c.op.Size[1]
	first := c.slot(group) * c.c
	if together {
		job := kernel.DotJob{Runs: c.pieces(b, 0, 0, true)}
		for ch := range c.c {
			for i := range kh {
				for j := range kw {
					job.Cols = append(job.Cols, (first+ch)*c.x.atC+c.entry(i*c.op.Dilation[0], j*c.op.Dilation[1]))
				}
			}
		}
		return []kernel.DotJob{job}
	}
	jobs := make([]kernel.DotJob, 0, kh*kw)
	for i := range kh {
		for j := range kw {
			job := kernel.DotJob{C: i*kw + j, Runs: c.pieces(b, i, j, false)}
			for ch := range c.c {
				job.Cols = append(job.Cols, (first+ch)*c.x.atC)
			}
			jobs = append(jobs, job)
		}
	}
	return jobs
}

// entry is where an entry of the window is at the first place.
func (c *weightsOf[T]) entry(h, w int) int {
	if c.frame != nil {
		return c.frame.at(h, w)
	}
	return h*c.x.atH + w*c.x.atW
}

// pieces returns the pieces of a block of places and where entry (i, j) of the window begins
// on x for them: all, or those where it is not past the edge.
func (c *weightsOf[T]) pieces(b block, i, j int, all bool) (list []kernel.DotRun) {
	op, ζ, x := c.op, c.ζ, c.x
	if c.gaps != nil {
		return []kernel.DotRun{{Len: (ζ.h-1)*ζ.atH + c.places.w*ζ.n}}
	}
	for h := b.h; h < b.toH; h++ {
		row, from, to, start := h*c.step[0], b.w, b.toW, 0
		if !all {
			left := j*op.Dilation[1] - op.Before[1]
			row += i*op.Dilation[0] - op.Before[0]
			if row < 0 || row >= x.h {
				continue
			}
			for from < to && from*op.Stride[1]+left < 0 {
				from++
			}
			for to > from && (to-1)*op.Stride[1]+left >= x.w {
				to--
			}
			start = left * x.atW
		}
		step := 1
		along := c.step[1] * x.atW
		if along == x.n && ζ.atW == ζ.n {
			step = max(1, to-from)
		}
		for ; from < to; from += step {
			list = append(list, kernel.DotRun{A: h*ζ.atH + from*ζ.atW, B: row*x.atH + start + from*along, Len: step * x.n})
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
