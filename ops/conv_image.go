package ops

import (
	"slices"

	"adjoint/compute"
	"adjoint/internal/kernel"
)

// An image is a tensor (C, H, W, N), or a signal, whose examples are contiguous, as the
// kernels read it.
type image[T compute.Float] struct {
	data          []T
	c, h, w, n    int // extents
	atC, atH, atW int // strides
}

// imageOf returns the image that a view shows.
func imageOf[T compute.Float](v compute.View) image[T] {
	d, s := imageDims(v.Dims), v.Strides
	return image[T]{data: compute.Data[T](v.Dense), c: d[0], h: d[1], w: d[2], n: d[3], atC: s[0], atH: s[1], atW: s[len(s)-2]}
}

// imageLike returns an image of these extents, without its entries.
func imageLike[T compute.Float](dims []int) image[T] {
	d := imageDims(dims)
	return image[T]{c: d[0], h: d[1], w: d[2], n: d[3], atC: d[1] * d[2] * d[3], atH: d[2] * d[3], atW: d[3]}
}

// imageDims returns the extents (C, H, W, N) of an image, or of a signal.
func imageDims(d []int) [4]int {
	if len(d) == 3 {
		return [4]int{d[0], 1, d[1], d[2]}
	}
	return [4]int(d)
}

// A filter is a tensor of weights (M, C/g, kh, kw), or (M, C/g, k), as kernels read it.
type filter[T compute.Float] struct {
	data           []T
	m, c           int
	row, col, h, w int // strides: of M, of C, of the rows and columns of the window
}

// filterLike returns weights of these extents, without their entries.
func filterLike[T compute.Float](d []int, p Window) filter[T] {
	k := p.Size[0] * p.Size[1]
	return filter[T]{m: d[0], c: d[1], row: d[1] * k, col: k, h: p.Size[1], w: 1}
}

// A frame is an image among zeros. Entries that are a stride apart are side by side: there is
// an image, a plane, for every remainder of their rows and columns by the strides. It may have
// slots for fewer groups of channels than the image has, which take turns in them.
type frame[T compute.Float] struct {
	image[T]
	stride        [2]int
	of            image[T]
	rows, cols    []phase
	groups, slots int
}

// at is where an entry of the frame lies, counted with its zeros.
func (f *frame[T]) at(h, w int) int {
	s := f.stride
	return (h%s[0]*s[1]+w%s[1])*f.h*f.atH + h/s[0]*f.atH + w/s[1]*f.atW
}

// mostFrame is how many times as many entries as its image and what is computed of it a frame
// may have: dilated windows may reach very far.
const mostFrame = 8

// affordsFrame reports whether a frame is not too large, where so many entries are computed.
func (x image[T]) affordsFrame(size, stride [2]int, entries int) bool {
	planes := float64(size[0]) * float64(size[1]) * float64(stride[0]*stride[1])
	return planes*float64(x.c*x.n) <= mostFrame*float64(x.c*x.h*x.w*x.n+entries)
}

// framed returns a frame of x with slots for so many of its groups, whose planes have so many rows
// and columns, where x begins after so many zeros.
func (x image[T]) framed(r *room[T], groups, slots int, before, size, stride [2]int) *frame[T] {
	in := image[T]{c: x.c / groups * slots, h: size[0], w: size[1], n: x.n, atH: size[1] * x.n, atW: x.n}
	f := &frame[T]{image: in, stride: stride, of: x, groups: groups, slots: slots}
	f.atC = stride[0] * stride[1] * f.h * f.atH
	f.data = r.take(f.c * f.atC)
	f.rows, f.cols = f.phases(0, x.h, before[0]), f.phases(1, x.w, before[1])
	return f
}

// A gap is some zeros of a channel of a frame from an entry on, and as many in rows that follow.
type gap struct{ from, entries, count int }

// gaps returns all zeros of a channel.
func (f *frame[T]) gaps() (list []gap) {
	var pieces [][2]int // of the image
	for _, row := range f.rows {
		for _, col := range f.cols {
			for i := 0; i < row.count && col.count > 0; i++ {
				at := row.at + col.at + i*f.atH
				pieces = append(pieces, [2]int{at, at + col.count*f.n})
			}
		}
	}
	slices.SortFunc(pieces, func(a, b [2]int) int { return a[0] - b[0] })
	end := 0
	for _, p := range append(pieces, [2]int{f.atC, f.atC}) {
		g := gap{end, p[0] - end, 1}
		end = p[1]
		if g.entries == 0 {
			continue
		}
		if k := len(list) - 1; k >= 0 && list[k].entries == g.entries && list[k].from+list[k].count*f.atH == g.from {
			list[k].count++
		} else {
			list = append(list, g)
		}
	}
	return list
}

// slot returns which slot a group takes.
func (f *frame[T]) slot(group int) int { return group * f.slots / f.groups }

// ready returns what has to be done before a frame is read that has slots for all groups, if there
// is a frame.
func (f *frame[T]) ready(deal dealer) (works []compute.Work) {
	if f != nil {
		gaps := f.gaps()
		works = append(works, deal(f.c, func(from, to int) {
			f.clear(gaps, from, to)
			f.copyTo(from, from, to)
		}))
	}
	return works
}

// inSlots returns the work of do for every group, whose channels are in the frame then. What a slot
// has stays in a cache.
func (f *frame[T]) inSlots(deal dealer, do func(group int)) compute.Work {
	gaps, each := f.gaps(), f.of.c/f.groups
	return deal(f.slots, func(from, to int) {
		f.clear(gaps, from*each, to*each)
		for group := range f.groups {
			if slot := f.slot(group); from <= slot && slot < to {
				f.copyTo(slot*each, group*each, (group+1)*each)
				do(group)
			}
		}
	})
}

// clear clears the zeros of channels from ≤ c < to of the frame.
func (f *frame[T]) clear(gaps []gap, from, to int) {
	for c := from; c < to; c++ {
		for _, g := range gaps {
			clearGap(f.data[c*f.atC:][:f.atC], g, f.atH)
		}
	}
}

// fewZeros is up to how many entries of a row are cleared one by one.
const fewZeros = 4

// clearGap clears a gap whose rows begin so many entries apart: few entries down the rows, as single
// stores.
func clearGap[T compute.Float](channel []T, g gap, apart int) {
	if g.entries <= fewZeros {
		for j := g.from; j < g.from+g.entries; j++ {
			for i := range g.count {
				channel[j+i*apart] = 0
			}
		}
		return
	}
	for i := range g.count {
		clear(channel[g.from+i*apart:][:g.entries])
	}
}

// copyTo copies channels from ≤ c < to of the image among the zeros of the channels at, at+1, ….
func (f *frame[T]) copyTo(at, from, to int) {
	x := &f.of
	for c := from; c < to; c++ {
		channel := f.data[(at+c-from)*f.atC:][:f.atC]
		for _, row := range f.rows {
			for _, col := range f.cols {
				kernel.CopyPieces(channel, row.at+col.at, x.data, c*x.atC+row.first*x.atH+col.first*x.atW, kernel.Pieces{
					Rows: row.count, Parts: col.count, Len: x.n,
					Row: f.stride[0] * x.atH, Part: f.stride[1] * x.atW, ToRow: f.atH, ToPart: f.atW,
				})
			}
		}
	}
}

// frameSlots is the number of slots, at most, that threads share.
const frameSlots = 8

// slots returns how many slots a frame has for groups that take turns.
func (deal dealer) slots(groups int) int { return min(groups, deal(frameSlots, nil).Parts) }

// A dealer makes the work of so many things, which threads share or do not.
type dealer func(things int, do func(from, to int)) compute.Work

// dealt returns the dealer for so many multiplications.
func dealt(flop float64) dealer {
	return func(things int, do func(from, to int)) compute.Work {
		if flop < shareFlop {
			return compute.InOnePart(func() { do(0, things) })
		}
		return compute.Work{Parts: things, Do: do}
	}
}

// A phase is the entries first, first+stride, … of an axis of an image, count of them, and
// where the first lies in a frame.
type phase struct{ first, count, at int }

// phases returns those of an axis that begins after so many zeros.
func (f *frame[T]) phases(axis, extent, before int) (list []phase) {
	s := f.stride[axis]
	for p := range min(s, extent) {
		to := [2]int{}
		to[axis] = before + p
		count := min((extent-p+s-1)/s, [2]int{f.h, f.w}[axis]-to[axis]/s)
		list = append(list, phase{p, max(0, count), f.at(to[0], to[1])})
	}
	return list
}
