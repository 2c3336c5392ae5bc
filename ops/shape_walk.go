package ops

import (
	"adjoint/compute"
	"adjoint/internal/kernel"

	"gorgonia.org/tensor"
)

// A walk goes through a row-major tensor from its first entry to its last, and
// through another by strides: broadcasting has strides of 0, transposition
// exchanges them. The two innermost axes are a block, which one loop copies.
type walk struct {
	rows, cols strided
	outer      []strided
	index      []int // the position on the outer axes
}

// A strided axis has an extent in the row-major tensor and a stride in the other.
type strided struct{ extent, stride int }

// newWalk merges axes that are one axis in both tensors, so that blocks are as
// large as they can be. Two axes of extent 1 come first, for there to be a block.
func newWalk(extents, strides []int) *walk {
	axes := []strided{{1, 0}, {1, 0}}
	for i, d := range extents {
		last := &axes[len(axes)-1]
		switch {
		case d == 1:
		case len(axes) > 2 && last.stride == d*strides[i]:
			last.extent, last.stride = last.extent*d, strides[i]
		default:
			axes = append(axes, strided{d, strides[i]})
		}
	}
	k := len(axes) - 2
	outer := axes[min(2, k):k]
	return &walk{rows: axes[k], cols: axes[k+1], outer: outer, index: make([]int, len(outer))}
}

// copyBlocks sets out, the row-major tensor, to the entries of in that the walk
// comes by, block by block.
func copyBlocks[T compute.Float](out, in []T, w *walk, copyBlock func(out, in []T, rows, cols strided)) {
	from := 0
	for {
		copyBlock(out, in[from:], w.rows, w.cols)
		out = out[w.rows.extent*w.cols.extent:]
		k := len(w.outer) - 1
		for ; k >= 0; k-- {
			a := w.outer[k]
			from += a.stride
			if w.index[k]++; w.index[k] < a.extent {
				break
			}
			w.index[k] = 0
			from -= a.extent * a.stride
		}
		if k < 0 {
			return
		}
	}
}

// copyRows copies rows that lie in one piece.
func copyRows[T compute.Float](out, in []T, rows, cols strided) {
	for i := range rows.extent {
		copy(out[i*cols.extent:][:cols.extent], in[i*rows.stride:])
	}
}

// fillRows repeats one entry along each row.
func fillRows[T compute.Float](out, in []T, rows, cols strided) {
	for i := range rows.extent {
		kernel.Fill(out[i*cols.extent:][:cols.extent], in[i*rows.stride])
	}
}

// copyColumns copies columns that lie in one piece: it transposes. It fills eight
// rows at a time, so that it reads what a cache line holds of each column.
func copyColumns[T compute.Float](out, in []T, rows, cols strided) {
	n, i := cols.extent, 0
	for ; i+8 <= rows.extent; i += 8 {
		y := out[i*n:]
		y0, y1, y2, y3 := y[:n], y[n:][:n], y[2*n:][:n], y[3*n:][:n]
		y4, y5, y6, y7 := y[4*n:][:n], y[5*n:][:n], y[6*n:][:n], y[7*n:][:n]
		for j := range y0 {
			x := (*[8]T)(in[i+j*cols.stride:])
			y0[j], y1[j], y2[j], y3[j] = x[0], x[1], x[2], x[3]
			y4[j], y5[j], y6[j], y7[j] = x[4], x[5], x[6], x[7]
		}
	}
	if i < rows.extent {
		copyEntries(out[i*n:], in[i:], strided{rows.extent - i, 1}, cols)
	}
}

// copyEntries copies entry by entry.
func copyEntries[T compute.Float](out, in []T, rows, cols strided) {
	for i := range rows.extent {
		row, from := out[i*cols.extent:][:cols.extent], i*rows.stride
		for j := range row {
			row[j] = in[from]
			from += cols.stride
		}
	}
}

// walkOver returns the function that sets y to the entries of x that the strides name,
// one stride for each axis of y.
func walkOver[T compute.Float](strides []int, y, x *tensor.Dense) func() {
	w, out, in, copyBlock := newWalk(y.Shape(), strides), compute.Data[T](y), compute.Data[T](x), copyEntries[T]
	switch {
	case w.cols.stride == 1:
		copyBlock = copyRows[T]
	case w.cols.stride == 0:
		copyBlock = fillRows[T]
	case w.rows.stride == 1:
		copyBlock = copyColumns[T]
	}
	return func() { copyBlocks(out, in, w, copyBlock) }
}

// rowMajor returns the strides of a row-major tensor.
func rowMajor(extents []int) []int {
	strides := make([]int, len(extents))
	stride := 1
	for i := len(extents) - 1; i >= 0; i-- {
		strides[i] = stride
		stride *= extents[i]
	}
	return strides
}
