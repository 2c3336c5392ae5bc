//go:build wasm && !noasm

package kernel

import "unsafe"

// Sums by vectors have the bits of plain Go: lanes are added as it adds them.

func sumLeafSIMD[T Float](x []T) T {
	n := lanesOf[T](len(x))
	if n <= 8 {
		return sumLeafGo(x)
	}
	var buf [maxLanes]T
	s := buf[:n]
	x = x[copy(s, x):]
	if rows := len(x) / n; rows > 0 {
		addLanes(s, x, n, rows)
		x = x[rows*n:]
	}
	addWhole(s, x)
	return fold(s) + 0
}

func dotLeafSIMD[T Float](x, y []T) T {
	n := lanes[T]()
	if len(x) < n {
		return dotLeafGo(x, y)
	}
	var buf [maxLanes]T
	s, rows := buf[:n], len(x)/n
	if sizeof[T]() == 4 {
		dotLanes32SIMD(unsafe.Pointer(&s[0]), 16, 256, rows, unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]))
	} else {
		dotLanes64SIMD(unsafe.Pointer(&s[0]), 16, 256, rows, unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]))
	}
	y = y[rows*n:]
	for i, v := range x[rows*n:] {
		s[i] += v * y[i]
	}
	return fold(s)
}

func maxSIMD[T Float](x []T) T {
	n := lanes[T]()
	rows := len(x)/n - 1
	if rows < 1 {
		return maxGo(x)
	}
	var buf [maxLanes]T
	s := buf[:n]
	x = x[copy(s, x):]
	if sizeof[T]() == 4 {
		maxLanes32SIMD(unsafe.Pointer(&s[0]), 16, 256, rows, unsafe.Pointer(&x[0]))
	} else {
		maxLanes64SIMD(unsafe.Pointer(&s[0]), 16, 256, rows, unsafe.Pointer(&x[0]))
	}
	m := maxGo(s)
	if x = x[rows*n:]; len(x) > 0 {
		m = max(m, maxGo(x))
	}
	return m
}

// addRowsSIMD adds the rows of whole vectors by them, and leaves the rest to plain Go.
func addRowsSIMD[T Float](dst, x []T, m, ld int) {
	n := 16 / sizeof[T]()
	whole := len(dst) / n * n
	var buf [maxLanes]T
	for j := 0; j < whole && m > 0; j += maxLanes {
		d := dst[j:min(j+maxLanes, whole)]
		s := buf[:len(d)]
		clear(s)
		addLanes(s, x[j:], ld, m)
		addLanes(d, s, 0, 1)
	}
	if whole < len(dst) && m > 0 {
		addRowsGo(dst[whole:], x[whole:], m, ld)
	}
}

// addLanes adds to s, which is whole vectors, the rows of x, ld entries apart.
func addLanes[T Float](s, x []T, ld, rows int) {
	size := sizeof[T]()
	if size == 4 {
		addLanes32SIMD(unsafe.Pointer(&s[0]), len(s)*size/16, ld*size, rows, unsafe.Pointer(&x[0]))
	} else {
		addLanes64SIMD(unsafe.Pointer(&s[0]), len(s)*size/16, ld*size, rows, unsafe.Pointer(&x[0]))
	}
}

// addWhole adds x to as many entries of s.
func addWhole[T Float](s, x []T) {
	lanes := 16 / sizeof[T]()
	n := len(x) / lanes * lanes
	if n > 0 {
		addLanes(s[:n], x, 0, 1)
	}
	addTo(s[n:], x[n:])
}

// fold is halve of all lanes.
func fold[T Float](s []T) T {
	for len(s) > 8 {
		h := len(s) / 2
		addLanes(s[:h], s[h:], 0, 1)
		s = s[:h]
	}
	return halve(s)
}
