package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"
)

// An image is a tensor (C, H, W, N), or a signal, whose examples are contiguous, as the
// kernels read it.
type image[T compute.Float] struct {
	data          []T
	c, h, w, n    int    // extents
	atC, atH, atW int    // strides
	begin         func() // sets data, if that is a copy
}

// imageOf returns the image that a view shows. Examples that are not contiguous are copied.
func imageOf[T compute.Float](v compute.View) image[T] {
	d, s := fourAxes(v.Dims, v.Strides)
	x := image[T]{data: compute.Data[T](v.Dense), c: d[0], h: d[1], w: d[2], n: d[3], atC: s[0], atH: s[1], atW: s[2]}
	if s[3] == 1 || x.n == 1 {
		return x
	}
	from, walk := x.data, newWalk(d[:], s[:])
	x.data = make([]T, d[0]*d[1]*d[2]*d[3])
	x.atC, x.atH, x.atW = x.h*x.w*x.n, x.w*x.n, x.n
	x.begin = func() { copyBlocks(x.data, from, walk, copyEntries[T]) }
	return x
}

// fourAxes returns extents and strides with one row for a signal.
func fourAxes(dims, strides []int) (d, s [4]int) {
	if len(dims) == 3 {
		return [4]int{dims[0], 1, dims[1], dims[2]}, [4]int{strides[0], 0, strides[1], strides[2]}
	}
	return [4]int(dims), [4]int(strides)
}

// A filter is a tensor of weights (M, C/g, kh, kw), or (M, C/g, k), as kernels read it.
type filter[T compute.Float] struct {
	data           []T
	m, c           int
	row, col, h, w int // strides: of M, of C, of the rows and columns of the window
}

func filterOf[T compute.Float](v compute.View) filter[T] {
	d, s := fourAxes(v.Dims, v.Strides)
	if len(v.Dims) == 3 {
		d, s = [4]int{v.Dims[0], v.Dims[1]}, [4]int{v.Strides[0], v.Strides[1], 0, v.Strides[2]}
	}
	return filter[T]{compute.Data[T](v.Dense), d[0], d[1], s[0], s[1], s[2], s[3]}
}

// A frame is an image among zeros. Entries that are a stride apart are side by side: there is
// an image, a plane, for every remainder of their rows and columns by the strides.
type frame[T compute.Float] struct {
	image[T]
	stride     [2]int
	of         image[T]
	rows, cols []phase
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

// framed returns a frame for so many channels of x, whose planes have so many rows and columns,
// where x begins after so many zeros.
func (x image[T]) framed(channels int, before, size, stride [2]int) *frame[T] {
	f := &frame[T]{image[T]{c: channels, h: size[0], w: size[1], n: x.n, atH: size[1] * x.n, atW: x.n}, stride, x, nil, nil}
	f.atC = stride[0] * stride[1] * f.h * f.atH
	f.data = make([]T, channels*f.atC)
	f.rows, f.cols = f.phases(0, x.h, before[0]), f.phases(1, x.w, before[1])
	return f
}

// fill copies channels from ≤ c < to of the image into the frame, whose channel at is the first of them.
func (f *frame[T]) fill(from, to, at int) {
	x := &f.of
	for c := from; c < to; c++ {
		for _, row := range f.rows {
			for _, col := range f.cols {
				kernel.CopyPieces(f.data, (at+c-from)*f.atC+row.at+col.at, x.data, c*x.atC+row.first*x.atH+col.first*x.atW, kernel.Pieces{
					Rows: row.count, Parts: col.count, Len: x.n,
					Row: f.stride[0] * x.atH, Part: f.stride[1] * x.atW, ToRow: f.atH, ToPart: f.atW,
				})
			}
		}
	}
}

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

// ready returns what has to be done before an image, or the frame that it is in, is read.
func (x *image[T]) ready(f *frame[T], deal dealer) (works []compute.Work) {
	if f != nil {
		return append(f.of.ready(nil, deal), deal(f.c, func(from, to int) { f.fill(from, to, from) }))
	}
	if x.begin != nil {
		works = append(works, compute.InOnePart(x.begin))
	}
	return works
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
