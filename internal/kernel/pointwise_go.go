package kernel

import "math"

// The pointwise kernels in plain Go. Those made of exponentials and logarithms go
// through their operands in runs of a fixed length, and compute in float64.

// A run is what lies between one pass over the entries and the next.
type run [64]float64

// next returns as many entries as are left of length and fit.
func (r *run) next(length int) []float64 { return r[:min(len(r), length)] }

// widen sets r[i] = x[i].
func widen[T Float](r []float64, x []T) {
	x = x[:len(r)]
	for i := range r {
		r[i] = float64(x[i])
	}
}

// round sets dst[i] = r[i].
func round[T Float](dst []T, r []float64) {
	dst = dst[:len(r)]
	for i, v := range r {
		dst[i] = T(v)
	}
}

// minusAbs sets r[i] = −a·|x[i]|.
func minusAbs[T Float](r []float64, x []T, a float64) {
	x = x[:len(r)]
	for i := range r {
		r[i] = -a * math.Abs(float64(x[i]))
	}
}

// ifNegative returns a where z < 0 or z is −0, and else b. It does not branch.
func ifNegative(z, a, b float64) float64 {
	x, y := math.Float64bits(a), math.Float64bits(b)
	sign := uint64(int64(math.Float64bits(z)) >> 63)
	return math.Float64frombits(y ^ (x^y)&sign)
}

// bell is e/(1+e)² for 0 ≤ e ≤ 1.
func bell(e float64) float64 { return e / (1 + e*(2+e)) }

func expGo[T Float](dst, x []T) { exps[T](dst, x) }

func logGo[T Float](dst, x []T) {
	var buf run
	for len(x) > 0 {
		r := buf.next(len(x))
		widen(r, x)
		logs[T](r)
		round(dst, r)
		dst, x = dst[len(r):], x[len(r):]
	}
}

func sigmoidGo[T Float](dst, z []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		to := dst[:len(r)]
		for i, v := range z[:len(r)] {
			e := r[i]
			to[i] = T(ifNegative(float64(v), e, 1) / (1 + e))
		}
		dst, z = dst[len(r):], z[len(r):]
	}
}

func sigmoidPrimeGo[T Float](dst, z []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		to := dst[:len(r)]
		for i, e := range r {
			to[i] = T(bell(e))
		}
		dst, z = dst[len(r):], z[len(r):]
	}
}

func tanhPrimeGo[T Float](dst, z []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 2)
		exps[T](r, r)
		to := dst[:len(r)]
		for i, e := range r {
			to[i] = T(4 * bell(e))
		}
		dst, z = dst[len(r):], z[len(r):]
	}
}

func softplusGo[T Float](dst, z []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		log1ps[T](r)
		to := dst[:len(r)]
		for i, v := range z[:len(r)] {
			to[i] = T(max(float64(v), 0) + r[i])
		}
		dst, z = dst[len(r):], z[len(r):]
	}
}

func logLossGo[T Float](dst, z, y []T) {
	var buf run
	for len(z) > 0 {
		r := buf.next(len(z))
		minusAbs(r, z, 1)
		exps[T](r, r)
		log1ps[T](r)
		to, labels := dst[:len(r)], y[:len(r)]
		for i, v := range z[:len(r)] {
			l := r[i]
			if p := T(ifNegative(float64(v), float64(labels[i]), float64(1-labels[i]))); p != 0 {
				l += float64(p) * math.Abs(float64(v))
			}
			to[i] = T(l)
		}
		dst, z, y = dst[len(r):], z[len(r):], y[len(r):]
	}
}

func sigmoidReverseGo[T Float](dst, a, zeta []T) {
	dst, zeta = dst[:len(a)], zeta[:len(a)]
	for i, v := range a {
		dst[i] = zeta[i] * (v * (1 - v))
	}
}

func tanhReverseGo[T Float](dst, a, zeta []T) {
	dst, zeta = dst[:len(a)], zeta[:len(a)]
	for i, v := range a {
		dst[i] = zeta[i] * (1 - v*v)
	}
}

func sqrtGo[T Float](dst, x []T) {
	dst = dst[:len(x)]
	for i, v := range x {
		dst[i] = T(math.Sqrt(float64(v)))
	}
}

func absGo[T Float](dst, x []T) {
	dst = dst[:len(x)]
	short := sizeof[T]() == 4
	for i, v := range x {
		if short {
			dst[i] = T(math.Float32frombits(math.Float32bits(float32(v)) &^ (1 << 31)))
		} else {
			dst[i] = T(math.Abs(float64(v)))
		}
	}
}
