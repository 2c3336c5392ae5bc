package kernel

import "math"

// tanh in plain Go.
//
// x = a + r, where a is a point near a multiple of 1/128 and |r| ≤ 1/256. tanh x = (t+q)/(1+tq),
// where t = tanh a, which the points are chosen to round hardly at all, and q = tanh r is the
// first terms of its series.

const (
	// Added to a number, tanhGrid leaves the multiple of 1/128 next to it in the low bits.
	tanhGrid     = 0x1.8p45
	tanhGridBits = 0x42c8000000000000
)

// tanh of −0 is −0.
func init() { tanhPoints[len(tanhPoints)/2].tanh = math.Copysign(0, -1) }

// tanhPlace is the index of the point next to x, where that is less than there are.
func tanhPlace(x float64) uint64 {
	return math.Float64bits(x+tanhGrid) - (tanhGridBits - uint64(len(tanhPoints)/2))
}

// tanhNear returns tanh x with the accuracy that T needs.
func tanhNear[T Float](x float64, place uint64) T {
	p := &tanhPoints[place]
	r := x - p.at
	square := r * r
	var q float64
	if sizeof[T]() == 4 {
		q = r * (1 - square*(1./3))
	} else {
		q = r * (1 + square*(-1./3+square*(2./15)))
	}
	return T((p.tanh + q) / (1 + p.tanh*q))
}

func tanhGo[T Float](dst, z []T) {
	for dst = dst[:len(z)]; ; {
		n := tanhsNear(dst, z)
		if n == len(z) {
			return
		}
		dst[n] = T(tanhFar(float64(z[n])))
		dst, z = dst[n+1:], z[n+1:]
	}
}

// tanhsNear is tanhGo up to the first number that has no point next to it, and returns its index.
func tanhsNear[T Float](dst, z []T) int {
	dst = dst[:len(z)]
	i := 0
	for ; i < len(z)-3; i += 4 {
		z0, z1, z2, z3 := float64(z[i]), float64(z[i+1]), float64(z[i+2]), float64(z[i+3])
		p0, p1, p2, p3 := tanhPlace(z0), tanhPlace(z1), tanhPlace(z2), tanhPlace(z3)
		const places = uint64(len(tanhPoints))
		if p0 >= places || p1 >= places || p2 >= places || p3 >= places {
			break
		}
		dst[i] = tanhNear[T](z0, p0)
		dst[i+1] = tanhNear[T](z1, p1)
		dst[i+2] = tanhNear[T](z2, p2)
		dst[i+3] = tanhNear[T](z3, p3)
	}
	for ; i < len(z); i++ {
		v := float64(z[i])
		p := tanhPlace(v)
		if p >= uint64(len(tanhPoints)) {
			break
		}
		dst[i] = tanhNear[T](v, p)
	}
	return i
}

// tanhFar is tanh of numbers beyond the points.
func tanhFar(x float64) float64 {
	y := math.Abs(x)
	if y < 20 {
		y = 1 - 2/(expFar(2*y)+1)
	} else if y == y {
		y = 1
	}
	return math.Copysign(y, x)
}
