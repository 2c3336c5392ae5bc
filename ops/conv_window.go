package ops

import (
	"fmt"

	"adjoint/graph"
)

// A Window says where a small window lies on an image (C, H, W, N), of channels, rows,
// columns and examples, as it goes over it. Each pair is for rows and columns. On a signal
// (C, T, N), an image of one row, only the second of each pair counts.
type Window struct {
	Size     [2]int // of the window; that of a convolution is its weights'
	Stride   [2]int // from one place of the window to the next; 0 is 1, or, for a pool, its Size
	Before   [2]int // zeros above the first row and before the first column
	After    [2]int // zeros below the last row and after the last column; −1 leaves out the last
	Same     bool   // in the place of Before and After: as many zeros as make ⌈H/stride⌉ rows of places, half of them before, as TensorFlow has it
	Dilation [2]int // from one entry of the window to the next; 0 is 1
	Groups   int    // of channels, in a convolution; 0 is 1
}

// Both is the pair of n for rows and n for columns.
func Both(n int) [2]int { return [2]int{n, n} }

// mostPad bounds what a window may say, so that no product of its numbers overflows.
const mostPad = 1 << 20

// over returns the window as it lies on images of shape x, with every number that was left
// zero, and the padding that Same asks for.
func (p Window) over(x Shape) (Window, error) {
	if err := p.bounded(); err != nil {
		return p, err
	}
	if r := x.Rank(); r != 3 && r != 4 {
		return p, fmt.Errorf("%w: want an image (C, H, W, N) or a signal (C, T, N)", graph.ErrShape)
	}
	if x.Rank() == 3 {
		p.Size[0], p.Stride[0], p.Before[0], p.After[0], p.Dilation[0] = 1, 1, 0, 0, 1
	}
	p.Groups = max(1, p.Groups)
	for a, n := range rowsAndColumns(x) {
		p.Stride[a], p.Dilation[a] = max(1, p.Stride[a]), max(1, p.Dilation[a])
		if !p.Same {
			continue
		}
		zeros := p.span(a) - 1
		if p.Stride[a] > 1 {
			if graph.Symbolic(n) {
				return p, fmt.Errorf("%w: Same with a stride of %d on an axis of %s: how many zeros depends on the number", graph.ErrShape, p.Stride[a], graph.ExtentString(n))
			}
			zeros = max(0, (n-1)/p.Stride[a]*p.Stride[a]+p.span(a)-n)
		}
		p.Before[a], p.After[a] = zeros/2, zeros-zeros/2
	}
	p.Same = false
	return p, nil
}

// bounded reports a number that no window has.
func (p Window) bounded() error {
	for a := range 2 {
		if min(p.Size[a]-1, p.Stride[a], p.Before[a], p.Dilation[a], p.After[a]+mostPad, p.Groups) < 0 ||
			max(p.Size[a], p.Stride[a], p.Before[a], p.After[a], p.Dilation[a], p.Groups) > mostPad || p.Size[a]*max(1, p.Dilation[a]) > mostPad {
			return fmt.Errorf("%w: %+v: want a size of 1 or more and no negative number but in After, all up to %d", graph.ErrShape, p, mostPad)
		}
	}
	return nil
}

// span is how many entries of an axis the window covers.
func (p Window) span(axis int) int { return (p.Size[axis]-1)*p.Dilation[axis] + 1 }

// places returns the extents of the places on an image of shape x.
func (p Window) places(x Shape) (h, w int, err error) {
	var out [2]int
	if x.Rank() == 3 || x.Rank() == 4 {
		for a, n := range rowsAndColumns(x) {
			s := p.Stride[a]
			pads := p.Before[a] + p.After[a]
			if !graph.Symbolic(n) && n+pads < p.span(a) {
				return 0, 0, fmt.Errorf("%w: a window over %d entries does not fit on %d and %d zeros", graph.ErrShape, p.span(a), n, pads)
			}
			out[a] = graph.Quotient(n, 1, pads-p.span(a)+s, s)
		}
	}
	return out[0], out[1], p.fits(x)
}

// fits reports an image that no window lies on, and a window that was not made by over.
func (p Window) fits(x Shape) error {
	r := x.Rank()
	if r != 3 && r != 4 {
		return fmt.Errorf("%w: want an image (C, H, W, N) or a signal (C, T, N)", graph.ErrShape)
	}
	if d := x.Dims(); graph.Symbolic(d[0]) || d[1] == graph.Batch || d[r-2] == graph.Batch {
		return fmt.Errorf("%w: want a number of channels first, and the examples last", graph.ErrShape)
	}
	if err := p.bounded(); err != nil {
		return err
	}
	if p.Same || min(p.Stride[0], p.Stride[1], p.Dilation[0], p.Dilation[1], p.Groups) < 1 {
		return fmt.Errorf("%w: %+v: a stride, a dilation or the number of groups is missing", graph.ErrShape, p)
	}
	if r == 3 && (p.Size[0] != 1 || p.Stride[0] != 1 || p.Before[0] != 0 || p.After[0] != 0 || p.Dilation[0] != 1) {
		return fmt.Errorf("%w: %+v: a window over rows, on a signal", graph.ErrShape, p)
	}
	return nil
}

// rowsAndColumns returns the extents of an image; a signal has one row.
func rowsAndColumns(x Shape) [2]int {
	if x.Rank() == 3 {
		return [2]int{1, x.Dim(1)}
	}
	return [2]int{x.Dim(1), x.Dim(2)}
}

// imageShape returns the shape of channels over rows and columns, like that of x: of a signal
// if x is one.
func imageShape(x Shape, channels, h, w int) Shape {
	if x.Rank() == 3 {
		return graph.ShapeOf(channels, w, x.Dim(2))
	}
	return graph.ShapeOf(channels, h, w, x.Dim(3))
}

// list returns the numbers of the window, but for groups, as an op describes itself.
func (p Window) list() []int {
	return []int{
		p.Size[0], p.Size[1], p.Stride[0], p.Stride[1], p.Before[0], p.Before[1],
		p.After[0], p.After[1], p.Dilation[0], p.Dilation[1],
	}
}

// windowOf is the window of such a list, the zero Window of one that is too short or too long.
func windowOf(list []int, groups int) Window {
	if len(list) != 10 {
		return Window{}
	}
	pair := func(i int) [2]int { return [2]int(list[2*i:]) }
	return Window{Size: pair(0), Stride: pair(1), Before: pair(2), After: pair(3), Dilation: pair(4), Groups: groups}
}

// A hit is an entry of the window, and where on the axis of the other tensor it falls.
type hit struct{ tap, at int }

// hits returns for every entry o of an axis with the given extent the entries of the window
// that meet one of the other tensor's axis of n entries.
func (p Window) hits(axis, extent, n int, back bool) [][]hit {
	all := make([][]hit, extent)
	for o := range all {
		for t := range p.Size[axis] {
			if at, ok := p.meet(axis, o, t, back); ok && 0 <= at && at < n {
				all[o] = append(all[o], hit{t, at})
			}
		}
	}
	return all
}

// meet returns what an entry of the window meets for entry o of an axis: going forward, from
// places to the image, o·stride − before + tap·dilation; and back, from the image to the places,
// that for which that is o, if there is one.
func (p Window) meet(axis, o, tap int, back bool) (at int, ok bool) {
	s, d := p.Stride[axis], p.Dilation[axis]
	if back {
		at = o + p.Before[axis] - tap*d
		return at / s, at%s == 0
	}
	return o*s - p.Before[axis] + tap*d, true
}

// follows reports whether b are the entries of a, n places further on.
func follows(a, b []hit, n int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if b[i].tap != a[i].tap || b[i].at != a[i].at+n {
			return false
		}
	}
	return true
}
