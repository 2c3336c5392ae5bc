package kernel

import "unsafe"

// Rows of A that dotsGo reads side by side, and sums of an entry.
const (
	dotRows   = 3
	dotPhases = 2
)

// dotsGo adds the products of m rows of A, aRow entries apart, and the vector x to
// entries of C that lie cStep apart. Entries of x at even and at odd places are added
// apart, in pieces.
func dotsGo[T Float](c []T, cStep int, a []T, aRow int, x []T, m int) {
	for k, kc := 0, 0; k < len(x); k += kc {
		kc = piece(len(x) - k)
		for i := 0; i < m; i += dotRows {
			var rows [dotRows]unsafe.Pointer
			for r := range rows { // past the last row, that once more
				rows[r] = unsafe.Pointer(&a[min(i+r, m-1)*aRow+k])
			}
			sums := dotRowsGo(x[k:k+kc], rows[0], rows[1], rows[2])
			for r := range min(dotRows, m-i) {
				c[(i+r)*cStep] += sums[r]
			}
		}
	}
}

// dotRowsGo returns the products of x and the vectors of its length.
func dotRowsGo[T Float](x []T, a0, a1, a2 unsafe.Pointer) [dotRows]T {
	var s0, s1, s2, t0, t1, t2 T
	at := uintptr(0)
	for ; len(x) >= dotPhases; x = x[dotPhases:] {
		r0 := (*[dotPhases]T)(unsafe.Add(a0, at))
		r1 := (*[dotPhases]T)(unsafe.Add(a1, at))
		r2 := (*[dotPhases]T)(unsafe.Add(a2, at))
		v, w := x[0], x[1]
		s0 += r0[0] * v
		s1 += r1[0] * v
		s2 += r2[0] * v
		t0 += r0[1] * w
		t1 += r1[1] * w
		t2 += r2[1] * w
		at += unsafe.Sizeof(*r0)
	}
	if len(x) > 0 {
		v := x[0]
		s0 += *(*T)(unsafe.Add(a0, at)) * v
		s1 += *(*T)(unsafe.Add(a1, at)) * v
		s2 += *(*T)(unsafe.Add(a2, at)) * v
	}
	return [dotRows]T{s0 + t0, s1 + t1, s2 + t2}
}

// axpysGo adds Σ x[k·xStep]·b[k·bRow+j] over k to c[j], four rows of B at a time.
func axpysGo[T Float](c, b []T, bRow int, x []T, xStep, k int) {
	n := len(c)
	for ; k >= 4; k -= 4 {
		x0, x1, x2, x3 := x[0], x[xStep], x[2*xStep], x[3*xStep]
		b0, b1, b2, b3 := b[:n], b[bRow:][:n], b[2*bRow:][:n], b[3*bRow:][:n]
		for j := range c[:n] {
			c[j] = c[j] + b0[j]*x0 + b1[j]*x1 + b2[j]*x2 + b3[j]*x3
		}
		b, x = b[min(len(b), 4*bRow):], x[min(len(x), 4*xStep):]
	}
	for ; k > 0; k-- {
		v := x[0]
		for j, w := range b[:n] {
			c[j] += w * v
		}
		b, x = b[min(len(b), bRow):], x[min(len(x), xStep):]
	}
}
