package kernel

import "math/bits"

// maxLanes is the number of running sums in a leaf of float32.
const maxLanes = 64

// lanes is the number of running sums in a leaf: 256 bytes of them.
func lanes[T Float]() int { return 256 / sizeof[T]() }

// halve adds the upper half of the lanes to the lower until one is left.
func halve[T Float](s []T) T {
	for len(s) > 8 {
		low, high := s[:len(s)/2], s[len(s)/2:]
		addTo(low, high)
		s = low
	}
	if len(s) == 8 {
		v := (*[8]T)(s)
		return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
	}
	for h := len(s) / 2; h > 0; h /= 2 {
		addTo(s[:h], s[h:2*h])
	}
	return s[0]
}

// lanesOf is the number of lanes of a leaf of n entries that are not all zero: the
// sums are the same without the others.
func lanesOf[T Float](n int) int { return min(lanes[T](), 1<<bits.Len(uint(max(n, 1)-1))) }

func sumLeafGo[T Float](x []T) T {
	var buf [maxLanes]T
	s := buf[:lanesOf[T](len(x))]
	x = x[copy(s, x):]
	for ; len(x) >= len(s); x = x[len(s):] {
		addTo(s, x[:len(s)])
	}
	addTo(s[:len(x)], x)
	return halve(s) + 0 // −0, of nothing but −0, is 0
}

// addTo adds x to s.
func addTo[T Float](s, x []T) {
	s = s[:len(x)]
	for i, v := range x {
		s[i] += v
	}
}

func dotLeafGo[T Float](x, y []T) T {
	var buf [maxLanes]T
	lanes := lanesOf[T](len(x))
	for len(x) > 0 {
		n := min(lanes, len(x))
		s, y0 := buf[:n], y[:n]
		for i, v := range x[:n] {
			s[i] += v * y0[i]
		}
		x, y = x[n:], y[n:]
	}
	return halve(buf[:lanes])
}

func maxGo[T Float](x []T) T {
	m := x[0]
	for _, v := range x {
		if v > m || v != v {
			m = v
		}
	}
	return m
}

func addRowsGo[T Float](dst, x []T, m, ld int) {
	const width = 64
	var buf [width]T
	for j := 0; j < len(dst); j += width {
		d := dst[j:min(j+width, len(dst))]
		s := buf[:len(d)]
		clear(s)
		for i := range m {
			addTo(s, x[i*ld+j:][:len(d)])
		}
		addTo(d, s)
	}
}
