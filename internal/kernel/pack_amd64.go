//go:build amd64 && !noasm

package kernel

import "unsafe"

// packArgs are the arguments of the assembly copyRows and transpose, which know the
// fields by their order. Strides are in bytes.
type packArgs struct {
	dst             unsafe.Pointer
	dstRow, dstPart int // from one row to the next, and from one part of a row, or block, to the next
	src             unsafe.Pointer
	srcRow, srcPart int
	rows            int // to copy
	parts           int // of a row to copy; or blocks to transpose
	entries         int // of a part, at most two vectors
}

func callCopyRows(size int, t *packArgs) {
	switch {
	case size == 4 && inUse == avx512:
		copyRows32AVX512(t)
	case size == 4:
		copyRows32AVX2(t)
	case inUse == avx512:
		copyRows64AVX512(t)
	default:
		copyRows64AVX2(t)
	}
}

// copyPanels copies k rows of n entries of src in panels of width w: entry (q, j) to
// dst[(j/w)·w·k + q·w + j%w]. What lies past n in the last panel is arbitrary.
func copyPanels[T Float](to taker, dst, src []T, l Layout, k, n, w int) {
	if l.Col == 1 {
		whole := n / w
		if whole > 0 {
			copyStrips(to, dst, src, l.Row, k, w, whole, w*k)
		}
		if rest := n - whole*w; rest > 0 {
			size := sizeof[T]()
			to.copyRows(packArgs{
				dst: pointer(dst, whole*w*k), dstRow: w * size,
				src: pointer(src, whole*w), srcRow: l.Row * size,
				rows: k, parts: 1, entries: rest,
			})
		}
		return
	}
	for j := 0; j < n; j += w {
		panel := dst[j*k:][:w*k]
		cols := min(w, n-j)
		if l.Row == 1 {
			copyColumns(to, panel, src[j*l.Col:], l.Col, k, cols, w)
			continue
		}
		to.refuse()
		for c := range cols {
			copyColumn(panel[c:], src[(j+c)*l.Col:], l.Row, k, w)
		}
	}
}

// copyStrips copies k rows, stride apart, of n·w entries in n panels of width w, which
// start apart entries from each other. It may write as many entries past the end of
// a panel as a vector has lanes, less one.
func copyStrips[T Float](to taker, dst, src []T, stride, k, w, n, apart int) {
	size := sizeof[T]()
	to.copyRows(packArgs{
		dst: pointer(dst, 0), dstRow: w * size, dstPart: apart * size,
		src: pointer(src, 0), srcRow: stride * size, srcPart: w * size,
		rows: k, parts: n, entries: w,
	})
}

// copyColumns copies cols contiguous columns of length k, stride apart, to the first
// columns of a panel of width w. Blocks at the ends overlap those before them. Fewer columns than a
// block has are copied one by one, each with a vector of zeros to its right: these stay in the row of
// the panel, which is two vectors wide.
func copyColumns[T Float](to taker, panel, src []T, stride, k, cols, w int) {
	size := sizeof[T]()
	lanes := 32 / size
	switch {
	case cols < lanes:
		for c := range cols {
			to.copyRows(packArgs{
				dst: pointer(panel, c), dstRow: w * size,
				src: pointer(src, c*stride), srcRow: size,
				rows: k, parts: 1, entries: 1,
			})
		}
		return
	case k < lanes:
		to.refuse()
		for c := range cols {
			copyColumn(panel[c:], src[c*stride:], 1, k, w)
		}
		return
	}
	for c := 0; c < cols; c += lanes {
		c = min(c, cols-lanes)
		t := packArgs{
			dst: pointer(panel, c), dstRow: w * size, dstPart: lanes * w * size,
			src: pointer(src, c*stride), srcRow: stride * size, srcPart: lanes * size,
			parts: k / lanes,
		}
		to.transpose(t)
		if k%lanes > 0 {
			t.dst = pointer(panel, (k-lanes)*w+c)
			t.src = pointer(src, c*stride+k-lanes)
			t.parts = 1
			to.transpose(t)
		}
	}
}

// transposed is the number of columns whose transposes stay in the first cache, and transposedRows that of few rows.
const (
	transposed     = 64
	transposedRows = 256
)

// transposeVectors does what Transpose does with the assembly in use, if there is any and it
// fills vectors.
func transposeVectors[T Float](dst, src []T, rows, cols, to, from int) bool {
	lanes := 32 / sizeof[T]()
	if inUse == plainGo || min(rows, cols) < lanes {
		return false
	}
	if rows > cols && cols < transposed {
		for i := 0; i < rows; i += transposedRows {
			i = min(i, rows-lanes)
			transposeRows(dst[i:], src[i*from:], min(rows-i, transposedRows), cols, to, from)
		}
		return true
	}
	for i := 0; i < cols; {
		n, _ := parts(cols-i, transposed)
		copyColumns(doer[T]{}, dst[i*to:], src[i:], from, n, rows, to)
		i += n
	}
	return true
}

// transposeRows transposes rows, at least a vector of them, which it goes along. Blocks at the ends overlap those before them.
func transposeRows[T Float](dst, src []T, rows, cols, to, from int) {
	size := sizeof[T]()
	lanes := 32 / size
	for c := 0; c < cols; c += lanes {
		c = min(c, cols-lanes)
		t := packArgs{
			dst: pointer(dst, c*to), dstRow: to * size, dstPart: lanes * size,
			src: pointer(src, c), srcRow: from * size, srcPart: lanes * from * size,
			parts: rows / lanes,
		}
		callTranspose(size, &t)
		if rows%lanes > 0 {
			t.dst = pointer(dst, c*to+rows-lanes)
			t.src = pointer(src, (rows-lanes)*from+c)
			t.parts = 1
			callTranspose(size, &t)
		}
	}
}

func callTranspose(size int, t *packArgs) {
	if size == 4 {
		transpose32AVX2(t)
	} else {
		transpose64AVX2(t)
	}
}

// copyColumn copies k entries, step apart, to places w apart.
func copyColumn[T Float](dst, src []T, step, k, w int) {
	for q := range k {
		dst[q*w] = src[q*step]
	}
}
