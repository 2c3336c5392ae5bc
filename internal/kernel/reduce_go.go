package kernel

// maxLanes is the number of running sums in a leaf of float32.
const maxLanes = 64

// lanes is the number of running sums in a leaf: 256 bytes of them.
func lanes[T Float]() int { return 256 / sizeof[T]() }

// halve adds the upper half of the lanes to the lower until one is left.
func halve[T Float](s []T) T {
	for h := len(s) / 2; h > 0; h /= 2 {
		for i, v := range s[h : 2*h] {
			s[i] += v
		}
	}
	return s[0]
}

func sumLeafGo[T Float](x []T) T {
	var buf [maxLanes]T
	s := buf[:lanes[T]()]
	for len(x) > len(s) {
		for i, v := range x[:len(s)] {
			s[i] += v
		}
		x = x[len(s):]
	}
	for i, v := range x {
		s[i] += v
	}
	return halve(s)
}

func dotLeafGo[T Float](x, y []T) T {
	var buf [maxLanes]T
	s := buf[:lanes[T]()]
	for len(x) > len(s) {
		for i, v := range x[:len(s)] {
			s[i] += v * y[i]
		}
		x, y = x[len(s):], y[len(s):]
	}
	for i, v := range x {
		s[i] += v * y[i]
	}
	return halve(s)
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
			for c, v := range x[i*ld+j:][:len(d)] {
				s[c] += v
			}
		}
		for c, v := range s {
			d[c] += v
		}
	}
}
