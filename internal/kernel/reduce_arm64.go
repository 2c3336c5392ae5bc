//go:build arm64 && !noasm

package kernel

import "unsafe"

// sumLeafNEON is sumLeafGo, with its bits. What is left after whole blocks of lanes is
// made one with zeros.
func sumLeafNEON[T Float](x []T) T {
	n := lanes[T]()
	if len(x) < n {
		return sumLeafGo(x)
	}
	var s, last [maxLanes]T
	sumLanes(s[:], x, len(x)/n)
	if rest := copy(last[:], x[len(x)/n*n:]); rest > 0 {
		sumLanes(s[:], last[:], 1)
	}
	return halve(s[:n])
}

func sumLanes[T Float](s, x []T, blocks int) {
	if sizeof[T]() == 4 {
		sumLanes32NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), blocks)
	} else {
		sumLanes64NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), blocks)
	}
}

func dotLeafNEON[T Float](x, y []T) T {
	n := lanes[T]()
	if len(x) < n {
		return dotLeafGo(x, y)
	}
	var s, lastX, lastY [maxLanes]T
	dotLanes(s[:], x, y, len(x)/n)
	if rest := copy(lastX[:], x[len(x)/n*n:]); rest > 0 {
		copy(lastY[:], y[len(x)/n*n:])
		dotLanes(s[:], lastX[:], lastY[:], 1)
	}
	return halve(s[:n])
}

func dotLanes[T Float](s, x, y []T, blocks int) {
	if sizeof[T]() == 4 {
		dotLanes32NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), blocks)
	} else {
		dotLanes64NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), unsafe.Pointer(&y[0]), blocks)
	}
}

func maxNEON[T Float](x []T) T {
	n := 16 / sizeof[T]()
	whole := len(x) / n * n
	if whole == 0 {
		return maxGo(x)
	}
	var buf [4]T
	s := buf[:n]
	copy(s, x)
	if sizeof[T]() == 4 {
		maxLanes32NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), whole/n)
	} else {
		maxLanes64NEON(unsafe.Pointer(&s[0]), unsafe.Pointer(&x[0]), whole/n)
	}
	m := maxGo(s)
	for _, v := range x[whole:] {
		if v > m || v != v {
			m = v
		}
	}
	return m
}
