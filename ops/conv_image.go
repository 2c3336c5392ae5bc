package ops

import (
	"adjoint/compute"

	"gorgonia.org/tensor"
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

// framed copies x into a frame of zeros of so many rows and columns, of which top and left
// come before it; columns that are stride apart are side by side.
func (x image[T]) framed(top, left, rows, cols, stride int) image[T] {
	y := image[T]{c: x.c, h: rows, w: cols, n: x.n, atC: rows * stride * cols * x.n, atH: stride * cols * x.n, atW: x.n}
	y.data = make([]T, x.c*y.atC)
	y.begin = func() {
		if x.begin != nil {
			x.begin()
		}
		for c := range x.c {
			for h := range min(x.h, rows-top) {
				to, from := y.data[c*y.atC+(h+top)*y.atH:], x.data[c*x.atC+h*x.atH:]
				if stride == 1 && x.atW == x.n {
					n := min(x.w, cols-left) * x.n
					copy(to[left*x.n:][:n], from)
					continue
				}
				x.copyPhases(to, from, left, cols, stride)
			}
		}
	}
	return y
}

// copyPhases copies a row, columns that are stride apart side by side.
func (x *image[T]) copyPhases(to, from []T, left, cols, stride int) {
	for phase := range stride {
		first := (phase + left) / stride
		count := max(0, min((x.w-phase+stride-1)/stride, cols-first))
		to := to[((phase+left)%stride*cols+first)*x.n:][:count*x.n]
		if x.n == 1 {
			from, step := from[min(phase*x.atW, len(from)):], stride*x.atW
			for q := range to {
				to[q] = from[q*step]
			}
			continue
		}
		for q := range count {
			copy(to[q*x.n:][:x.n], from[(phase+q*stride)*x.atW:])
		}
	}
}

// unframed returns a copy of an image y for columns that are stride apart to be side by side,
// and the function that puts them where they belong.
func unframed[T compute.Float](y *tensor.Dense, perRow, stride int) ([]T, func()) {
	d, out := imageDims(y), compute.Data[T](y)
	rows, n, each := d[0]*d[1], d[3], perRow/stride
	copied := make([]T, rows*perRow*n)
	return copied, func() {
		for h := range rows {
			to, from := out[h*d[2]*n:][:d[2]*n], copied[h*perRow*n:]
			for w := range d[2] {
				at := w%stride*each + w/stride
				if n == 1 {
					to[w] = from[at]
				} else {
					copy(to[w*n:][:n], from[at*n:])
				}
			}
		}
	}
}
