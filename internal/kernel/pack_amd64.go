//go:build amd64 && !noasm

package kernel

import "unsafe"

// packArgs are the arguments of the assembly copyRows and transpose, which know the
// fields by their order. Strides are in bytes.
type packArgs struct {
	dst     unsafe.Pointer
	dstRow  int
	src     unsafe.Pointer
	srcRow  int
	steps   int // rows to copy; blocks to transpose
	entries int // of a row to copy, at most two vectors
}

func callCopyRows[T Float](t *packArgs) {
	switch {
	case sizeof[T]() == 4 && inUse == avx512:
		copyRows32AVX512(t)
	case sizeof[T]() == 4:
		copyRows32AVX2(t)
	case inUse == avx512:
		copyRows64AVX512(t)
	default:
		copyRows64AVX2(t)
	}
}

// copyPanels copies k rows of n entries of src in panels of width w: entry (q, j) to
// dst[(j/w)·w·k + q·w + j%w]. What lies past n in the last panel is arbitrary.
func copyPanels[T Float](dst, src []T, l Layout, k, n, w int) {
	size := sizeof[T]()
	for j := 0; j < n; j += w {
		panel := dst[j*k:][:w*k]
		cols := min(w, n-j)
		switch {
		case l.Col == 1:
			callCopyRows[T](&packArgs{
				dst: pointer(panel, 0), dstRow: w * size,
				src: pointer(src, j), srcRow: l.Row * size,
				steps: k, entries: cols,
			})
		case l.Row == 1:
			copyColumns(panel, src[j*l.Col:], l.Col, k, cols, w)
		default:
			for c := range cols {
				copyColumn(panel[c:], src[(j+c)*l.Col:], l.Row, k, w)
			}
		}
	}
}

// copyColumns copies cols contiguous columns of length k, stride apart, to the first
// columns of a panel of width w.
func copyColumns[T Float](panel, src []T, stride, k, cols, w int) {
	size := sizeof[T]()
	lanes := 32 / size
	whole := k - k%lanes
	for c := 0; c < cols; {
		if c+lanes > cols || whole == 0 {
			copyColumn(panel[c:], src[c*stride:], 1, k, w)
			c++
			continue
		}
		t := packArgs{
			dst: pointer(panel, c), dstRow: w * size,
			src: pointer(src, c*stride), srcRow: stride * size,
			steps: k / lanes,
		}
		if size == 4 {
			transpose32AVX2(&t)
		} else {
			transpose64AVX2(&t)
		}
		for end := c + lanes; c < end; c++ {
			if whole < k {
				copyColumn(panel[whole*w+c:], src[c*stride+whole:], 1, k-whole, w)
			}
		}
	}
}

// copyColumn copies k entries, step apart, to places w apart.
func copyColumn[T Float](dst, src []T, step, k, w int) {
	for q := range k {
		dst[q*w] = src[q*step]
	}
}
