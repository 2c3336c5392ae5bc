package kernel

import "math"

const (
	// Added to a number, tanhParts leaves the multiple of 1/64 next to it in the low bits.
	tanhParts = 0x1.8p46

	tanhMost = float64(tanhLast) / tanhSteps // the last number of tanhTable, whose tanh is 1
)

// tanhGo adds up tanh(a+r) = t + (1−t²)·q / (1+t·q), where a is a multiple of 1/64, t =
// tanh a from a table, |r| ≤ 1/128 and q = tanh r from the first terms of its series.
func tanhGo[T Float](dst, z []T) {
	dst = dst[:len(z)]
	short := sizeof[T]() == 4
	for i, w := range z {
		v := math.Abs(float64(w))
		if v > tanhMost {
			v = tanhMost
		}
		x := v + tanhParts
		r := v - (x - tanhParts)
		square := r * r
		var q float64
		if short {
			q = r + r*square*(-1./3)
		} else {
			q = r + r*square*(-1./3+square*(2./15+square*(-17./315)))
		}
		e := &tanhTable[min(math.Float64bits(x)%2048, tanhLast)]
		dst[i] = T(math.Copysign(e.t+e.slope*q/(1+e.t*q), float64(w)))
	}
}
